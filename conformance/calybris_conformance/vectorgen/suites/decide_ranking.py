"""Decisions between eligible models: every level of the ranking, the runner-up, the requested model, the index."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import MAX_BPS, MILLION, U32, U64, Record, given, model, request
from calybris_conformance.vectorgen.draft import Group, Question, single

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Catalog

#: Under this policy and request a model's utility is quality − cost − latency.
_RANKED_POLICY = {"risk_penalty_multiplier_bps": 0, "latency_penalty_microunits_per_ms": 1}
_RANKED_REQUEST = {
    "input_tokens": MILLION,
    "output_tokens": 0,
    "business_value_microunits": 10_000,
    "risk_bps": 0,
    "confidence_bps": MAX_BPS,
    "minimum_quality_bps": 0,
    "max_p95_latency_ms": 0,
}

#: Each level with two candidates, (quality, cost, latency), of which the first must win.
_LEVELS = {
    "utility": ((8_000, 50, 50), (8_100, 50, 151), "The utility decides, not the quality.", ()),
    "utility-by-one": ((8_000, 51, 50), (8_000, 50, 52), "A utility higher by 1 beats a lower cost.", ()),
    "cost": ((8_000, 50, 50), (8_100, 100, 100), "Equal utility: the lower cost, not the quality.", ("TIE_COST",)),
    "cost-by-one": ((8_000, 50, 51), (8_000, 51, 50), "Equal utility: the cost is lower by 1.", ("TIE_COST",)),
    "quality": ((8_100, 100, 150), (8_000, 100, 50), "Equal utility and cost: the higher quality.", ("TIE_QUALITY",)),
    "quality-by-one": ((8_001, 100, 51), (8_000, 100, 50), "The quality is higher by 1.", ("TIE_QUALITY",)),
    "free": ((8_100, 0, 150), (8_000, 0, 50), "Equal utility, no cost: the higher quality.", ("TIE_QUALITY",)),
    "cost-against-all": ((1_000, 1, 9), (10_000, 1_000, 8_010), "The lowest quality wins by its cost.", ("TIE_COST",)),
}  # fmt: skip


def ranked_given(models: Catalog, /, **changes: Any) -> Record:
    """A `given` in which utility = quality − cost − latency."""
    return given(models, **{**_RANKED_POLICY, **changes})


def ranked_request(**changes: Any) -> Record:
    """The request that goes with it."""
    return request(**{**_RANKED_REQUEST, **changes})


def candidate(model_id: int, quality: int = 8_000, cost: int = 100, latency: int = 50, **changes: Any) -> Record:
    """A model by the three numbers that rank it."""
    return model(
        model_id,
        **{
            "quality_bps": quality,
            "p95_latency_ms": latency,
            "input_cost_microunits_per_million_tokens": cost,
            **changes,
        },
    )


def ties() -> Iterator[Group]:
    """Each level with the winner first and last in the catalog, asked for by name and not."""
    for level, (better, worse, about, flags) in _LEVELS.items():
        for place, (one, two) in {"first": (better, worse), "last": (worse, better)}.items():
            winner, loser = (1, 2) if place == "first" else (2, 1)
            questions = (
                Question("winner-requested", about, {"request": ranked_request(requested_model_id=winner)}, flags),
                Question(
                    "loser-requested",
                    f"{about} The request asks for the other.",
                    {"request": ranked_request(requested_model_id=loser)},
                    (*flags, "REQUESTED_PREFERRED"),
                ),
            )
            yield Group(f"{level}-{place}", questions, ranked_given([candidate(1, *one), candidate(2, *two)]))
    for name, size in (("two", 2), ("three", 3), ("five", 5)):
        same = [candidate(model_id) for model_id in range(1, size + 1)]
        by_id = tuple(
            Question(
                f"requested-{wanted}",
                f"{size} models differ in their id alone: the lowest wins, the next is the runner-up.",
                {"request": ranked_request(requested_model_id=wanted)},
                ("TIE_MODEL_ID", "RUNNER_UP_STALE") if wanted == 1 else ("TIE_MODEL_ID", "REQUESTED_PREFERRED"),
            )
            for wanted in range(1, size + 1)
        )
        yield Group(f"same-{name}", by_id, ranked_given(same))


def runner_up() -> Iterator[Group]:
    """The second of every order; ties for the second place; nobody in it."""
    for order in permutations((1, 2, 3)):
        catalog = [candidate(model_id, latency=100 * rank) for model_id, rank in enumerate(order, 1)]
        about = f"The models rank {', '.join(map(str, order))} in catalog order."
        yield single(
            "orders",
            "-".join(map(str, order)),
            about,
            ranked_given(catalog),
            {"request": ranked_request()},
            "RUNNER_UP_STALE",
        )
    for name, order in (("rising", (5, 4, 3, 2, 1)), ("falling", (1, 2, 3, 4, 5)), ("swinging", (3, 5, 1, 4, 2))):
        catalog = [candidate(model_id, latency=100 * rank) for model_id, rank in enumerate(order, 1)]
        about = f"Five models, {name}."
        yield single("orders", name, about, ranked_given(catalog), {"request": ranked_request()}, "RUNNER_UP_STALE")
    best = candidate(1, 9_000)
    for level, (better, worse, about, flags) in _LEVELS.items():
        for place, (one, two) in {"first": (better, worse), "last": (worse, better)}.items():
            catalog = [best, candidate(2, *one), candidate(3, *two)]
            text = f"For the second place: {about[0].lower()}{about[1:]}"
            asked = {"request": ranked_request(requested_model_id=1)}
            yield single("second-place", f"{level}-{place}", text, ranked_given(catalog), asked, *flags)
    alone = "COUNTERFACTUAL_IS_REQUESTED"
    for name, catalog, wanted in (
        ("only-model", [candidate(1)], 1),
        ("only-model-substitute", [candidate(1)], 2),
        ("only-eligible", [candidate(1), candidate(2, enabled=0), candidate(3, quality=1)], 1),
        ("only-eligible-last", [candidate(1, enabled=0), candidate(2, quality=1), candidate(3)], 1),
    ):
        about = "One model is eligible: there is no runner-up, and its fields are 0."
        yield single(
            "nobody-second",
            name,
            about,
            ranked_given(catalog),
            {"request": ranked_request(requested_model_id=wanted)},
            alone,
        )
    big = [candidate(2**31), candidate(U32, latency=51)]
    yield single(
        "orders",
        "large-ids",
        "The ids need 32 bits.",
        ranked_given(big),
        {"request": ranked_request(requested_model_id=U32)},
    )


def requested() -> Iterator[Group]:
    """The requested model wins, is second, third, not eligible, or does not exist."""
    catalog = [candidate(10, latency=60), candidate(20), candidate(30, latency=70), candidate(40, enabled=0)]
    flags = ("REQUESTED_PREFERRED", "COUNTERFACTUAL_IS_REQUESTED")
    rows = (
        ("winner", 20, "It wins.", ("COUNTERFACTUAL_IS_REQUESTED",)),
        ("runner-up", 10, "It is second: a substitution.", ("REQUESTED_PREFERRED",)),
        ("third", 30, "It is third.", flags),
        ("not-eligible", 40, "It is disabled.", ("COUNTERFACTUAL_IS_REQUESTED",)),
        ("unknown", 50, "It does not exist.", ("COUNTERFACTUAL_IS_REQUESTED",)),
        ("zero", 0, "0 names no model.", ("COUNTERFACTUAL_IS_REQUESTED",)),
        ("largest", U32, "The largest id does not exist.", ("COUNTERFACTUAL_IS_REQUESTED",)),
        ("an-index", 1, "1 is an index, not an id.", ("COUNTERFACTUAL_IS_REQUESTED",)),
        ("sixteen-bits-equal", 20 + 2**16, "Its low 16 bits are the winner's.", ("COUNTERFACTUAL_IS_REQUESTED",)),
    )
    questions = (
        Question(name, about, {"request": ranked_request(requested_model_id=wanted)}, row_flags)
        for name, wanted, about, row_flags in rows
    )
    yield Group("requested", tuple(questions), ranked_given(catalog))
    nobody = [
        Question(
            name,
            "Nobody is eligible.",
            {"request": ranked_request(requested_model_id=wanted, minimum_quality_bps=9_000)},
            ("REJECT_NOT_BLANK",),
        )
        for name, wanted in (("winner", 20), ("unknown", 50), ("zero", 0))
    ]
    yield Group("requested-rejected", tuple(nobody), ranked_given(catalog))


def carried() -> Iterator[Group]:
    """Sequence and epochs, different in every digit, in every kind of decision."""
    epochs = {"policy_epoch": 0x0123_4567_89AB_CDEF, "catalog_epoch": 0xFEDC_BA98_7654_3210}
    sequence = 0x1122_3344_5566_7788
    for name, about, changes in (
        ("execute", "An execution.", {"requested_model_id": 1}),
        ("substitute", "A substitution.", {"requested_model_id": 2}),
        ("reject-gate", "A rejection by a gate.", {"minimum_quality_bps": 9_000}),
        ("reject-risk", "A rejection by the risk limit.", {"risk_bps": MAX_BPS}),
        ("reject-confidence", "A rejection by the confidence minimum.", {"confidence_bps": 0}),
    ):
        for word, values in (
            ("large", epochs),
            ("zero", dict.fromkeys(epochs, 0)),
            ("largest", dict.fromkeys(epochs, U64)),
        ):
            asked = ranked_request(request_sequence=sequence if word == "large" else values["policy_epoch"], **changes)
            flags = ("SEQUENCE_OR_EPOCHS",) if word != "zero" else ()
            yield single(
                "carried",
                f"{name}-{word}",
                f"{about} Epochs: {word}.",
                ranked_given([candidate(1), candidate(2, latency=60)], **values),
                {"request": asked},
                *flags,
            )


def order_given() -> Iterator[Group]:
    """A catalog that is not sorted: the index counts in it, and ids decide ties against it."""

    def of(*models: Record) -> Record:
        return ranked_given(models, constructor="try_new")

    asked = {"request": ranked_request(requested_model_id=30)}
    for order in permutations((10, 20, 30)):
        catalog = of(*(candidate(model_id, latency=model_id) for model_id in order))
        name = "-".join(map(str, order))
        moved = () if order[0] == 10 else ("INDEX_SORTED", "CONSTRUCTOR_ORDER")
        yield single("winner-index", name, f"Ids {name}; 10 wins.", catalog, asked, *moved)
        catalog = of(*(candidate(model_id) for model_id in order))
        about = f"Ids {name}, equal but for the id."
        yield single("tie-by-id", name, about, catalog, asked, "TIE_MODEL_ID", *moved[:1])
    zero_wins = of(candidate(5, latency=60), candidate(0))
    for name, wanted in (("requested", 0), ("other-requested", 5)):
        about = "The winner has the id 0, which try_new allows."
        yield single(
            "id-zero",
            f"wins-{name}",
            about,
            zero_wins,
            {"request": ranked_request(requested_model_id=wanted)},
            "INDEX_SORTED",
        )
    zero_second = of(candidate(5), candidate(0, latency=60))
    about = "The runner-up has the id 0: its utility tells that it exists."
    yield single(
        "id-zero", "runner-up", about, zero_second, {"request": ranked_request(requested_model_id=5)}, "INDEX_SORTED"
    )
    enabled = of(candidate(7, enabled=255), candidate(3, latency=60, enabled=2))
    yield single("enabled", "two-and-255", "enabled 2 and 255 are on.", enabled, asked, "ENABLED_ONLY_ONE")
    for level, (better, worse, about, flags) in _LEVELS.items():
        catalog = of(candidate(9, *better), candidate(4, *worse))
        yield single(
            "levels",
            level,
            f"{about} The winner has the higher id and stands first.",
            catalog,
            asked,
            *flags,
            "INDEX_SORTED",
        )


def order_sorted() -> Iterator[Group]:
    """The trusted constructor sorts: the index counts in ascending ids."""
    asked = {"request": ranked_request(requested_model_id=30)}
    for order in permutations((10, 20, 30)):
        catalog = ranked_given(
            [candidate(model_id, latency=50 - model_id) for model_id in order], constructor="try_new_trusted"
        )
        name = "-".join(map(str, order))
        about = f"Ids {name}; 30 wins, at index 2."
        moved = () if order[2] == 30 else ("CONSTRUCTOR_ORDER",)
        yield single("winner-index", f"sorted-{name}", about, catalog, asked, *moved)
