"""Where the constructors differ: the order of the catalog, what the trusted one refuses (POLICY-5, POLICY-7)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import MAX_BPS, U8, U16, U32, Record, model, policy, series
from calybris_conformance.vectorgen.draft import Group
from calybris_conformance.vectorgen.suites.policy_checks import catalog_of, question

if TYPE_CHECKING:
    from collections.abc import Iterator


def try_new_order() -> Iterator[Group]:
    """`try_new` keeps the order, and accepts what the trusted constructor does not."""

    def of(*ids: int, **changes: Any) -> Record:
        return policy([model(model_id, **changes) for model_id in ids], constructor="try_new")

    yield Group(
        "try-new-order",
        (
            question("descending", "Ids descend.", of(30, 20, 10), "CONSTRUCTOR_ORDER"),
            question("mixed", "The smallest id is in the middle.", of(20, 10, 30), "CONSTRUCTOR_ORDER"),
            question("ascending", "Ids ascend.", of(10, 20, 30)),
            question("id-zero", "try_new accepts the id 0.", of(10, 0, 20), "CONSTRUCTOR_ORDER"),
            question("id-zero-alone", "The only model has the id 0.", of(0)),
            question("ids-zero-twice", "The id 0 twice is a duplicate.", of(0, 10, 0), "DUPLICATE_MISSED"),
            question("enabled-two", "try_new accepts 2 as enabled.", of(10, enabled=2)),
            question("enabled-255", "try_new accepts 255 as enabled.", of(10, enabled=U8), "ENABLED_ONLY_ONE"),
            question("largest-id", "Ids reach 2^32 − 1.", of(U32, 2**31, 2**31 - 1), "CONSTRUCTOR_ORDER"),
        ),
    )


def trusted_only() -> Iterator[Group]:
    """`try_new_trusted` sorts, refuses more, and looks in an order of its own."""

    def of(*models: Record, **changes: Any) -> Record:
        return policy(models, constructor="try_new_trusted", **changes)

    sorts = (
        question(
            "descending", "Ids descend; the snapshot ascends.", of(model(30), model(20), model(10)), "CONSTRUCTOR_ORDER"
        ),
        question(
            "mixed", "The smallest id is in the middle.", of(model(20), model(10), model(30)), "CONSTRUCTOR_ORDER"
        ),
        question("unsigned", "2^31 sorts after 2^31 − 1.", of(model(2**31), model(2**31 - 1)), "CONSTRUCTOR_ORDER"),
        question("not-as-text", "9 sorts before 10.", of(model(10), model(9)), "CONSTRUCTOR_ORDER"),
    )
    yield Group("try-new-trusted-sorts", sorts)
    refuses = [
        question(
            f"id-zero-at-{place}", f"Model {place} has the id 0.", of(*catalog_of(place, model_id=0)), "TRUSTED_CHECKS"
        )
        for place in range(3)
    ]
    refuses += [
        question(f"enabled-{value}-at-{place}", f"enabled of model {place} is {value}.", of(*catalog), "TRUSTED_CHECKS")
        for place, value in product(range(3), (2, U8))
        for catalog in [catalog_of(place, enabled=value)]
    ]
    yield Group("try-new-trusted-refuses", tuple(refuses))
    zero, two = model(0), model(40, enabled=2)
    bad_provider, bad_quality = model(9, provider_id=64), model(3, quality_bps=MAX_BPS + 1)
    order = (
        question("two-zeros", "The id 0 twice: reserved, and the first.", of(model(10), zero, zero), "TRUSTED_CHECKS"),
        question(
            "enabled-before-zero", "enabled 2 stands before id 0: the id is reported.", of(two, zero), "TRUSTED_CHECKS"
        ),
        question("zero-before-enabled", "Id 0 stands before enabled 2.", of(zero, two), "TRUSTED_CHECKS"),
        question("zero-and-two-in-one", "One model has both.", of(model(0, enabled=2)), "TRUSTED_CHECKS"),
        question(
            "visited-sorted",
            "The lower id is visited first.",
            of(bad_provider, bad_quality),
            "TRUSTED_AT_SORTED",
            "POLICY_ORDER",
        ),
        question(
            "named-as-given",
            "The fault is last in the order given, first when sorted.",
            of(model(9), bad_quality),
            "TRUSTED_AT_SORTED",
        ),
        question(
            "duplicate-as-given",
            "Of three equal ids the second as given is named.",
            of(model(7), model(7), model(7), model(3)),
            "TRUSTED_AT_SORTED",
        ),
        question(
            "lowest-duplicate",
            "Two ids occur twice; the lower one is visited first.",
            of(model(9), model(9), model(3), model(3)),
            "TRUSTED_AT_SORTED",
        ),
        question(
            "stable",
            "Equal ids keep the order given: the second is the duplicate, before its provider.",
            of(model(5), model(5, provider_id=64)),
            "POLICY_ORDER",
        ),
        question(
            "stable-first-wrong",
            "Equal ids keep the order given: the first is wrong by itself.",
            of(model(5, provider_id=64), model(5)),
            "POLICY_ORDER",
        ),
        question("empty", "No model at all.", of()),
    )
    yield Group("try-new-trusted-order", order)


def trusted_size() -> Iterator[Group]:
    """The largest catalog, one model more, and that with another fault."""

    def of(count: int, first: Record, step: int = 1, **changes: Any) -> Record:
        return policy(series(count, first, model_id=step), constructor="try_new_trusted", **changes)

    yield Group(
        "try-new-trusted-size",
        (
            question("largest", "65,535 models.", of(U16, model(1)), "COUNTS_WRAP", "TRUSTED_CHECKS"),
            question("one-too-many", "65,536 models.", of(U16 + 1, model(1)), "COUNTS_WRAP", "TRUSTED_CHECKS"),
            question(
                "too-many-and-reserved",
                "Too many, and the first has the id 0.",
                of(U16 + 1, model(0)),
                "TRUSTED_CHECKS",
            ),
            question(
                "too-many-and-duplicate", "Too many, and all have one id.", of(U16 + 1, model(1), 0), "TRUSTED_CHECKS"
            ),
        ),
    )
