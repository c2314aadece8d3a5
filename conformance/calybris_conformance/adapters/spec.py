"""The executable specification, `calybris_spec`, behind the protocol: every operation of docs/operations.md.

The specification is pure functions over integers; this module only carries JSON to them and back. As an oracle it runs
without its contracts, `python -O -m calybris_conformance.adapters.spec`: `prove` has shown that they hold, and checking
them again on every call takes ten times as long. Without -O they are checked. A million accumulated decisions
(`accumulate.million`) are not claimed.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from typing import Any

import calybris_ref
from calybris_conformance import wire
from calybris_conformance.adapters import spec_accumulate
from calybris_conformance.operations import Adapter, Operation, Refused
from calybris_spec import builders, config, decision, digest, explain, inputs, integers, policy, types, verify
from calybris_spec.codes import ACTIONS, REASONS, Refusal
from calybris_spec.logic import NONE

JSON = Mapping[str, Any]

# A judge asks the cases of a group one after another, each with the group's policy.
_POLICIES_KEPT = 16

_ACTION_CODES = {name: code for code, name in ACTIONS.items()}
_REASON_CODES = {name: code for code, name in REASONS.items()}
_OPERATIONS: dict[str, Operation] = {}


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
    return _catalog_ends(_snapshot(question).models)


@_operation("input.validate")
def _input_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    _accept(inputs.REFUSALS, inputs.request_problem(_request(question)))
    return {}


@_operation("decide")
def _decide(given: JSON, question: JSON) -> dict[str, Any]:
    return _written_decision(decision.decide(_snapshot(given), _request(question)))


@_operation("trace")
def _trace(given: JSON, question: JSON) -> dict[str, Any]:
    trace = decision.trace(_snapshot(given), _request(question))
    return {
        "decision": _written_decision(trace.decision),
        "rejections": wire.write(wire.REJECTIONS, trace.rejections._asdict()),
        "evaluated_models": wire.decimal(trace.evaluated_models),
        "eligible_models": wire.decimal(trace.eligible_models),
    }


@_operation("utility")
def _utility(given: JSON, question: JSON) -> dict[str, Any]:
    model_id = wire.integer(question["model_id"], "model_id")
    utility = decision.utility_of_model(_snapshot(given), _request(question), model_id)
    return {"utility_microunits": wire.decimal(utility)}


@_operation("explain")
def _explain(given: JSON, question: JSON) -> dict[str, Any]:
    rows = explain.explain(_snapshot(given), _request(question))
    return {
        "candidates": [
            {key: value if isinstance(value, str) else wire.decimal(value) for key, value in row._asdict().items()}
            for row in rows
        ]
    }


@_operation("digest.policy")
def _digest_policy(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": digest.policy_digest_hex(_snapshot(question))}


@_operation("digest.input")
def _digest_input(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": digest.input_digest_hex(_request(question))}


@_operation("digest.decision")
def _digest_decision(_given: JSON, question: JSON) -> dict[str, Any]:
    return {"digest_hex": digest.decision_digest_hex(_decision(question))}


@_operation("hex.decode")
def _hex_decode(_given: JSON, question: JSON) -> dict[str, Any]:
    reading = digest.decode_hex(tuple(question["text"].encode()))
    _accept(digest.REFUSALS, reading.problem, reading.place)
    return {"bytes_hex": bytes(reading.raw).hex()}


@_operation("verify.decision")
def _verify_decision(given: JSON, question: JSON) -> dict[str, Any]:
    replay = verify.verify_decision(_snapshot(given), _request(question), _decision(question))
    return {"status": replay.status, "expected": _written_decision(replay.expected)}


@_operation("verify.digest")
def _verify_digest(_given: JSON, question: JSON) -> dict[str, Any]:
    return verify.verify_digest(_decision(question), question["claimed_hex"])._asdict()


@_operation("verify.bundle")
def _verify_bundle(given: JSON, question: JSON) -> dict[str, Any]:
    evidence = _evidence(given, question)
    verified = verify.verified_audit_bundle(*evidence)
    bundle = verified or verify.audit_bundle(*evidence)
    status = verify.VALID if verified else verify.MISMATCH
    return {"status": status, "bundle": wire.write(wire.BUNDLE, bundle._asdict())}


@_operation("verify.canonical")
def _verify_canonical(_given: JSON, question: JSON) -> dict[str, Any]:
    _accept(verify.REFUSALS, verify.bundle_problem(verify.Bundle(**wire.read(wire.BUNDLE, question["bundle"]))))
    return {}


@_operation("verify.certificate")
def _verify_certificate(given: JSON, question: JSON) -> dict[str, Any]:
    return wire.write(wire.CERTIFICATE, verify.certify(*_evidence(given, question))._asdict())


@_operation("config.validate")
def _config_validate(_given: JSON, question: JSON) -> dict[str, Any]:
    record = _config(question)
    _accept(config.REFUSALS, config.config_problem(record))
    return wire.write(wire.CONFIG, record._asdict())


@_operation("input.build")
def _input_build(_given: JSON, question: JSON) -> dict[str, Any]:
    request = reduce(
        builders.set_on_request,
        _calls(question),
        builders.new_request(*_integers(question, "request_sequence", "requested_model_id")),
    )
    _hold(request, types.REQUEST)
    _accept(inputs.REFUSALS, inputs.request_problem(request))
    return wire.write(wire.REQUEST, request._asdict())


@_operation("model.build")
def _model_build(_given: JSON, question: JSON) -> dict[str, Any]:
    model = reduce(
        builders.set_on_model, _calls(question), builders.new_model(*_integers(question, "model_id", "provider_id"))
    )
    _hold(model, types.MODEL)
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
                draft = draft._replace(models=(*draft.models, *_models([wire.read(wire.MODEL, model)])))
            case "models", [models]:
                draft = draft._replace(models=(*draft.models, *_models(wire.read_models(models))))
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
    return {"digest_hex": spec_accumulate.decisions(_snapshot(given), seed, count).hex()}


def _accept(refusals: tuple[Refusal, ...], problem: int, place: int = 0) -> None:
    """Refuse what row `problem` of a table of refusals says; row 0 accepts."""
    if problem != NONE:
        raise Refused(refusals[problem].code, refusals[problem].at.format(place))


def _sized(width_name: str, text: str) -> int:
    reading = integers.read_integer(text, integers.WIDTHS[width_name])
    if reading.problem != NONE:
        raise Refused(integers.REFUSALS[reading.problem], "value")
    return reading.value


def _hold(record: tuple[int, ...], widths: Mapping[str, integers.Width], at: str = "") -> None:
    """Refuse the first field that lies outside its width (TYPES-9)."""
    misfit = types.first_misfit(record, tuple(widths.values()))
    if misfit != NONE:
        raise Refused("INTEGER_OUT_OF_RANGE", at + list(widths)[misfit - 1])


def _snapshot(holder: JSON) -> types.Snapshot:
    return _parsed_snapshot(json.dumps(holder["policy"]))


@lru_cache(maxsize=_POLICIES_KEPT)
def _parsed_snapshot(text: str) -> types.Snapshot:
    constructor, scalars, records = wire.read_policy(json.loads(text))
    head = types.Policy(**scalars)
    _hold(head, types.POLICY)
    models = _models(records)
    if constructor == "unchecked":
        return types.Snapshot(head, models)
    trusted = constructor == "try_new_trusted"
    verdict = (policy.check_trusted if trusted else policy.check)(head, models)
    _accept(policy.REFUSALS, verdict.problem, verdict.place)
    order = policy.trusted_order(models) if trusted else range(len(models))
    return types.Snapshot(head, tuple(models[place] for place in order))


def _models(records: Iterable[Mapping[str, int]]) -> tuple[types.Model, ...]:
    models = tuple(types.Model(**record) for record in records)
    for place, model in enumerate(models):
        _hold(model, types.MODEL, f"models[{place}].")
    return models


def _request(holder: JSON, key: str = "request") -> types.Request:
    request = types.Request(**wire.read(wire.REQUEST, holder[key]))
    _hold(request, types.REQUEST)
    return request


def _decision(question: JSON) -> types.Decision:
    values = wire.read(wire.DECISION, question["decision"])
    codes = {"action": _ACTION_CODES[values["action"]], "reason": _REASON_CODES[values["reason"]]}
    record = types.Decision(**{**values, **codes})
    _hold(record, types.DECISION)
    return record


def _written_decision(record: types.Decision) -> dict[str, Any]:
    names = {"action": ACTIONS[record.action], "reason": REASONS[record.reason]}
    return wire.write(wire.DECISION, {**record._asdict(), **names})


def _evidence(given: JSON, question: JSON) -> tuple[types.Snapshot, types.Request, types.Decision]:
    """A policy, a request, and the decision that the policy takes for another request."""
    snapshot = _snapshot(given)
    return snapshot, _request(question), decision.decide(snapshot, _request(question, "decided_for"))


def _config(question: JSON) -> config.Config:
    record = config.Config(**wire.read_part(wire.CONFIG, question["config"]))
    _hold(config.numbers(record), config.CONFIG)
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
    },
    operations=_OPERATIONS,
)


def main() -> None:
    """Serve the protocol on stdin and stdout until the judge says goodbye."""
    from calybris_conformance.adapters.serve import serve

    serve(ADAPTER, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
