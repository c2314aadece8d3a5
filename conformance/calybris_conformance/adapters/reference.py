"""The reference implementation, `calybris_ref`, behind the protocol: every operation of docs/operations.md.

Each operation reads its records from the wire, asks the library's public names, and writes the answer; a CalybrisError
becomes the refusal with its code and path. Run: python -m calybris_conformance.adapters.reference
"""

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from operator import attrgetter
from typing import Any

import calybris_ref
from calybris_conformance import frames, wire
from calybris_conformance.adapters import reference_accumulate, reference_ledger, reference_log
from calybris_conformance.adapters.reference_records import decision as _decision
from calybris_conformance.adapters.reference_records import evidence as _evidence
from calybris_conformance.adapters.reference_records import policy as _policy
from calybris_conformance.adapters.reference_records import request as _request
from calybris_conformance.operations import Adapter, Operation, Refused
from calybris_ref import (
    AuditBundle,
    CalybrisError,
    CandidateExplanation,
    EngineConfig,
    InputBuilder,
    KernelDecision,
    KernelInput,
    KernelModel,
    Mismatch,
    ModelBuilder,
    PolicyBuilder,
    PolicySnapshot,
    RecordError,
    Valid,
    VerificationError,
)
from calybris_ref.errors import WidthError
from calybris_ref.record import I64_WIDTH, U8_WIDTH, U16_WIDTH, U32_WIDTH, U64_WIDTH, Name, columns

JSON = Mapping[str, Any]

_WIDTHS = {width.name: width for width in (U8_WIDTH, U16_WIDTH, U32_WIDTH, U64_WIDTH, I64_WIDTH)}

# The fields of a row, in both directions.
_BOUNDS = {column.name: (column.width.minimum, column.width.maximum) for column in columns(KernelInput) if column.width}
_DECISION_FIELDS = attrgetter(*wire.DECISION)

# The methods that a list of calls may name.
_METHODS: dict[type, frozenset[str]] = {
    InputBuilder: frozenset(
        {"tokens", "business_value", "budget_limit", "risk", "minimum_quality"}
        | {"max_latency", "capabilities", "providers", "regions"}
    ),
    ModelBuilder: frozenset({"quality", "risk_ceiling", "enabled", "latency", "capabilities", "regions", "cost"}),
    PolicyBuilder: frozenset({"epochs", "model", "models"}),
}

_OPERATIONS: dict[str, Operation] = {}


def _operation(name: str) -> Callable[[Operation], Operation]:
    """Register an operation; what the library refuses becomes the refusal of the protocol."""

    def register(ask: Operation) -> Operation:
        @wraps(ask)
        def asked(given: JSON, question: JSON) -> dict[str, Any]:
            try:
                return ask(given, question)
            except RecordError:
                raise  # only a damaged request, or a fault of this adapter, ends here
            except CalybrisError as error:
                raise Refused(error.code, error.at, error.detail) from error

        _OPERATIONS[name] = asked
        return asked

    return register


@_operation("echo")
def _echo(_given: JSON, question: JSON) -> dict[str, Any]:
    kind, value = question["type"], question["value"]
    if kind == "bytes_hex":
        return {"value": bytes.fromhex(value).hex()}
    return {"value": str(value) if kind == "text" else wire.decimal(_sized(kind, value))}


@_operation("integer")
def _integer(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"value": wire.decimal(_sized(question["type"], question["value"]))}


@_operation("policy.validate")
def _policy_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    return _catalog_ends(_policy(question))


@_operation("input.validate")
def _input_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    _request(question).validate()
    return {}


@_operation("decide")
def _decide(given: JSON, question: JSON) -> dict[str, Any]:
    return _written_decision(_policy(given).prescribe(_request(question)))


@_operation("decide.rows")
def _decide_rows(given: JSON, question: JSON) -> dict[str, Any]:
    snapshot = _policy(given)
    decisions = snapshot.prescribe_batch(frames.read_rows(question, KernelInput, _BOUNDS))
    return {"rows": [frames.write_row(_DECISION_FIELDS(decision)) for decision in decisions]}


@_operation("trace")
def _trace(given: JSON, question: JSON) -> dict[str, Any]:
    decision, trace = _policy(given).prescribe_with_trace(_request(question))
    return {
        "decision": _written_decision(decision),
        "rejections": wire.write(wire.REJECTIONS, trace.rejections.to_dict()),
        "evaluated_models": wire.decimal(trace.evaluated_models),
        "eligible_models": wire.decimal(trace.eligible_models),
    }


@_operation("utility")
def _utility(given: JSON, question: JSON) -> dict[str, Any]:
    model_id = wire.integer(question["model_id"], "model_id")
    utility = _policy(given).utility_for_model(_request(question), model_id)
    return {"utility_microunits": wire.decimal(utility)}


@_operation("explain")
def _explain(given: JSON, question: JSON) -> dict[str, Any]:
    rows = _policy(given).explain(_request(question))
    names = [column.name for column in columns(CandidateExplanation)]
    return {"candidates": [{name: _written(getattr(row, name)) for name in names} for row in rows]}


@_operation("digest.policy")
def _digest_policy(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": calybris_ref.policy_digest(_policy(question)).hex()}


@_operation("digest.input")
def _digest_input(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": calybris_ref.input_digest(_request(question)).hex()}


@_operation("digest.decision")
def _digest_decision(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": calybris_ref.decision_digest(_decision(question)).hex()}


@_operation("hex.decode")
def _hex_decode(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"bytes_hex": calybris_ref.decode_hex32(question["text"]).hex()}


@_operation("verify.decision")
def _verify_decision(given: JSON, question: JSON) -> dict[str, Any]:
    claimed = _decision(question)
    match calybris_ref.verify_decision(_policy(given), _request(question), claimed):
        case Mismatch(expected=expected) as verdict:
            return {"status": verdict.status, "expected": _written_decision(expected)}
        case Valid() as verdict:
            return {"status": verdict.status, "expected": _written_decision(claimed)}


@_operation("verify.digest")
def _verify_digest(_given: JSON, question: JSON) -> dict[str, Any]:
    claimed_hex = question["claimed_hex"]
    match calybris_ref.verify_decision_digest(_decision(question), claimed_hex):
        case Valid() as verdict:
            return {"status": verdict.status, "expected_hex": claimed_hex, "actual_hex": claimed_hex}
        case verdict:
            return {
                "status": verdict.status,
                "expected_hex": verdict.expected_hex,
                "actual_hex": verdict.actual_hex,
            }


@_operation("verify.bundle")
def _verify_bundle(given: JSON, question: JSON) -> dict[str, Any]:
    evidence = _evidence(given, question)
    try:
        status, bundle = Valid.status, calybris_ref.verified_audit_bundle(*evidence)
    except VerificationError as error:
        status, bundle = error.value.status, calybris_ref.audit_bundle(*evidence)
    return {"status": status, "bundle": wire.write(wire.BUNDLE, bundle.to_dict())}


@_operation("verify.canonical")
def _verify_canonical(_given: JSON, question: JSON) -> dict[str, Any]:
    AuditBundle(**wire.read(wire.BUNDLE, question["bundle"])).validate_canonical()
    return {}


@_operation("verify.certificate")
def _verify_certificate(given: JSON, question: JSON) -> dict[str, Any]:
    certificate = calybris_ref.certify_decision(*_evidence(given, question))
    return wire.write(wire.CERTIFICATE, certificate.to_dict())


@_operation("config.validate")
def _config_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    config = _config(question)
    config.validate()
    return wire.write(wire.CONFIG, config.to_dict())


@_operation("input.build")
def _input_build(_given: JSON, question: JSON) -> dict[str, Any]:
    builder = InputBuilder(*_integers(question, "request_sequence", "requested_model_id"))
    _call(builder, question["calls"])
    return wire.write(wire.REQUEST, builder.build().to_dict())


@_operation("model.build")
def _model_build(_given: JSON, question: JSON) -> dict[str, Any]:
    builder = ModelBuilder(*_integers(question, "model_id", "provider_id"))
    _call(builder, question["calls"])
    return wire.write(wire.MODEL, builder.build().to_dict())


@_operation("policy.build")
def _policy_build(_given: JSON, question: JSON) -> dict[str, Any]:
    builder = PolicyBuilder(_config(question))
    _call(builder, question["calls"])
    snapshot = builder.build()
    return {
        **{name: wire.decimal(getattr(snapshot, name)) for name in wire.POLICY_SCALARS},
        **_catalog_ends(snapshot),
        "policy_digest_hex": calybris_ref.policy_digest(snapshot).hex(),
    }


@_operation("accumulate")
def _accumulate(given: JSON, question: JSON) -> dict[str, Any]:
    if question["op"] != "decide":
        raise ValueError(f"there is nothing to accumulate for {question['op']!r}")
    seed, count = bytes.fromhex(question["seed_hex"]), wire.integer(question["count"], "count")
    return {"digest_hex": reference_accumulate.decisions(_policy(given), seed, count).hex()}


for _name, _ask in (*reference_ledger.OPERATIONS.items(), *reference_log.OPERATIONS.items()):
    _operation(_name)(_ask)


def _sized(type_name: str, text: object) -> int:
    """An integer of the named type, checked by the library's own table of widths."""
    value, width = wire.integer(text, "value"), _WIDTHS[type_name]
    if not width.minimum <= value <= width.maximum:
        raise WidthError("value", value, width.minimum, width.maximum)
    return value


def _config(question: JSON) -> EngineConfig:
    return EngineConfig(**wire.read_part(wire.CONFIG, question["config"]))


def _integers(question: JSON, *names: str) -> list[int]:
    return [wire.integer(question[name], name) for name in names]


def _call(builder: object, calls: list[JSON]) -> None:
    for call in calls:
        if call["method"] not in _METHODS[type(builder)]:
            raise ValueError(f"{type(builder).__name__} has no method {call['method']!r}")
        getattr(builder, call["method"])(*map(_argument, call["arguments"]))


def _argument(value: Any) -> Any:
    """An argument of a builder's method: a flag, an integer, a model, or a list of models."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [_argument(element) for element in value]
    if isinstance(value, Mapping):
        return KernelModel(**wire.read(wire.MODEL, value))
    return wire.integer(value, "arguments")


def _catalog_ends(snapshot: PolicySnapshot) -> dict[str, str | None]:
    ids = [model.model_id for model in snapshot.models]
    return {
        "model_count": wire.decimal(len(ids)),
        "first_model_id": wire.decimal(ids[0]) if ids else None,
        "last_model_id": wire.decimal(ids[-1]) if ids else None,
    }


def _written_decision(decision: KernelDecision) -> dict[str, Any]:
    return {name: _written(getattr(decision, name)) for name in wire.DECISION}


def _written(value: Any) -> str | None:
    """A number or a name of the library on the wire; None stays."""
    return value.label if isinstance(value, Name) else wire.decimal(value)


ADAPTER = Adapter(
    name="calybris-ref",
    version=calybris_ref.__version__,
    language="python",
    source="calybris_ref",
    features=frozenset(_OPERATIONS)
    | {
        "constructor.try_new",
        "constructor.try_new_trusted",
        "constructor.unchecked",
        "catalog.series",
        "input.unchecked",
        "widths.named",
        "budget.query",
        "budget.snapshot",
        "append.unverified",
        "replay.policies",
        "accumulate.million",
    },
    operations=_OPERATIONS,
)


def main() -> None:
    """Serve the protocol on stdin and stdout until the judge says goodbye."""
    from calybris_conformance.adapters.reference_preimages import telling
    from calybris_conformance.adapters.serve import serve

    serve(telling(ADAPTER), sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
