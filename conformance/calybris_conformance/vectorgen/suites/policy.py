"""Policies: what each constructor accepts, and which of two faults it reports (POLICY-1 to POLICY-7, TYPES-9)."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from calybris_conformance import wire
from calybris_conformance.vectorgen.builders import MAX_BPS, U8, U16, U32, U64, Record, model, policy, series
from calybris_conformance.vectorgen.draft import Draft, Group, Question, large

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCALAR_BOUNDS = {
    "hard_risk_limit_bps": 10_000,
    "minimum_confidence_bps": 10_000,
    "risk_penalty_multiplier_bps": 50_000,
}
_MODEL_BOUNDS = {"provider_id": 63, "quality_bps": 10_000, "risk_ceiling_bps": 10_000}

#: The faults that every validating constructor looks for, in its order; those of a model are in the model of index 1.
_SCALAR_FAULTS = {field: {field: bound + 1} for field, bound in _SCALAR_BOUNDS.items()}
_MODEL_FAULTS = {"model_id": {"model_id": 10}, **{field: {field: bound + 1} for field, bound in _MODEL_BOUNDS.items()}}
_SHARED_FAULTS = (*_SCALAR_FAULTS, "empty", *_MODEL_FAULTS, "all_disabled")
_TRUSTED_FAULTS = ("reserved", "enabled", *_SHARED_FAULTS)


def files() -> Iterator[Draft]:
    """One file per constructor, one for catalogs beyond the largest, one for widths."""
    yield _file("validated", "Canonical policies, which every validating constructor accepts", "", _validated())
    for constructor, faults in (("try_new", _SHARED_FAULTS), ("try_new_trusted", _TRUSTED_FAULTS)):
        name, title = constructor.replace("_", "-"), f"What {constructor} accepts and which fault it reports"
        feature = f"constructor.{constructor}"
        yield _file(f"{name}-bounds", f"{title}: bounds and catalogs", feature, _bounds(constructor))
        yield _file(f"{name}-pairs", f"{title}: every pair of faults", feature, _pairs(constructor, faults))
    yield _file("try-new-order", "try_new keeps the order given", "constructor.try_new", _try_new_order())
    yield _file(
        "try-new-trusted-only",
        "What try_new_trusted alone refuses, and its order",
        "constructor.try_new_trusted",
        _trusted_only(),
    )
    yield large(
        "policy",
        "try-new-trusted-size",
        "policy.validate",
        "try_new_trusted takes at most 65,535 models",
        "POLICY-7",
        _trusted_size(),
        "constructor.try_new_trusted",
    )
    yield _file("unchecked", "new_unchecked accepts what fits its widths", "constructor.unchecked", _unchecked())
    yield _file(
        "widths",
        "A number outside its width is refused at its field",
        "constructor.unchecked widths.named",
        _widths(),
    )


def _file(name: str, title: str, requires: str, groups: Iterator[Group]) -> Draft:
    clauses = {
        "validated": "POLICY-1 POLICY-3 POLICY-4",
        "try-new-order": "POLICY-5",
        "try-new-trusted-only": "POLICY-7",
        "unchecked": "POLICY-6",
        "widths": "TYPES-1 TYPES-9",
    }.get(name, "POLICY-1 POLICY-2 POLICY-3 POLICY-4" + (" POLICY-7" if "trusted" in name else ""))
    return Draft(
        "policy",
        name,
        "policy.validate",
        title,
        clauses,
        tuple(groups),
        requires=requires,
    )


def _question(name: str, about: str, tested: Record, *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"policy": tested}, flags)


def _validated() -> Iterator[Group]:
    questions = [
        _question("one-model", "The baseline.", policy()),
        _question("ids-with-gaps", "Ids need not follow each other.", policy([model(2), model(70), model(U32)])),
        _question(
            "one-enabled", "One of three is enabled.", policy([model(10, enabled=0), model(20, enabled=0), model(30)])
        ),
        _question("same-but-for-the-id", "Two models differ in their id alone.", policy([model(1), model(2)])),
        _question("twenty-two", "22 models.", policy([model(k) for k in range(1, 23)])),
        _question("largest-epochs", "Epochs have no bound.", policy(policy_epoch=U64, catalog_epoch=U64)),
        _question("zero-epochs", "Epochs may be 0.", policy(policy_epoch=0, catalog_epoch=0)),
        _question(
            "largest-penalty", "The latency penalty has no bound.", policy(latency_penalty_microunits_per_ms=U64)
        ),
        _question("all-zero", "Every scalar is 0.", policy(**dict.fromkeys(wire.POLICY_SCALARS, 0))),
        _question("largest-bounds", "Every bound is reached.", policy(**_SCALAR_BOUNDS), "POLICY_BOUND_OFF"),
    ]
    for field, largest in {
        "p95_latency_ms": U32,
        "capabilities": U64,
        "region_mask": U64,
        "input_cost_microunits_per_million_tokens": U64,
        "output_cost_microunits_per_million_tokens": U64,
        **_MODEL_BOUNDS,
    }.items():
        for word, value in {"largest": largest, "smallest": 0}.items():
            about = f"The model's {field} is {value:,}."
            questions.append(
                _question(f"{word}-{field}", about, policy([model(1, **{field: value})]), "POLICY_BOUND_OFF")
            )
    yield Group("validated", tuple(questions))


def _bounds(constructor: str) -> Iterator[Group]:
    group = constructor.replace("_", "-")
    scalars = []
    for field, bound in _SCALAR_BOUNDS.items():
        for value in (bound - 1, bound, bound + 1, U16):
            about = f"{field} is {value:,}; its bound is {bound:,}."
            tested = policy(_catalog(), constructor=constructor, **{field: value})
            scalars.append(_question(f"{field}-{value}", about, tested, "POLICY_BOUND_OFF"))
    yield Group(f"{group}-scalars", tuple(scalars))
    models = []
    for field, bound in _MODEL_BOUNDS.items():
        for value in (bound - 1, bound, bound + 1, U16):
            for place in range(3):
                about = f"{field} of model {place} of three is {value:,}; its bound is {bound:,}."
                tested = policy(_catalog(place, **{field: value}), constructor=constructor)
                models.append(_question(f"{field}-{value}-at-{place}", about, tested, "POLICY_BOUND_OFF"))
    disabled = policy(_catalog(1, enabled=0, provider_id=64), constructor=constructor)
    models.append(_question("disabled-and-wrong", "A disabled model is checked too.", disabled, "POLICY_BOUND_OFF"))
    yield Group(f"{group}-models", tuple(models))
    yield Group(f"{group}-catalogs", tuple(_catalogs(constructor)))


def _catalogs(constructor: str) -> Iterator[Question]:
    def of(*ids: int) -> Record:
        return policy([model(model_id) for model_id in ids], constructor=constructor)

    yield _question("empty", "No model at all.", of(), "POLICY_ORDER")
    yield _question("adjacent-duplicate", "Models 1 and 2 share an id.", of(10, 20, 20), "POLICY_ORDER")
    yield _question(
        "far-duplicate", "The first and the last of four share an id.", of(10, 20, 30, 10), "DUPLICATE_MISSED"
    )
    yield _question("between-duplicate", "Every second model has the same id.", of(10, 20, 10), "DUPLICATE_MISSED")
    yield _question("thrice", "One id three times: the second is named.", of(10, 20, 20, 20), "POLICY_ORDER")
    yield _question("thrice-far", "One id three times, apart.", of(10, 20, 10, 30, 10), "DUPLICATE_MISSED")
    yield _question(
        "two-duplicates", "Two ids occur twice.", of(20, 10, 10, 20), "DUPLICATE_MISSED", "TRUSTED_AT_SORTED"
    )
    yield _question("all-disabled", "No model is enabled.", policy(_catalog(enabled=0), constructor=constructor))
    alone = policy([model(1, enabled=0)], constructor=constructor)
    yield _question("alone-disabled", "The only model is disabled.", alone, "ALL_DISABLED_ACCEPTED")
    last = policy([model(1, enabled=0), model(2, enabled=0), model(3)], constructor=constructor)
    yield _question("last-enabled", "Only the last model is enabled.", last, "ALL_DISABLED_ACCEPTED")


def _pairs(constructor: str, faults: tuple[str, ...]) -> Iterator[Group]:
    group = f"{constructor.replace('_', '-')}-pairs"
    questions = []
    for first, second in combinations(faults, 2):
        if "empty" in (first, second) and {first, second} & {"reserved", "enabled", "all_disabled", *_MODEL_FAULTS}:
            continue  # an empty catalog has no model to be wrong
        about = f"Two faults, {first} and {second}: the first is reported."
        flags = ("TRUSTED_CHECKS",) if first in ("reserved", "enabled") else ("POLICY_ORDER",)
        questions.append(_question(f"{first}-and-{second}", about, _with_faults(constructor, first, second), *flags))
    for first, second in product(_MODEL_FAULTS, repeat=2):
        catalog = _catalog(1, **_MODEL_FAULTS[first])
        catalog[2] = {**catalog[2], **_MODEL_FAULTS[second]}
        about = f"{first} of model 1 and {second} of model 2 are wrong: model by model."
        tested = policy(catalog, constructor=constructor)
        questions.append(_question(f"{first}-of-1-{second}-of-2", about, tested, "POLICY_ORDER"))
    yield Group(group, tuple(questions))


def _with_faults(constructor: str, *faults: str) -> Record:
    scalars: Record = {}
    catalog = _catalog()
    for fault in faults:
        match fault:
            case "reserved":
                catalog[2] = {**catalog[2], "model_id": 0}
            case "enabled":
                catalog[1] = {**catalog[1], "enabled": 2}
            case "empty":
                catalog = []
            case "all_disabled":
                catalog = [one if one["enabled"] > 1 else {**one, "enabled": 0} for one in catalog]
            case _ if fault in _SCALAR_FAULTS:
                scalars |= _SCALAR_FAULTS[fault]
            case _:
                catalog[1] = {**catalog[1], **_MODEL_FAULTS[fault]}
    return policy(catalog, constructor=constructor, **scalars)


def _try_new_order() -> Iterator[Group]:
    def of(*ids: int, **changes: Any) -> Record:
        return policy([model(model_id, **changes) for model_id in ids], constructor="try_new")

    yield Group(
        "try-new-order",
        (
            _question("descending", "Ids descend.", of(30, 20, 10), "CONSTRUCTOR_ORDER"),
            _question("mixed", "The smallest id is in the middle.", of(20, 10, 30), "CONSTRUCTOR_ORDER"),
            _question("ascending", "Ids ascend.", of(10, 20, 30)),
            _question("id-zero", "try_new accepts the id 0.", of(10, 0, 20), "CONSTRUCTOR_ORDER"),
            _question("id-zero-alone", "The only model has the id 0.", of(0)),
            _question("ids-zero-twice", "The id 0 twice is a duplicate.", of(0, 10, 0), "DUPLICATE_MISSED"),
            _question("enabled-two", "try_new accepts 2 as enabled.", of(10, enabled=2)),
            _question("enabled-255", "try_new accepts 255 as enabled.", of(10, enabled=U8), "ENABLED_ONLY_ONE"),
            _question("largest-id", "Ids reach 2^32 − 1.", of(U32, 2**31, 2**31 - 1), "CONSTRUCTOR_ORDER"),
        ),
    )


def _trusted_only() -> Iterator[Group]:
    def of(*models: Record, **changes: Any) -> Record:
        return policy(models, constructor="try_new_trusted", **changes)

    sorts = (
        _question(
            "descending", "Ids descend; the snapshot ascends.", of(model(30), model(20), model(10)), "CONSTRUCTOR_ORDER"
        ),
        _question(
            "mixed", "The smallest id is in the middle.", of(model(20), model(10), model(30)), "CONSTRUCTOR_ORDER"
        ),
        _question("unsigned", "2^31 sorts after 2^31 − 1.", of(model(2**31), model(2**31 - 1)), "CONSTRUCTOR_ORDER"),
        _question("not-as-text", "9 sorts before 10.", of(model(10), model(9)), "CONSTRUCTOR_ORDER"),
    )
    yield Group("try-new-trusted-sorts", sorts)
    refuses = [
        _question(
            f"id-zero-at-{place}", f"Model {place} has the id 0.", of(*_catalog(place, model_id=0)), "TRUSTED_CHECKS"
        )
        for place in range(3)
    ]
    refuses += [
        _question(
            f"enabled-{value}-at-{place}", f"enabled of model {place} is {value}.", of(*catalog), "TRUSTED_CHECKS"
        )
        for place, value in product(range(3), (2, U8))
        for catalog in [_catalog(place, enabled=value)]
    ]
    yield Group("try-new-trusted-refuses", tuple(refuses))
    zero, two = model(0), model(40, enabled=2)
    bad_provider, bad_quality = model(9, provider_id=64), model(3, quality_bps=MAX_BPS + 1)
    order = (
        _question("two-zeros", "The id 0 twice: reserved, and the first.", of(model(10), zero, zero), "TRUSTED_CHECKS"),
        _question(
            "enabled-before-zero", "enabled 2 stands before id 0: the id is reported.", of(two, zero), "TRUSTED_CHECKS"
        ),
        _question("zero-before-enabled", "Id 0 stands before enabled 2.", of(zero, two), "TRUSTED_CHECKS"),
        _question("zero-and-two-in-one", "One model has both.", of(model(0, enabled=2)), "TRUSTED_CHECKS"),
        _question(
            "visited-sorted",
            "The lower id is visited first.",
            of(bad_provider, bad_quality),
            "TRUSTED_AT_SORTED",
            "POLICY_ORDER",
        ),
        _question(
            "named-as-given",
            "The fault is last in the order given, first when sorted.",
            of(model(9), bad_quality),
            "TRUSTED_AT_SORTED",
        ),
        _question(
            "duplicate-as-given",
            "Of three equal ids the second as given is named.",
            of(model(7), model(3), model(7), model(7)),
            "TRUSTED_AT_SORTED",
        ),
        _question(
            "lowest-duplicate",
            "Two ids occur twice; the lower one is visited first.",
            of(model(9), model(9), model(3), model(3)),
            "TRUSTED_AT_SORTED",
        ),
        _question(
            "stable",
            "Equal ids keep the order given: the second is the duplicate, before its provider.",
            of(model(5), model(5, provider_id=64)),
            "POLICY_ORDER",
        ),
        _question(
            "stable-first-wrong",
            "Equal ids keep the order given: the first is wrong by itself.",
            of(model(5, provider_id=64), model(5)),
            "POLICY_ORDER",
        ),
        _question("empty", "No model at all.", of(), "POLICY_ORDER"),
    )
    yield Group("try-new-trusted-order", order)


def _trusted_size() -> Iterator[Group]:
    def of(count: int, first: Record, step: int = 1, **changes: Any) -> Record:
        return policy(series(count, first, model_id=step), constructor="try_new_trusted", **changes)

    yield Group(
        "try-new-trusted-size",
        (
            _question("largest", "65,535 models.", of(U16, model(1)), "COUNTS_WRAP", "TRUSTED_CHECKS"),
            _question("one-too-many", "65,536 models.", of(U16 + 1, model(1)), "COUNTS_WRAP", "TRUSTED_CHECKS"),
            _question(
                "too-many-and-reserved",
                "Too many, and the first has the id 0.",
                of(U16 + 1, model(0)),
                "TRUSTED_CHECKS",
            ),
            _question(
                "too-many-and-duplicate", "Too many, and all have one id.", of(U16 + 1, model(1), 0), "TRUSTED_CHECKS"
            ),
        ),
    )


def _unchecked() -> Iterator[Group]:
    def of(models: Any, **changes: Any) -> Record:
        return policy(models, constructor="unchecked", **changes)

    wrong = {field: value + 1 for field, value in _SCALAR_BOUNDS.items()}
    questions = [
        _question("empty", "No model at all.", of([])),
        _question("duplicates", "One id three times.", of([model(5), model(5), model(5)])),
        _question("descending", "The order is kept.", of([model(3), model(2), model(1)]), "CONSTRUCTOR_ORDER"),
        _question("all-disabled", "No model is enabled.", of(_catalog(enabled=0))),
        _question("id-zero", "The id 0.", of([model(0)])),
        _question("scalars-above-bounds", "Every scalar is one above its bound.", of([model()], **wrong)),
        _question(
            "scalars-largest", "Every scalar is the largest of its width.", of([model()], **dict.fromkeys(wrong, U16))
        ),
    ]
    questions += [
        _question(f"{field}-largest", f"{field} is the largest u16.", of([model(1, **{field: U16})]))
        for field in _MODEL_BOUNDS
    ]
    yield Group("unchecked", tuple(questions))


def _widths() -> Iterator[Group]:
    questions = []
    for field, kind in wire.POLICY_SCALARS.items():
        for word, value in _outside(kind).items():
            about = f"{field} is {value:,}, which no {kind} holds."
            questions.append(
                _question(f"{field}-{word}", about, policy(constructor="unchecked", **{field: value}), "WIDTH_WRAPS")
            )
    for field, kind in wire.MODEL.items():
        for word, value in _outside(kind).items():
            about = f"{field} of model 1 is {value:,}, which no {kind} holds."
            tested = policy(_catalog(1, **{field: value}), constructor="unchecked")
            questions.append(_question(f"model-{field}-{word}", about, tested, "WIDTH_WRAPS"))
    yield Group("widths", tuple(questions))


def _outside(kind: str) -> dict[str, int]:
    low, high = wire.INTEGER_TYPES[kind]
    return {"too-large": high + 1, "negative": low - 1}


def _catalog(place: int | None = None, **changes: Any) -> list[Record]:
    """Models 10, 20 and 30; the changes go to the one at `place`, or to all."""
    return [
        {**model(model_id), **(changes if place in (index, None) else {})}
        for index, model_id in enumerate((10, 20, 30))
    ]
