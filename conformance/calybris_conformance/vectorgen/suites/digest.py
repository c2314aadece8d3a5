"""Digests: the exact bytes of a policy, a request, a decision and a ledger (DIGEST-1 to DIGEST-5, DIGEST-8)."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from calybris_conformance import wire
from calybris_conformance.vectorgen.builders import (
    I64_MAX,
    I64_MIN,
    U16,
    U64,
    Record,
    model,
    policy,
    request,
    series,
)
from calybris_conformance.vectorgen.draft import Draft, Group, Question, large
from calybris_conformance.vectorgen.market import market
from calybris_conformance.vectorgen.suites import digest_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRAME = "DIGEST-1 DIGEST-2"
_BASIC = ("DIGEST_TAG", "DIGEST_ENDIAN")

#: A decision whose fields are all different and fill their widths with different bytes.
_DECISION: Record = {
    "request_sequence": 0x0102_0304_0506_0708,
    "action": "substitute",
    "reason": "alternative_maximizes_utility",
    "selected_model_id": 0x1112_1314,
    "selected_model_index": 0x2122,
    "estimated_cost_microunits": 0x3132_3334_3536_3738,
    "expected_utility_microunits": 0x4142_4344_4546_4748,
    "counterfactual_model_id": 0x5152_5354,
    "counterfactual_utility_microunits": 0x6162_6364_6566_6768,
    "evaluated_models": 0x7172,
    "eligible_models": 0x8182,
    "policy_epoch": 0x9192_9394_9596_9798,
    "catalog_epoch": 0xA1A2_A3A4_A5A6_A7A8,
}
_REASONS = (
    "requested_model_maximizes_utility",
    "alternative_maximizes_utility",
    "risk_hard_limit",
    "confidence_hard_limit",
    "no_enabled_model",
    "quality_constraint",
    "latency_constraint",
    "capability_constraint",
    "provider_constraint",
    "region_constraint",
    "budget_constraint",
    "non_positive_utility",
    "risk_ceiling_constraint",
)


def files() -> Iterator[Draft]:
    """Each record: its layout field by field, its extremes, and what only some ports can build."""
    policies = (Group("policy-fields", tuple(_policy_fields())), Group("policy-catalogs", tuple(_policy_catalogs())))
    yield _file("policy", "digest.policy", "The digest of a policy", "DIGEST-3", policies)
    given_order = (Group("policy-order", tuple(_policy_order("try_new"))),)
    yield _file(
        "policy-order-given",
        "digest.policy",
        "Catalogs in the order given: the order is not hashed",
        "DIGEST-3",
        given_order,
        "constructor.try_new",
    )
    sorted_order = (Group("policy-sorted", tuple(_policy_order("try_new_trusted"))),)
    yield _file(
        "policy-order-sorted",
        "digest.policy",
        "Catalogs that the constructor sorts",
        "DIGEST-3",
        sorted_order,
        "constructor.try_new_trusted",
    )
    unchecked = (Group("policy-unchecked", tuple(_policy_unchecked())),)
    yield _file(
        "policy-unchecked",
        "digest.policy",
        "Policies that no check has seen",
        "DIGEST-3 POLICY-6",
        unchecked,
        "constructor.unchecked",
    )
    many = (Group("policy-large", tuple(_policy_large())),)
    yield large("digest", "policy-large", "digest.policy", "Large catalogs", f"{_FRAME} DIGEST-3", many, "")
    requests = (Group("input-fields", tuple(_input_fields())), Group("input-extremes", tuple(_input_extremes())))
    yield _file("input", "digest.input", "The digest of a request", "DIGEST-4", requests)
    above = (Group("input-unchecked", tuple(_input_above())),)
    yield _file("input-unchecked", "digest.input", "Proportions above 10,000", "DIGEST-4", above, "input.unchecked")
    decisions = (
        Group("decision-fields", tuple(_decision_fields())),
        Group("decision-extremes", tuple(_decision_extremes())),
        Group("decision-codes", tuple(_decision_codes())),
    )
    yield _file("decision", "digest.decision", "The digest of a decision", "DIGEST-5", decisions)
    yield _file("ledger", "digest.ledger", "The digest of a ledger", "DIGEST-8", digest_ledger.fields())
    ids = "The digest of a ledger: ids and their order"
    yield _file("ledger-ids", "digest.ledger", ids, "DIGEST-8 LEDGER-1", digest_ledger.ids())


def _file(name: str, op: str, title: str, clause: str, groups: tuple[Group, ...], requires: str = "") -> Draft:
    return Draft("digest", name, op, title, f"{_FRAME} {clause}", groups, requires=requires)


def _policy(name: str, about: str, tested: Record, *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"policy": tested}, flags)


def _policy_fields() -> Iterator[Question]:
    def two(**changes: int) -> list[Record]:
        return [model(1, **changes), model(2)]

    yield _policy("baseline", "Two models.", policy(two()), *_BASIC, "DIGEST_COUNT_HASHED")
    epochs = {"policy_epoch": 0x0102_0304_0506_0708, "catalog_epoch": 0x1112_1314_1516_1718}
    yield _policy("distinct-epochs", "Every byte of the epochs differs.", policy(two(), **epochs), "DIGEST_ENDIAN")
    for field in wire.POLICY_SCALARS:
        changed = policy(two(), **{field: policy()[field] + 1})
        yield _policy(f"plus-one-{field}", f"{field} is one higher.", changed, "DIGEST_LAYOUT")
    for field in wire.MODEL:
        value = {"model_id": 0x0102_0304, "enabled": 0}.get(field, model()[field] + 1)
        changed = policy([model(2), model(value)]) if field == "model_id" else policy(two(**{field: value}))
        yield _policy(f"changed-{field}", f"{field} of one model differs.", changed, "DIGEST_LAYOUT")
    for field in ("hard_risk_limit_bps", "minimum_confidence_bps", "latency_penalty_microunits_per_ms"):
        yield _policy(f"zero-{field}", f"{field} is 0.", policy(two(), **{field: 0}), "DIGEST_LAYOUT")
    for field in ("policy_epoch", "catalog_epoch", "latency_penalty_microunits_per_ms"):
        for word, value in {"2-53-plus-1": 2**53 + 1, "2-63": 2**63, "largest": U64}.items():
            flags = ("DOUBLE_PRECISION",) if value != 2**63 else ()
            yield _policy(f"{word}-{field}", f"{field} is {value:,}.", policy(two(), **{field: value}), *flags)
    for field, kind in wire.MODEL.items():
        if kind in ("u32", "u64") and field != "model_id":
            value = wire.INTEGER_TYPES[kind][1]
            flags = ("DOUBLE_PRECISION",) if kind == "u64" else ()
            about = f"{field} is the largest {kind}."
            yield _policy(f"largest-{field}", about, policy(two(**{field: value})), *flags)


def _policy_catalogs() -> Iterator[Question]:
    for size in (1, 2, 3, 22):
        catalog = policy([model(model_id) for model_id in range(1, size + 1)])
        yield _policy(f"models-{size}", f"{size} models.", catalog, "DIGEST_COUNT_HASHED")
    for size in (1, 3, 22):
        yield _policy(f"market-{size}", f"The market of {size}.", market(size))
    same_end = policy([model(1), model(2), model(256)])
    yield _policy(
        "ids-by-value", "256 sorts after 2, though its first byte is lower.", same_end, "DIGEST_CATALOG_ORDER"
    )
    as_text = policy([model(9), model(10)])
    yield _policy("ids-as-numbers", "10 sorts after 9, though not as text.", as_text, "DIGEST_CATALOG_ORDER")


def _policy_order(constructor: str) -> Iterator[Question]:
    for order in permutations((10, 20, 300)):
        catalog = [model(model_id, quality_bps=model_id * 10) for model_id in order]
        name = "-".join(map(str, order))
        about = f"Ids {name}: one digest for every order."
        # the trusted constructor has sorted before the digest could
        flags = () if constructor == "try_new_trusted" or order == (10, 20, 300) else ("DIGEST_CATALOG_ORDER",)
        yield _policy(f"order-{name}", about, policy(catalog, constructor=constructor), *flags)
    high = [model(2**31), model(2**31 - 1), model(2**32 - 1)]
    unsigned = policy(high, constructor=constructor)
    yield _policy("unsigned-ids", "Ids sort as unsigned numbers.", unsigned, "DIGEST_CATALOG_ORDER")


def _policy_unchecked() -> Iterator[Question]:
    def of(*models: Record, **changes: int) -> Record:
        return policy(models, constructor="unchecked", **changes)

    yield _policy("empty", "No model: 39 bytes.", of(), "DIGEST_COUNT_HASHED")
    yield _policy("descending", "Sorted for the digest.", of(model(3), model(1), model(2)), "DIGEST_CATALOG_ORDER")
    twins = [model(5, provider_id=1), model(5, provider_id=2)]
    yield _policy("same-id", "Equal ids keep their order.", of(*twins))
    yield _policy("same-id-exchanged", "Equal ids keep their order: another digest.", of(*reversed(twins)))
    yield _policy("same-id-apart", "Equal ids with another between.", of(twins[1], model(2), twins[0]))
    yield _policy("id-zero", "The id 0 comes first.", of(model(1), model(0)), "DIGEST_CATALOG_ORDER")
    for field in ("provider_id", "quality_bps", "risk_ceiling_bps"):
        yield _policy(f"largest-{field}", f"{field} is 65,535.", of(model(**{field: U16})), "DIGEST_LAYOUT")
    for enabled in (2, 255):
        yield _policy(f"enabled-{enabled}", f"enabled is {enabled}: hashed as it is.", of(model(enabled=enabled)))
    for field in ("hard_risk_limit_bps", "minimum_confidence_bps", "risk_penalty_multiplier_bps"):
        yield _policy(f"scalar-{field}", f"{field} is 65,535.", of(model(), **{field: U16}), "DIGEST_LAYOUT")


def _policy_large() -> Iterator[Question]:
    for count in (1_000, U16):
        catalog = series(count, model(1), model_id=1, output_cost_microunits_per_million_tokens=3)
        yield _policy(f"models-{count}", f"{count:,} models.", policy(catalog), "DIGEST_COUNT_HASHED")


def _input(name: str, about: str, changes: Record, *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"request": request(**changes)}, flags)


def _input_fields() -> Iterator[Question]:
    yield _input("baseline", "The baseline.", {}, *_BASIC)
    yield _input("all-zero", "Every field is 0.", dict.fromkeys(wire.REQUEST, 0), "DIGEST_TAG")
    for field in wire.REQUEST:
        changed = {field: request()[field] + 1}
        yield _input(f"plus-one-{field}", f"{field} is one higher.", changed, "DIGEST_LAYOUT")
    for field, kind in wire.REQUEST.items():
        # every byte of the field different, as far as its bound allows
        value = {"u16": 0x0102, "u32": 0x0102_0304}.get(kind, 0x0102_0304_0506_0708)
        yield _input(
            f"bytes-{field}", f"Every byte of {field} differs.", {field: value}, "DIGEST_ENDIAN", "DIGEST_LAYOUT"
        )


def _input_extremes() -> Iterator[Question]:
    for field, kind in wire.REQUEST.items():
        if kind != "u16":
            value = wire.INTEGER_TYPES[kind][1]
            flags = ("DOUBLE_PRECISION",) if kind in ("u64", "i64") else ()
            yield _input(f"largest-{field}", f"{field} is {value:,}.", {field: value}, *flags)
        if kind in ("u64", "i64"):
            about = f"{field} is 2^53 + 1."
            yield _input(f"2-53-plus-1-{field}", about, {field: 2**53 + 1}, "DOUBLE_PRECISION")
    for name, value in {
        "minus-one": -1,
        "minus-256": -256,
        "minus-2-31": -(2**31),
        "minus-2-32": -(2**32),
        "minus-2-53-minus-1": -(2**53) - 1,
        "smallest-plus-one": I64_MIN + 1,
        "smallest": I64_MIN,
    }.items():
        about = f"The business value is {value:,}: two's complement."
        yield _input(f"value-{name}", about, {"business_value_microunits": value}, "DIGEST_SIGN")


def _input_above() -> Iterator[Question]:
    for field in ("risk_bps", "confidence_bps", "minimum_quality_bps"):
        for value in (10_001, 0x8000, U16):
            yield _input(f"{field}-{value}", f"{field} is {value:,}.", {field: value}, "DIGEST_LAYOUT")


def _decision(name: str, about: str, changes: Record, *flags: str) -> Question:
    return Question(name.replace("_", "-"), about, {"decision": {**_DECISION, **changes}}, flags)


def _decision_fields() -> Iterator[Question]:
    yield _decision("distinct", "Every byte differs.", {}, *_BASIC, "DIGEST_LAYOUT")
    for field in wire.DECISION:
        if field in ("action", "reason"):
            continue
        changed = {field: _DECISION[field] + 1}
        yield _decision(f"plus-one-{field}", f"{field} is one higher.", changed, "DIGEST_LAYOUT")
        yield _decision(f"zero-{field}", f"{field} is 0.", {field: 0}, "DIGEST_LAYOUT")


def _decision_extremes() -> Iterator[Question]:
    for field, kind in wire.DECISION.items():
        if kind in wire.INTEGER_TYPES:
            value = wire.INTEGER_TYPES[kind][1]
            flags = ("DOUBLE_PRECISION",) if kind in ("u64", "i64") else ()
            yield _decision(f"largest-{field}", f"{field} is {value:,}.", {field: value}, *flags)
    for field in ("expected_utility_microunits", "counterfactual_utility_microunits"):
        for name, value in {
            "minus-one": -1,
            "minus-2-32": -(2**32),
            "smallest": I64_MIN,
            "half": -I64_MAX // 2,
        }.items():
            about = f"{field} is {value:,}: two's complement."
            yield _decision(f"{name}-{field}", about, {field: value}, "DIGEST_SIGN")
    blank = dict.fromkeys((key for key, kind in wire.DECISION.items() if kind in wire.INTEGER_TYPES), 0)
    rejected = blank | {"action": "reject", "reason": "risk_hard_limit", "selected_model_index": U16}
    yield _decision("rejection", "A rejection: index 65,535, all else 0.", rejected, "DIGEST_LAYOUT")


def _decision_codes() -> Iterator[Question]:
    for action in ("execute_requested", "substitute", "reject"):
        yield _decision(f"action-{action}", f"Action {action}.", {"action": action}, "DIGEST_LAYOUT")
    for reason in _REASONS:
        changed = {"action": "reject", "reason": reason}
        yield _decision(f"reason-{reason}", f"Reason {reason}.", changed, "DIGEST_LAYOUT")
