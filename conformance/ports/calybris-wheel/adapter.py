"""Puts the published wheel `calybris` (Rust behind PyO3) behind the protocol CAP/1, so that it can be judged.

The standard library and the wheel; nothing of this repository but what stands in this folder is imported, so that the
judge and the judged share no code. It claims what the wheel exposes and nothing else (README.md): every decision,
digest, check and refusal is the wheel's; this folder reads and writes JSON, and translates the wheel's sentences into
codes and paths.
"""

import hashlib
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from operator import attrgetter
from typing import Any

import calybris
from calybris import InputBuilder, InputValidationError, KernelDecision, KernelInput, KernelModel, PolicySnapshot
from frames import read_rows, written_rows
from ledgers import budget_script, ledger_restore
from logs import proof_seal, recovery_plan, wal_append_audited, wal_replay, wal_verify
from values import JSON, Instead, Integers, integer, integers, record_of, refusal, unsupported, untranslatable, written

# A field of the wheel for each type: what is stored there is read back from Rust.
HOLDERS = {
    "u8": "enabled",
    "u16": "provider_id",
    "u32": "model_id",
    "u64": "capabilities",
    "i64": "business_value_microunits",
}


def stored(kind: str, number: int) -> str:
    field = HOLDERS[kind]
    holder = KernelInput(*[0] * 13) if kind == "i64" else KernelModel(*[0] * 10)
    try:
        setattr(holder, field, number)
    except OverflowError as error:
        raise refusal("INTEGER_OUT_OF_RANGE", "value", error) from error
    return str(getattr(holder, field))


# ---- policies: building one validates it, and the wheel says in a sentence what is wrong

# What the sentence says, the code, and the field of the model that it is about. The values that the sentence names find
# the model: its place is counted in the catalog as it was given.
POLICY_REFUSALS = (
    (r"entries; maximum is", "POLICY_CATALOG_TOO_LARGE", None),
    (r"model_id (?P<model_id>0) is reserved", "POLICY_MODEL_ID_RESERVED", "model_id"),
    (r"model_id (?P<model_id>\d+) .*enabled flag (?P<enabled>\d+)", "POLICY_ENABLED_OUT_OF_RANGE", "enabled"),
    (r"duplicate model_id (?P<model_id>\d+)", "POLICY_MODEL_ID_DUPLICATE", "model_id"),
    (r"model_id (?P<model_id>\d+) has provider_id \d+", "POLICY_PROVIDER_ID_OUT_OF_RANGE", "provider_id"),
    (r"model\.quality_bps .* got (?P<quality_bps>\d+)", "POLICY_BPS_OUT_OF_RANGE", "quality_bps"),
    (r"model\.risk_ceiling_bps .* got (?P<risk_ceiling_bps>\d+)", "POLICY_BPS_OUT_OF_RANGE", "risk_ceiling_bps"),
    (r"catalog is empty", "POLICY_CATALOG_EMPTY", None),
    (r"no enabled models", "POLICY_MODELS_ALL_DISABLED", None),
)
SCALAR_BOUND = re.compile(r"(?<![\w.])(\w+_bps) must be (?:<= |(?:an integer )?between 0 and )\d+, got")


def catalog(models: Any) -> list[Integers]:
    if isinstance(models, list):
        return [integers(model, f"models[{place}].") for place, model in enumerate(models)]
    series = models["series"]
    first, step = integers(series["first"]), integers(series["step"])
    count = integer(series["count"], "models.series.count")
    return [first | {key: first[key] + place * step[key] for key in step} for place in range(count)]


# Any policy that is valid, with its models out of order: what becomes of them says which constructor a release has.
ANY_POLICY = PolicySnapshot(0, 0, 0, 0, 0, 0, [KernelModel(id_, 0, 0, 0, 1, 0, 0, 0, 0, 0) for id_ in (2, 1)])
SORTS = [model.model_id for model in ANY_POLICY.models()] == [1, 2]
CONSTRUCTOR = "try_new_trusted" if SORTS else "try_new"


def policy_of(source: JSON) -> PolicySnapshot:
    policy = source["policy"]
    if policy["constructor"] not in ("validated", CONSTRUCTOR):
        raise unsupported(f"constructor.{policy['constructor']}")
    scalars = integers({key: text for key, text in policy.items() if key not in ("constructor", "models")})
    given = catalog(policy["models"])
    try:
        return PolicySnapshot(**scalars, models=[KernelModel(**model) for model in given])
    except OverflowError as error:  # which field it was the wheel does not say
        raise refusal("INTEGER_OUT_OF_RANGE", "policy", error) from error
    except ValueError as error:
        raise policy_refusal(str(error), given) from error


def policy_refusal(sentence: str, given: list[Integers]) -> Instead:
    for pattern, code, field in POLICY_REFUSALS:
        if found := re.search(pattern, sentence):
            named = {key: int(text) for key, text in found.groupdict().items()}
            if not named:
                return refusal(code, "models", sentence)
            places = [place for place, model in enumerate(given) if named.items() <= model.items()]
            if code == "POLICY_MODEL_ID_DUPLICATE":
                place = places[1]
            else:  # a sentence that only names a value is about the first model in the order of the release
                place = min(places, key=lambda place: given[place]["model_id"] if SORTS else place)
            return refusal(code, f"models[{place}].{field}", sentence)
    if bound := SCALAR_BOUND.search(sentence):
        return refusal("POLICY_BPS_OUT_OF_RANGE", bound[1], sentence)
    return untranslatable(sentence)


# ---- requests


def request_of(record: Mapping[str, str]) -> KernelInput:
    return wheel_input(integers(record))


def wheel_input(record: Integers) -> KernelInput:
    try:
        return KernelInput(**record)
    except OverflowError as error:  # which field it was the wheel does not say
        raise refusal("INTEGER_OUT_OF_RANGE", "request", error) from error
    except ValueError as error:
        raise input_refusal(str(error)) from error


def input_refusal(sentence: str) -> Instead:
    if bound := SCALAR_BOUND.search(sentence):
        return refusal("INPUT_BPS_OUT_OF_RANGE", bound[1], sentence)
    if field := re.match(r"(\w+) must be an integer between", sentence):
        return refusal("INTEGER_OUT_OF_RANGE", field[1], sentence)
    return untranslatable(sentence)


# Each method of docs/operations.md on the wheel's builder.
BUILDER: dict[str, Callable[..., InputBuilder]] = {
    "tokens": lambda builder, sent, received: builder.tokens(input=sent, output=received),
    "business_value": InputBuilder.value,
    "budget_limit": InputBuilder.budget,
    "risk": lambda builder, risk, confidence: builder.risk(bps=risk, confidence_bps=confidence),
    "minimum_quality": lambda builder, bps: builder.quality(minimum_bps=bps),
    "max_latency": lambda builder, milliseconds: builder.latency(max_p95_ms=milliseconds),
    "capabilities": InputBuilder.capabilities,
    "providers": InputBuilder.providers,
    "regions": InputBuilder.regions,
}


# ---- operations: (given, input) -> ok


def echo(_given: JSON, question: JSON) -> JSON:
    kind, value = question["type"], question["value"]
    if kind == "text":
        return {"value": value}
    return {"value": bytes.fromhex(value).hex() if kind == "bytes_hex" else stored(kind, int(value))}


def read_integer(_given: JSON, question: JSON) -> JSON:
    return {"value": stored(question["type"], integer(question["value"], "value"))}


def validate_policy(_given: JSON, question: JSON) -> JSON:
    policy = policy_of(question)
    ids = [model.model_id for model in policy.models()]
    return record_of({"model_count": policy.model_count(), "first_model_id": ids[0], "last_model_id": ids[-1]})


def validate_input(_given: JSON, question: JSON) -> JSON:
    request_of(question["request"])
    return {}


def decide(given: JSON, question: JSON) -> JSON:
    return record_of(policy_of(given).prescribe(request_of(question["request"])).as_dict())


def decide_rows(given: JSON, question: JSON) -> JSON:
    policy = kept_policy(given)
    return {"rows": written_rows(policy.prescribe_batch(read_rows(question["rows"], request_of)))}


# The policy that was asked last in frames: in a campaign thousands of frames have the same one.
LAST: list[tuple[JSON, PolicySnapshot]] = []


def kept_policy(given: JSON) -> PolicySnapshot:
    if not LAST or LAST[0][0] != given["policy"]:
        LAST[:] = [(given["policy"], policy_of(given))]
    return LAST[0][1]


def trace(given: JSON, question: JSON) -> JSON:
    decision, counts = policy_of(given).prescribe_with_trace(request_of(question["request"]))
    totals = {key: written(counts.pop(key)) for key in ("evaluated_models", "eligible_models")}
    return {"decision": record_of(decision.as_dict()), "rejections": record_of(counts), **totals}


def utility(given: JSON, question: JSON) -> JSON:
    request, model_id = request_of(question["request"]), integer(question["model_id"], "model_id")
    return record_of({"utility_microunits": policy_of(given).utility_for_model(request, model_id)})


GATES = {"ProviderNotAllowed": "provider", "RiskCeiling": "risk_ceiling"}  # the others only lose their capital
COLUMNS = "model_id", "model_index", "status", "gate", "measured", "limit", "cost_microunits"
TERMS = "quality_adjusted", "risk_penalty", "latency_penalty", "utility"


def explain(given: JSON, question: JSON) -> JSON:
    return {"candidates": [row_of(row) for row in policy_of(given).explain(request_of(question["request"]))]}


def row_of(candidate: object) -> JSON:
    row = {key: written(getattr(candidate, key)) for key in COLUMNS}
    row |= {f"{key}_microunits": written(getattr(candidate, key)) for key in TERMS}
    return row | {"gate": row["gate"] and GATES.get(row["gate"], row["gate"].lower())}


def digest_policy(_given: JSON, question: JSON) -> JSON:
    return {"digest_hex": policy_of(question).fingerprint()}


def digest_input(_given: JSON, question: JSON) -> JSON:
    request = request_of(question["request"])  # digested only as part of a bundle; which policy decides does not matter
    return {"digest_hex": ANY_POLICY.audit_bundle(request, ANY_POLICY.prescribe(request))["input_digest_hex"]}


def decided(given: JSON, question: JSON) -> tuple[PolicySnapshot, KernelInput, KernelDecision]:
    """The policy, the request, and the decision that was taken for another request."""
    policy = policy_of(given)
    return policy, request_of(question["request"]), policy.prescribe(request_of(question["decided_for"]))


def verify_bundle(given: JSON, question: JSON) -> JSON:
    policy, request, decision = decided(given, question)
    status = policy.verify_status(request, decision)
    bundle = policy.audit_bundle(request, decision)
    if status == "valid" and policy.verified_audit_bundle(request, decision) != bundle:
        raise RuntimeError("the verified bundle differs from the bundle")
    return {"status": status, "bundle": record_of(bundle)}


def certificate(given: JSON, question: JSON) -> JSON:
    policy, request, decision = decided(given, question)
    envelope, values = policy.proof_envelope(request, decision), decision.as_dict()
    counts = "evaluated_models", "eligible_models", "counterfactual_model_id", "counterfactual_utility_microunits"
    return record_of(
        {f"{part}_fingerprint": envelope[f"{part}_digest_hex"] for part in ("policy", "input", "decision")}
        | {"decision_sequence": values["request_sequence"]}
        | {key: envelope[key] for key in ("selected_model_id", "action", "reason", "replay_valid")}
        | {key: values[key] for key in counts}
    )


def build_input(_given: JSON, question: JSON) -> JSON:
    names = "request_sequence", "requested_model_id"
    try:
        builder = InputBuilder(**{name: integer(question[name], name) for name in names})
        for call in question["calls"]:
            arguments = [integer(text, call["method"]) for text in call["arguments"]]
            builder = BUILDER[call["method"]](builder, *arguments)
        return record_of(builder.build().as_dict())
    except InputValidationError as error:
        raise input_refusal(str(error)) from error


def accumulate(given: JSON, question: JSON) -> JSON:
    policy, total = policy_of(given), hashlib.sha256()
    for record in accumulated_requests(bytes.fromhex(question["seed_hex"]), integer(question["count"], "count")):
        request = wheel_input(record)
        bundle = policy.audit_bundle(request, policy.prescribe(request))
        total.update(bytes.fromhex(bundle["decision_digest_hex"]))
    return {"digest_hex": total.hexdigest()}


def accumulated_requests(seed: bytes, count: int) -> Iterator[Integers]:
    """The requests of docs/accumulate.md."""

    def little(start: int, size: int) -> int:
        return int.from_bytes(b[start : start + size], "little")

    def bit(place: int) -> int:
        return 1 << place if place < 64 else 0

    for k in range(count):
        counter = seed + k.to_bytes(8, "little")
        b = hashlib.sha256(counter + b"\0").digest() + hashlib.sha256(counter + b"\1").digest()
        value = little(19, 8) >> b[27] % 64
        yield {
            "request_sequence": little(0, 8),
            "requested_model_id": b[8] % 32,
            "input_tokens": little(9, 4) >> b[13] % 32,
            "output_tokens": little(14, 4) >> b[18] % 32,
            "business_value_microunits": value - 2**64 if value >= 2**63 else value,
            "budget_limit_microunits": little(28, 8) >> b[36] % 64,
            "risk_bps": little(37, 2) % 10_001,
            "confidence_bps": little(39, 2) % 10_001,
            "minimum_quality_bps": b[41] % 101 * 100,
            "max_p95_latency_ms": b[42] * 8,
            "required_capabilities": bit(b[43]) | bit(b[44]),
            "allowed_provider_mask": little(45, 8) | little(53, 8),
            "required_region_mask": bit(b[61]) | bit(b[62]),
        }


# What an operation asks of the package that not every release has.
NEEDED = {
    "decide.rows": "PolicySnapshot.prescribe_batch",
    "explain": "PolicySnapshot.explain",
    "ledger.restore": "BudgetEngine.restore",
    "wal.append_audited": "AuditedWal",
    "wal.verify": "verify_audited_wal",
    "wal.replay": "replay_verify_audited_wal",
    "proof.seal": "ProofEnvelope.validate_complete",
    "recovery.plan": "plan_recovery",
}


def is_there(name: str) -> bool:
    try:
        attrgetter(name)(calybris)
    except AttributeError:
        return False
    return True


EVERY_OPERATION: dict[str, Callable[[JSON, JSON], JSON]] = {
    "echo": echo,
    "integer": read_integer,
    "policy.validate": validate_policy,
    "input.validate": validate_input,
    "decide": decide,
    "decide.rows": decide_rows,
    "trace": trace,
    "utility": utility,
    "explain": explain,
    "digest.policy": digest_policy,
    "digest.input": digest_input,
    "verify.bundle": verify_bundle,
    "verify.certificate": certificate,
    "input.build": build_input,
    "budget.script": budget_script,
    "ledger.restore": ledger_restore,
    "wal.append_audited": lambda given, question: wal_append_audited(decided(given, question), question),
    "wal.verify": wal_verify,
    "wal.replay": lambda given, question: wal_replay(
        [policy_of({"policy": policy}) for policy in given["policies"]], question
    ),
    "proof.seal": lambda given, question: proof_seal(decided(given, question), question),
    "recovery.plan": recovery_plan,
    "accumulate": accumulate,
}
OPERATIONS = {op: how for op, how in EVERY_OPERATION.items() if op not in NEEDED or is_there(NEEDED[op])}
FEATURES = [*OPERATIONS, f"constructor.{CONSTRUCTOR}", "catalog.series", "accumulate.million"]
READY: JSON = {"type": "ready", "protocol": 1, "spec": "1.0", "features": sorted(FEATURES), "max_in_flight": 64}
READY["implementation"] = {
    "name": "calybris-wheel",
    "version": version("calybris"),
    "language": "rust",
    "source": "https://pypi.org/project/calybris/",
}


# ---- the protocol: a line in, a line out


def answer(message: JSON) -> JSON:
    try:
        if message["op"] not in OPERATIONS:
            raise unsupported(message["op"])
        return {"ok": OPERATIONS[message["op"]](message["given"], message["input"])}
    except Instead as instead:
        return dict(instead.args[0])
    except Exception as error:  # noqa: BLE001 - whatever the wheel throws is reported, and the next case is answered
        return {"fault": {"detail": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}}


def main() -> None:
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if message["type"] == "bye":
            return
        reply = READY if message["type"] == "hello" else {"type": "result", "seq": message["seq"], **answer(message)}
        sys.stdout.buffer.write(json.dumps(reply).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
