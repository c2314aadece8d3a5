"""Policies: what each constructor accepts, and which of two faults it reports (POLICY-1 to POLICY-7, TYPES-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calybris_conformance import wire
from calybris_conformance.vectorgen.builders import U16, U32, U64, Record, model, policy
from calybris_conformance.vectorgen.draft import Draft, Group, large
from calybris_conformance.vectorgen.suites import policy_checks as checks
from calybris_conformance.vectorgen.suites import policy_constructors as constructors
from calybris_conformance.vectorgen.suites.policy_checks import MODEL_BOUNDS, SCALAR_BOUNDS, catalog_of, question

if TYPE_CHECKING:
    from collections.abc import Iterator


_TRY_NEW, _TRUSTED = "constructor.try_new", "constructor.try_new_trusted"
_SHARED = "POLICY-1 POLICY-2 POLICY-3 POLICY-4"


def files() -> Iterator[Draft]:
    """One file per constructor and kind of check, one for catalogs beyond the largest, one for widths."""
    canonical = "Canonical policies, which every validating constructor accepts"
    yield _file("validated", canonical, "POLICY-1 POLICY-3 POLICY-4", _validated())
    for name, faults, clauses, feature in (
        ("try_new", checks.SHARED_FAULTS, _SHARED, _TRY_NEW),
        ("try_new_trusted", checks.TRUSTED_FAULTS, f"{_SHARED} POLICY-7", _TRUSTED),
    ):
        stem = name.replace("_", "-")
        yield _file(f"{stem}-bounds", f"The bounds and catalogs of {name}", clauses, checks.bounds(name), feature)
        pairs = checks.pairs(name, faults)
        yield _file(f"{stem}-pairs", f"Two faults: which one {name} reports", clauses, pairs, feature)
    yield _file("try-new-order", "try_new keeps the order given", "POLICY-5", constructors.try_new_order(), _TRY_NEW)
    alone = "What try_new_trusted alone refuses, and its order"
    yield _file("try-new-trusted-only", alone, "POLICY-7", constructors.trusted_only(), _TRUSTED)
    most = "try_new_trusted takes at most 65,535 models"
    size = constructors.trusted_size()
    yield large("policy", "try-new-trusted-size", "policy.validate", most, "POLICY-7", size, _TRUSTED)
    anything = "new_unchecked accepts what fits its widths"
    yield _file("unchecked", anything, "POLICY-6", _unchecked(), "constructor.unchecked")
    named = "A number outside its width is refused at its field"
    yield _file("widths", named, "TYPES-1 TYPES-9", _widths(), "constructor.unchecked widths.named")


def _file(name: str, title: str, clauses: str, groups: Iterator[Group], requires: str = "") -> Draft:
    return Draft("policy", name, "policy.validate", title, clauses, tuple(groups), requires=requires)


def _validated() -> Iterator[Group]:
    questions = [
        question("one-model", "The baseline.", policy()),
        question("ids-with-gaps", "Ids need not follow each other.", policy([model(2), model(70), model(U32)])),
        question(
            "one-enabled", "One of three is enabled.", policy([model(10, enabled=0), model(20, enabled=0), model(30)])
        ),
        question("same-but-for-the-id", "Two models differ in their id alone.", policy([model(1), model(2)])),
        question("twenty-two", "22 models.", policy([model(k) for k in range(1, 23)])),
        question("largest-epochs", "Epochs have no bound.", policy(policy_epoch=U64, catalog_epoch=U64)),
        question("zero-epochs", "Epochs may be 0.", policy(policy_epoch=0, catalog_epoch=0)),
        question("largest-penalty", "The latency penalty has no bound.", policy(latency_penalty_microunits_per_ms=U64)),
        question("all-zero", "Every scalar is 0.", policy(**dict.fromkeys(wire.POLICY_SCALARS, 0))),
        question("largest-bounds", "Every bound is reached.", policy(**SCALAR_BOUNDS), "POLICY_BOUND_OFF"),
    ]
    for field, largest in MODEL_BOUNDS.items():
        reached = policy([model(1, **{field: largest})])
        about = f"The model's {field} is {largest:,}: its bound."
        questions.append(question(f"largest-{field}", about, reached, "POLICY_BOUND_OFF"))
        questions.append(question(f"smallest-{field}", f"The model's {field} is 0.", policy([model(1, **{field: 0})])))
    for field, largest in {
        "p95_latency_ms": U32,
        "capabilities": U64,
        "region_mask": U64,
        "input_cost_microunits_per_million_tokens": U64,
        "output_cost_microunits_per_million_tokens": U64,
    }.items():
        for word, value in {"largest": largest, "smallest": 0}.items():
            about = f"The model's {field} is {value:,}: it has no bound."
            questions.append(question(f"{word}-{field}", about, policy([model(1, **{field: value})])))
    yield Group("validated", tuple(questions))


def _unchecked() -> Iterator[Group]:
    def of(models: Any, **changes: Any) -> Record:
        return policy(models, constructor="unchecked", **changes)

    wrong = {field: value + 1 for field, value in SCALAR_BOUNDS.items()}
    questions = [
        question("empty", "No model at all.", of([])),
        question("duplicates", "One id three times.", of([model(5), model(5), model(5)])),
        question("descending", "The order is kept.", of([model(3), model(2), model(1)])),
        question("all-disabled", "No model is enabled.", of(catalog_of(enabled=0))),
        question("id-zero", "The id 0.", of([model(0)])),
        question("scalars-above-bounds", "Every scalar is one above its bound.", of([model()], **wrong)),
        question(
            "scalars-largest", "Every scalar is the largest of its width.", of([model()], **dict.fromkeys(wrong, U16))
        ),
    ]
    questions += [
        question(f"{field}-largest", f"{field} is the largest u16.", of([model(1, **{field: U16})]))
        for field in MODEL_BOUNDS
    ]
    yield Group("unchecked", tuple(questions))


def _widths() -> Iterator[Group]:
    questions = []
    for field, kind in wire.POLICY_SCALARS.items():
        for word, value in _outside(kind).items():
            about = f"{field} is {value:,}, which no {kind} holds."
            questions.append(
                question(f"{field}-{word}", about, policy(constructor="unchecked", **{field: value}), "WIDTH_WRAPS")
            )
    for field, kind in wire.MODEL.items():
        for word, value in _outside(kind).items():
            about = f"{field} of model 1 is {value:,}, which no {kind} holds."
            tested = policy(catalog_of(1, **{field: value}), constructor="unchecked")
            questions.append(question(f"model-{field}-{word}", about, tested, "WIDTH_WRAPS"))
    yield Group("widths", tuple(questions))


def _outside(kind: str) -> dict[str, int]:
    low, high = wire.INTEGER_TYPES[kind]
    return {"too-large": high + 1, "negative": low - 1}
