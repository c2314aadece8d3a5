"""The executable specification, `calybris_spec`, behind the protocol: every operation of docs/operations.md.

The specification is pure functions over integers; this module only carries JSON to them and back. As an oracle it runs
without its contracts, `python -O -m calybris_conformance.adapters.spec`: `prove` has shown that they hold, and checking
them again on every call takes ten times as long. Without -O they are checked. A million accumulated decisions
(`accumulate.million`) are not claimed.
"""

import sys
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import calybris_ref
from calybris_conformance import frames, wire
from calybris_conformance.adapters import spec_accumulate, spec_ledger, spec_log, spec_records
from calybris_conformance.operations import Adapter, Operation, Refused
from calybris_spec import builders, config, decision, digest, explain, inputs, integers, types, verify
from calybris_spec.logic import NONE

JSON = Mapping[str, Any]

_OPERATIONS: dict[str, Operation] = {**spec_ledger.OPERATIONS, **spec_log.OPERATIONS}


def _operation(name: str) -> Callable[[Operation], Operation]:
    def register(ask: Operation) -> Operation:
        _OPERATIONS[name] = ask
        return ask

    return register


@_operation("echo")
def _echo(_given: JSON, question: JSON) -> dict[str, Any]:
    kind, value = question["type"], question["value"]
    if kind == "text":
        return {"value": str(value)}
    return {"value": bytes.fromhex(value).hex() if kind == "bytes_hex" else wire.decimal(_sized(kind, value))}


@_operation("integer")
def _integer(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"value": wire.decimal(_sized(question["type"], question["value"]))}


@_operation("policy.validate")
def _policy_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    return _catalog_ends(spec_records.read_snapshot(question).models)


@_operation("input.validate")
def _input_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    spec_records.accept(inputs.REFUSALS, inputs.request_problem(spec_records.read_request(question)))
    return {}


@_operation("decide")
def _decide(given: JSON, question: JSON) -> dict[str, Any]:
    return spec_records.written_decision(
        decision.decide(spec_records.read_snapshot(given), spec_records.read_request(question))
    )


@_operation("decide.rows")
def _decide_rows(given: JSON, question: JSON) -> dict[str, Any]:
    snapshot = spec_records.read_snapshot(given)
    requests = frames.read_rows(question, spec_records.request_of, spec_records.REQUEST_BOUNDS)
    return {"rows": [frames.write_row(taken) for taken in decision.decide_batch(snapshot, tuple(requests))]}


@_operation("trace")
def _trace(given: JSON, question: JSON) -> dict[str, Any]:
    trace = decision.trace(spec_records.read_snapshot(given), spec_records.read_request(question))
    return {
        "decision": spec_records.written_decision(trace.decision),
        "rejections": wire.write(wire.REJECTIONS, trace.rejections._asdict()),
        "evaluated_models": wire.decimal(trace.evaluated_models),
        "eligible_models": wire.decimal(trace.eligible_models),
    }


@_operation("utility")
def _utility(given: JSON, question: JSON) -> dict[str, Any]:
    model_id = wire.integer(question["model_id"], "model_id")
    utility = decision.utility_of_model(
        spec_records.read_snapshot(given), spec_records.read_request(question), model_id
    )
    return {"utility_microunits": wire.decimal(utility)}


@_operation("explain")
def _explain(given: JSON, question: JSON) -> dict[str, Any]:
    rows = explain.explain(spec_records.read_snapshot(given), spec_records.read_request(question))
    return {
        "candidates": [
            {key: value if isinstance(value, str) else wire.decimal(value) for key, value in row._asdict().items()}
            for row in rows
        ]
    }


@_operation("digest.policy")
def _digest_policy(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": digest.policy_digest_hex(spec_records.read_snapshot(question))}


@_operation("digest.input")
def _digest_input(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": digest.input_digest_hex(spec_records.read_request(question))}


@_operation("digest.decision")
def _digest_decision(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": digest.decision_digest_hex(spec_records.read_decision(question))}


@_operation("hex.decode")
def _hex_decode(_given: JSON, question: JSON) -> dict[str, Any]:
    reading = digest.decode_hex(tuple(question["text"].encode()))
    spec_records.accept(digest.REFUSALS, reading.problem, reading.place)
    return {"bytes_hex": bytes(reading.raw).hex()}


@_operation("verify.decision")
def _verify_decision(given: JSON, question: JSON) -> dict[str, Any]:
    replay = verify.verify_decision(
        spec_records.read_snapshot(given), spec_records.read_request(question), spec_records.read_decision(question)
    )
    return {"status": replay.status, "expected": spec_records.written_decision(replay.expected)}


@_operation("verify.digest")
def _verify_digest(_given: JSON, question: JSON) -> dict[str, Any]:
    return verify.verify_digest(spec_records.read_decision(question), question["claimed_hex"])._asdict()


@_operation("verify.bundle")
def _verify_bundle(given: JSON, question: JSON) -> dict[str, Any]:
    evidence = spec_records.read_evidence(given, question)
    verified = verify.verified_audit_bundle(*evidence)
    bundle = verified or verify.audit_bundle(*evidence)
    status = verify.VALID if verified else verify.MISMATCH
    return {"status": status, "bundle": wire.write(wire.BUNDLE, bundle._asdict())}


@_operation("verify.canonical")
def _verify_canonical(_given: JSON, question: JSON) -> dict[str, Any]:
    spec_records.accept(
        verify.REFUSALS, verify.bundle_problem(verify.Bundle(**wire.read(wire.BUNDLE, question["bundle"])))
    )
    return {}


@_operation("verify.certificate")
def _verify_certificate(given: JSON, question: JSON) -> dict[str, Any]:
    return wire.write(wire.CERTIFICATE, verify.certify(*spec_records.read_evidence(given, question))._asdict())


@_operation("config.validate")
def _config_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    record = _config(question)
    spec_records.accept(config.REFUSALS, config.config_problem(record))
    return wire.write(wire.CONFIG, record._asdict())


@_operation("input.build")
def _input_build(_given: JSON, question: JSON) -> dict[str, Any]:
    request = reduce(
        builders.set_on_request,
        _calls(question),
        builders.new_request(*_integers(question, "request_sequence", "requested_model_id")),
    )
    spec_records.hold(request, types.REQUEST)
    spec_records.accept(inputs.REFUSALS, inputs.request_problem(request))
    return wire.write(wire.REQUEST, request._asdict())


@_operation("model.build")
def _model_build(_given: JSON, question: JSON) -> dict[str, Any]:
    model = reduce(
        builders.set_on_model, _calls(question), builders.new_model(*_integers(question, "model_id", "provider_id"))
    )
    spec_records.hold(model, types.MODEL)
    return wire.write(wire.MODEL, model._asdict())


@_operation("policy.build")
def _policy_build(_given: JSON, question: JSON) -> dict[str, Any]:
    draft = builders.Draft(_config(question))
    for call in question["calls"]:
        match call["method"], call["arguments"]:
            case "epochs", [policy_epoch, catalog_epoch]:
                draft = draft._replace(
                    policy_epoch=wire.integer(policy_epoch, "policy_epoch"),
                    catalog_epoch=wire.integer(catalog_epoch, "catalog_epoch"),
                )
            case "model", [model]:
                draft = draft._replace(
                    models=(*draft.models, *spec_records.read_models([wire.read(wire.MODEL, model)]))
                )
            case "models", [models]:
                draft = draft._replace(models=(*draft.models, *spec_records.read_models(wire.read_models(models))))
            case method, _:
                raise ValueError(f"the policy builder has no method {method!r} with these arguments")
    if problem := builders.draft_problem(draft):
        raise Refused(problem.code, problem.at)
    snapshot = builders.snapshot_of(draft)
    return {
        **wire.write(wire.POLICY_SCALARS, snapshot.policy._asdict()),
        **_catalog_ends(snapshot.models),
        "policy_digest_hex": digest.policy_digest_hex(snapshot),
    }


@_operation("accumulate")
def _accumulate(given: JSON, question: JSON) -> dict[str, Any]:
    if question["op"] != "decide":
        raise ValueError(f"there is nothing to accumulate for {question['op']!r}")
    seed, count = bytes.fromhex(question["seed_hex"]), wire.integer(question["count"], "count")
    return {"digest_hex": spec_accumulate.decisions(spec_records.read_snapshot(given), seed, count).hex()}


def _sized(width_name: str, text: str) -> int:
    reading = integers.read_integer(text, integers.WIDTHS[width_name])
    if reading.problem != NONE:
        raise Refused(integers.REFUSALS[reading.problem], "value")
    return reading.value


def _config(question: JSON) -> config.Config:
    record = config.Config(**wire.read_part(wire.CONFIG, question["config"]))
    spec_records.hold(config.numbers(record), config.CONFIG)
    return record


def _calls(question: JSON) -> list[builders.Call]:
    return [builders.Call(call["method"], tuple(map(_argument, call["arguments"]))) for call in question["calls"]]


def _argument(value: Any) -> int:
    return value if isinstance(value, bool) else wire.integer(value, "arguments")


def _integers(question: JSON, *names: str) -> list[int]:
    return [wire.integer(question[name], name) for name in names]


def _catalog_ends(models: tuple[types.Model, ...]) -> dict[str, str | None]:
    return {
        "model_count": wire.decimal(len(models)),
        "first_model_id": wire.decimal(models[0].model_id) if models else None,
        "last_model_id": wire.decimal(models[-1].model_id) if models else None,
    }


ADAPTER = Adapter(
    name="calybris-spec",
    version=calybris_ref.__version__,
    language="python",
    source="calybris_spec",
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
    },
    operations=_OPERATIONS,
)


def main() -> None:
    """Serve the protocol on stdin and stdout until the judge says goodbye."""
    from calybris_conformance.adapters.serve import serve

    serve(ADAPTER, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
