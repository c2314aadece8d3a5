"""What the two validating constructors check alike: bounds, catalogs, every pair of faults (POLICY-1 to POLICY-4)."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import U16, Record, model, policy
from calybris_conformance.vectorgen.draft import Group, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALAR_BOUNDS = {
    "hard_risk_limit_bps": 10_000,
    "minimum_confidence_bps": 10_000,
    "risk_penalty_multiplier_bps": 50_000,
}
MODEL_BOUNDS = {"provider_id": 63, "quality_bps": 10_000, "risk_ceiling_bps": 10_000}

#: The faults that every validating constructor looks for, in its order; those of a model are in the model of index 1.
_SCALAR_FAULTS = {field: {field: bound + 1} for field, bound in SCALAR_BOUNDS.items()}
_MODEL_FAULTS = {"model_id": {"model_id": 10}, **{field: {field: bound + 1} for field, bound in MODEL_BOUNDS.items()}}
SHARED_FAULTS = (*_SCALAR_FAULTS, "empty", *_MODEL_FAULTS, "all_disabled")
TRUSTED_FAULTS = ("reserved", "enabled", *SHARED_FAULTS)


_BOUND = ("POLICY_BOUND_OFF",)


def question(name: str, about: str, tested: Record, *flags: str) -> Question:
    """A question about one policy."""
    return Question(name.replace("_", "-"), about, {"policy": tested}, flags)


def catalog_of(place: int | None = None, **changes: Any) -> list[Record]:
    """Models 10, 20 and 30; the changes go to the one at `place`, or to all."""
    return [
        {**model(model_id), **(changes if place in (index, None) else {})}
        for index, model_id in enumerate((10, 20, 30))
    ]


def bounds(constructor: str) -> Iterator[Group]:
    """Every bound from −1 to +1, in each of three models; catalogs that are empty, doubled or disabled."""
    group = constructor.replace("_", "-")
    scalars = []
    for field, bound in SCALAR_BOUNDS.items():
        for value in (bound - 1, bound, bound + 1, U16):
            about = f"{field} is {value:,}; its bound is {bound:,}."
            tested = policy(catalog_of(), constructor=constructor, **{field: value})
            scalars.append(question(f"{field}-{value}", about, tested, *(_BOUND if value >= bound else ())))
    yield Group(f"{group}-scalars", tuple(scalars))
    models = []
    for field, bound in MODEL_BOUNDS.items():
        for value in (bound - 1, bound, bound + 1, U16):
            for place in range(3):
                about = f"{field} of model {place} of three is {value:,}; its bound is {bound:,}."
                tested = policy(catalog_of(place, **{field: value}), constructor=constructor)
                flags = _BOUND if value >= bound else ()
                models.append(question(f"{field}-{value}-at-{place}", about, tested, *flags))
    disabled = policy(catalog_of(1, enabled=0, provider_id=64), constructor=constructor)
    models.append(question("disabled-and-wrong", "A disabled model is checked too.", disabled, *_BOUND))
    yield Group(f"{group}-models", tuple(models))
    yield Group(f"{group}-catalogs", tuple(_catalogs(constructor)))


def _catalogs(constructor: str) -> Iterator[Question]:
    def of(*ids: int) -> Record:
        return policy([model(model_id) for model_id in ids], constructor=constructor)

    # sorted ids put equal ones next to each other
    missed = ("DUPLICATE_MISSED",) if constructor == "try_new" else ()
    yield question("empty", "No model at all.", of())
    yield question("adjacent-duplicate", "Models 1 and 2 share an id.", of(10, 20, 20), "POLICY_ORDER")
    yield question("far-duplicate", "The first and the last of four share an id.", of(10, 20, 30, 10), *missed)
    yield question("between-duplicate", "Every second model has the same id.", of(10, 20, 10), *missed)
    yield question("thrice", "One id three times: the second is named.", of(10, 20, 20, 20), "POLICY_ORDER")
    yield question("thrice-far", "One id three times, apart.", of(10, 20, 10, 30, 10), *missed)
    sorted_at = ("TRUSTED_AT_SORTED",) if constructor == "try_new_trusted" else ()
    yield question("two-duplicates", "Two ids occur twice.", of(20, 10, 10, 20), *sorted_at)
    disabled = policy(catalog_of(enabled=0), constructor=constructor)
    yield question("all-disabled", "No model is enabled.", disabled, "ALL_DISABLED_ACCEPTED")
    alone = policy([model(1, enabled=0)], constructor=constructor)
    yield question("alone-disabled", "The only model is disabled.", alone, "ALL_DISABLED_ACCEPTED")
    last = policy([model(1, enabled=0), model(2, enabled=0), model(3)], constructor=constructor)
    yield question("last-enabled", "Only the last model is enabled.", last)


def pairs(constructor: str, faults: tuple[str, ...]) -> Iterator[Group]:
    """Every pair of faults in one policy; every pair of a model's faults in two models."""
    group = f"{constructor.replace('_', '-')}-pairs"
    questions = []
    for first, second in combinations(faults, 2):
        if "empty" in (first, second) and {first, second} & {"reserved", "enabled", "all_disabled", *_MODEL_FAULTS}:
            continue  # an empty catalog has no model to be wrong
        about = f"Two faults, {first} and {second}: the first is reported."
        flags = ("TRUSTED_CHECKS",) if first in ("reserved", "enabled") else ("POLICY_ORDER",)
        questions.append(question(f"{first}-and-{second}", about, _with_faults(constructor, first, second), *flags))
    for first, second in product(_MODEL_FAULTS, repeat=2):
        catalog = catalog_of(1, **_MODEL_FAULTS[first])
        catalog[2] = {**catalog[2], **_MODEL_FAULTS[second]}
        about = f"{first} of model 1 and {second} of model 2 are wrong: model by model."
        tested = policy(catalog, constructor=constructor)
        questions.append(question(f"{first}-of-1-{second}-of-2", about, tested, "POLICY_ORDER"))
    yield Group(group, tuple(questions))


def _with_faults(constructor: str, *faults: str) -> Record:
    scalars: Record = {}
    catalog = catalog_of()
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
