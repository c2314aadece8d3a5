"""Random questions that must often be refused: everybody refuses the same ones, with the same code at the same path.

Each topic asks whoever claims it: the reference, the specification and, where it can, the wheel. A topic declares the
codes of the registry that it must have met.
"""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from calybris_conformance import wire
from tests.differential import cases
from tests.differential.answers import answers
from tests.differential.shrink import as_vector

QUESTIONS = 1_500


class Topic(NamedTuple):
    """An operation, who must answer (with the features that a port needs beside it), what is asked, what is met."""

    op: str
    question: Callable[[random.Random], dict[str, Any]]
    codes: set[str]
    requires: tuple[str, ...] = ()
    given: dict[str, Any] = {}  # noqa: RUF012 - never changed
    answering: int = 2


def policy(constructor: str) -> Callable[[random.Random], dict[str, Any]]:
    return lambda rng: {"policy": {"constructor": constructor} | cases.broken_policy(rng)}


def integer(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(tuple(wire.INTEGER_TYPES))
    value = str(rng.choice(wire.INTEGER_TYPES[kind]) + rng.randint(-2, 2)) if rng.random() < 0.5 else ""
    if not value:
        value = "".join(rng.choice("0123456789-+ _.eExX\u0661\uff11") for _ in range(rng.randint(0, 4)))
    return {"type": kind, "value": value}


def hex_text(rng: random.Random) -> dict[str, Any]:
    text = "".join(rng.choices("0123456789abcdef", k=rng.choice((0, 1, 2, 62, 63, 64, 64, 64, 65, 66))))
    if rng.random() < 0.4:
        place = rng.randint(0, len(text))
        text = text[:place] + rng.choice(("A", "g", " ", "\n", "\0", "é", "\U0001f600", "\uff11")) + text[place + 1 :]
    return {"text": text}


def bundle(rng: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {
        "schema_version": rng.choice(["calybris.audit.v1"] * 4 + ["calybris.audit.v2"]),
        "digest_algorithm": rng.choice(["sha256"] * 4 + ["SHA256"]),
        "proof_version": rng.choice([1, 1, 1, 1, 0, cases.U16]),
        "policy_epoch": cases.any_integer(rng, "u64"),
        "catalog_epoch": cases.any_integer(rng, "u64"),
        "created_by": rng.choice(["calybris"] * 4 + [""]),
    }
    for part in ("policy", "input", "decision"):
        made[f"{part}_digest_hex"] = rng.choice(["0a" * 32] * 9 + ["0A" * 32, "0a" * 31, "é" * 32])
    return {"bundle": made | {"replay_valid": rng.random() < 0.9}}


def some(rng: random.Random, values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if rng.random() < 0.5}


def config(rng: random.Random) -> dict[str, Any]:
    bps = {key: rng.choice((0, 9_999, 10_000, 10_001, 50_000, 50_001)) for key in wire.CONFIG if key.endswith("_bps")}
    cap = rng.choice((-1, 0, 1, 2**63 - 1, -(2**63)))
    others = {"default_exposure_cap_microcents": cap, "max_catalog_size": rng.choice((0, 1, 2, cases.U64))}
    others["latency_penalty_microunits_per_ms"] = cases.any_integer(rng, "u64")
    made = some(rng, bps | others | {"wal_sync_on_append": rng.random() < 0.5})
    return {"config": {key: made[key] for key in wire.CONFIG if key in made}}


def calls(rng: random.Random, methods: dict[str, Callable[[], list[Any]]]) -> list[dict[str, Any]]:
    chosen = rng.choices(tuple(methods), k=rng.randint(0, 8))
    return [{"method": method, "arguments": methods[method]()} for method in chosen]


def input_build(rng: random.Random) -> dict[str, Any]:
    def bps() -> int:
        return rng.choice((0, 9_999, 10_000, 10_001, cases.U16))

    def u64() -> list[int]:
        return [cases.any_integer(rng, "u64")]

    methods: dict[str, Callable[[], list[Any]]] = {
        "tokens": lambda: [cases.any_integer(rng, "u32"), cases.any_integer(rng, "u32")],
        "business_value": lambda: [cases.any_integer(rng, "i64")],
        "budget_limit": u64,
        "risk": lambda: [bps(), bps()],
        "minimum_quality": lambda: [bps()],
        "max_latency": lambda: [cases.any_integer(rng, "u32")],
        "capabilities": u64,
        "providers": u64,
        "regions": u64,
    }
    identity = {"request_sequence": cases.any_integer(rng, "u64"), "requested_model_id": cases.any_integer(rng, "u32")}
    return identity | {"calls": calls(rng, methods)}


def model_build(rng: random.Random) -> dict[str, Any]:
    def some_of(*kinds: str) -> Callable[[], list[Any]]:
        return lambda: [cases.any_integer(rng, kind) for kind in kinds]

    methods: dict[str, Callable[[], list[Any]]] = {
        "quality": some_of("u16"),
        "risk_ceiling": some_of("u16"),
        "enabled": lambda: [rng.random() < 0.5],
        "latency": some_of("u32"),
        "capabilities": some_of("u64"),
        "regions": some_of("u64"),
        "cost": some_of("u64", "u64"),
    }
    identity = {"model_id": cases.any_integer(rng, "u32"), "provider_id": cases.any_integer(rng, "u16")}
    return identity | {"calls": calls(rng, methods)}


def policy_build(rng: random.Random) -> dict[str, Any]:
    models = cases.broken_policy(rng)["models"] if rng.random() < 0.5 else cases.policy(rng)["models"]
    half = len(models) // 2
    made = [{"method": "models", "arguments": [models[:half]]}]
    made += [{"method": "model", "arguments": [model]} for model in models[half:]]
    if rng.random() < 0.5:
        epochs = [cases.any_integer(rng, "u64"), cases.any_integer(rng, "u64")]
        made.insert(rng.randint(0, len(made)), {"method": "epochs", "arguments": epochs})
    return (config(rng) if rng.random() < 0.4 else {"config": {}}) | {"calls": made}


CATALOG_CODES = {f"POLICY_{what}" for what in ("BPS_OUT_OF_RANGE", "CATALOG_EMPTY", "MODEL_ID_DUPLICATE")}
CATALOG_CODES |= {"POLICY_PROVIDER_ID_OUT_OF_RANGE", "POLICY_MODELS_ALL_DISABLED"}
CONFIG_CODES = {"CONFIG_BPS_OUT_OF_RANGE", "CONFIG_CATALOG_SIZE_ZERO", "CONFIG_EXPOSURE_CAP_NEGATIVE"}
TOPICS = {
    "integer": Topic("integer", integer, {"INTEGER_NOT_CANONICAL", "INTEGER_OUT_OF_RANGE"}, answering=3),
    "try_new": Topic("policy.validate", policy("try_new"), CATALOG_CODES, ("constructor.try_new",)),
    "try_new_trusted": Topic(
        "policy.validate",
        policy("try_new_trusted"),
        CATALOG_CODES | {"POLICY_MODEL_ID_RESERVED", "POLICY_ENABLED_OUT_OF_RANGE"},
        ("constructor.try_new_trusted",),
        answering=3,
    ),
    "input": Topic(
        "input.validate", lambda rng: {"request": cases.broken_request(rng)}, {"INPUT_BPS_OUT_OF_RANGE"}, answering=3
    ),
    "hex": Topic(
        "hex.decode", hex_text, {f"DIGEST_HEX_{what}" for what in ("LENGTH_ODD", "CHARACTER_INVALID", "LENGTH_INVALID")}
    ),
    "bundle": Topic(
        "verify.canonical",
        bundle,
        {"VERIFY_BUNDLE_SCHEMA_UNKNOWN", "VERIFY_BUNDLE_ALGORITHM_UNKNOWN", "VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN"}
        | {"VERIFY_BUNDLE_PRODUCER_UNKNOWN", "VERIFY_BUNDLE_REPLAY_INVALID", "VERIFY_BUNDLE_DIGEST_NOT_CANONICAL"},
    ),
    "config": Topic("config.validate", config, CONFIG_CODES),
    "input_build": Topic("input.build", input_build, {"INPUT_BPS_OUT_OF_RANGE"}, ("widths.named",)),
    "model_build": Topic("model.build", model_build, set()),
    "policy_build": Topic("policy.build", policy_build, CATALOG_CODES | CONFIG_CODES | {"BUILD_CATALOG_TOO_LARGE"}),
}


@pytest.mark.parametrize("name", TOPICS)
def test_everybody_refuses_the_same(name: str, seed: int) -> None:
    topic = TOPICS[name]
    rng = random.Random(f"{seed}/{name}")  # noqa: S311 - reproducible, not secret
    codes: set[str] = set()
    accepted = 0
    for _ in range(QUESTIONS):
        question = topic.question(rng)
        said = answers(topic.op, topic.given, question, *topic.requires)
        assert len(said) == topic.answering
        first = said["reference"]
        if any(answer != first for answer in said.values()):
            pytest.fail(as_vector(topic.op, topic.given, question, said))
        accepted += "ok" in first
        codes |= {first["error"]["code"]} if "error" in first else set()
    assert codes == topic.codes
    assert accepted > QUESTIONS // 20
