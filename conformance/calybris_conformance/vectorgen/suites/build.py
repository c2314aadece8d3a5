"""Builders of requests, models and policies: defaults, repeated calls, what is checked when (BUILD-1 to BUILD-3)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.builders import I64_MIN, MAX_BPS, U16, U32, U64, Record, model
from calybris_conformance.vectorgen.draft import Draft, Group, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Every method with one call that changes what it sets.
_INPUT_CALLS: dict[str, tuple[Any, ...]] = {
    "tokens": (1_200, 350),
    "business_value": (-7,),
    "budget_limit": (9_000,),
    "risk": (900, 8_000),
    "minimum_quality": (7_000,),
    "max_latency": (1_500,),
    "capabilities": (0b101,),
    "providers": (0b1100,),
    "regions": (0b11,),
}
_MODEL_CALLS: dict[str, tuple[Any, ...]] = {
    "quality": (7_200,),
    "risk_ceiling": (5_000,),
    "enabled": (False,),
    "latency": (180,),
    "capabilities": (0b11,),
    "regions": (0b110,),
    "cost": (150_000, 600_000),
}
_POLICY_FAULTS: dict[str, Record] = {
    "hard_risk_limit_bps": {"hard_risk_limit_bps": MAX_BPS + 1},
    "minimum_confidence_bps": {"minimum_confidence_bps": MAX_BPS + 1},
    "risk_penalty_multiplier_bps": {"risk_penalty_multiplier_bps": 50_001},
    "max_catalog_size": {"max_catalog_size": 0},
    "default_exposure_cap_microcents": {"default_exposure_cap_microcents": -1},
}


def files() -> Iterator[Draft]:
    """One file per builder."""
    inputs = (Group("input", tuple(_inputs())), Group("input-bounds", tuple(_input_bounds())))
    yield Draft("build", "input", "input.build", "The builder of requests", "BUILD-1 INPUT-1", inputs)
    yield Draft(
        "build", "model", "model.build", "The builder of models", "BUILD-2", (Group("model", tuple(_models())),)
    )
    policies = (Group("policy", tuple(_policies())), Group("policy-order", tuple(_policy_order())))
    yield Draft("build", "policy", "policy.build", "The builder of policies", "BUILD-3 CONFIG-1 CONFIG-2", policies)


def _call(method: str, *arguments: Any) -> Record:
    return {"method": method, "arguments": arguments}


def _input(
    name: str, about: str, *calls: Record, flags: tuple[str, ...] = (), sequence: int = 7, wanted: int = 2
) -> Question:
    asked = {"request_sequence": sequence, "requested_model_id": wanted, "calls": calls}
    return Question(name.replace("_", "-"), about, asked, flags)


def _inputs() -> Iterator[Question]:
    defaults, first = ("BUILDER_DEFAULTS",), ("BUILDER_FIRST_WINS",)
    yield _input("defaults", "No call: every default.", flags=defaults)
    yield _input("largest-ids", "The largest sequence and id.", sequence=U64, wanted=U32, flags=("DOUBLE_PRECISION",))
    yield _input("zero-ids", "Sequence and id 0.", sequence=0, wanted=0)
    calls = [_call(method, *arguments) for method, arguments in _INPUT_CALLS.items()]
    for call in calls:
        yield _input(f"only-{call['method']}", f"Only {call['method']} is called.", call, flags=defaults)
    yield _input("every-method", "Every method once.", *calls)
    yield _input("every-method-reversed", "Every method once, in the other order.", *reversed(calls))
    for method, arguments in _INPUT_CALLS.items():
        twice = (_call(method, *(1 for _ in arguments)), _call(method, *arguments))
        yield _input(f"twice-{method}", f"{method} twice: the later call counts.", *twice, flags=first)
    yield _input(
        "all-twice",
        "Every method twice.",
        *calls,
        *(_call(m, *(0 for _ in a)) for m, a in _INPUT_CALLS.items()),
        flags=first,
    )
    yield _input(
        "back-to-default", "A value is set and set back.", _call("risk", 5, 6), _call("risk", 0, MAX_BPS), flags=first
    )
    extremes = (
        _call("tokens", U32, U32),
        _call("business_value", I64_MIN),
        _call("budget_limit", 0),
        _call("capabilities", U64),
        _call("providers", 0),
        _call("regions", U64),
    )
    yield _input("extremes", "Extremes that no bound forbids.", *extremes, flags=("DOUBLE_PRECISION",))


def _input_bounds() -> Iterator[Question]:
    checks = ("BUILDER_CHECKS", "INPUT_BOUND_OFF")
    over = MAX_BPS + 1
    yield _input(
        "at-bounds",
        "Every proportion is 10,000.",
        _call("risk", MAX_BPS, MAX_BPS),
        _call("minimum_quality", MAX_BPS),
        flags=checks,
    )
    yield _input("risk", "The risk is 10,001.", _call("risk", over, 0), flags=checks)
    yield _input("confidence", "The confidence is 10,001.", _call("risk", 0, over), flags=checks)
    yield _input("quality", "The quality is 10,001.", _call("minimum_quality", over), flags=checks)
    yield _input("both", "Risk and confidence.", _call("risk", over, over), flags=checks)
    yield _input(
        "quality-called-first",
        "The quality is set first; the risk is reported.",
        _call("minimum_quality", over),
        _call("risk", over, 0),
        flags=checks,
    )
    yield _input(
        "corrected",
        "A wrong value is overwritten before build.",
        _call("risk", U16, U16),
        _call("risk", 1, 2),
        flags=checks[:1],
    )
    yield _input(
        "spoiled",
        "A right value is overwritten by a wrong one.",
        _call("risk", 1, 2),
        _call("risk", 1, U16),
        flags=checks,
    )


def _model(name: str, about: str, *calls: Record, flags: tuple[str, ...] = (), provider: int = 3) -> Question:
    return Question(name.replace("_", "-"), about, {"model_id": 5, "provider_id": provider, "calls": calls}, flags)


def _models() -> Iterator[Question]:
    defaults, first, checks = ("BUILDER_DEFAULTS",), ("BUILDER_FIRST_WINS",), ("BUILDER_CHECKS",)
    yield _model("defaults", "No call: every default.", flags=defaults)
    calls = [_call(method, *arguments) for method, arguments in _MODEL_CALLS.items()]
    for call in calls:
        yield _model(f"only-{call['method']}", f"Only {call['method']} is called.", call, flags=defaults)
    yield _model("every-method", "Every method once.", *calls)
    for method, arguments in _MODEL_CALLS.items():
        other = [not one if isinstance(one, bool) else 1 for one in arguments]
        twice = (_call(method, *other), _call(method, *arguments))
        yield _model(f"twice-{method}", f"{method} twice: the later call counts.", *twice, flags=first)
    yield _model(
        "enabled-again", "Disabled, then enabled.", _call("enabled", False), _call("enabled", True), flags=first
    )
    yield _model("provider-64", "A provider of 64 is built; a policy refuses it.", provider=64, flags=checks)
    yield _model("provider-largest", "The largest provider is built.", provider=U16, flags=checks)
    yield _model("quality-10001", "A quality of 10,001 is built.", _call("quality", MAX_BPS + 1), flags=checks)
    yield _model("ceiling-largest", "The largest ceiling is built.", _call("risk_ceiling", U16), flags=checks)
    extremes = (_call("latency", U32), _call("capabilities", U64), _call("regions", 0), _call("cost", U64, U64 - 1))
    yield _model("extremes", "Extremes of the other fields.", *extremes, flags=("DOUBLE_PRECISION",))


def _policy(name: str, about: str, config: Record, *calls: Record, flags: tuple[str, ...] = ()) -> Question:
    return Question(name.replace("_", "-"), about, {"config": config, "calls": calls}, flags)


def _policies() -> Iterator[Question]:
    defaults, first = ("BUILDER_DEFAULTS",), ("BUILDER_FIRST_WINS",)
    one, two, three = (_call("model", model(model_id)) for model_id in (1, 2, 3))
    yield _policy("defaults", "Default configuration and epochs, one model.", {}, one, flags=defaults)
    yield _policy("epochs", "Epochs are set.", {}, _call("epochs", 12, 5), one)
    yield _policy("epochs-last", "Epochs are set after the model.", {}, one, _call("epochs", 12, 5))
    yield _policy(
        "epochs-twice",
        "Epochs twice: the later call counts.",
        {},
        _call("epochs", 1, 2),
        _call("epochs", 3, 4),
        one,
        flags=first,
    )
    yield _policy(
        "epochs-largest", "The largest epochs.", {}, _call("epochs", U64, U64 - 1), one, flags=("DOUBLE_PRECISION",)
    )
    yield _policy("models-one-by-one", "Three models, one by one.", {}, one, two, three, flags=first)
    yield _policy("models-at-once", "Three models at once.", {}, _call("models", [model(1), model(2), model(3)]))
    mixed = (one, _call("models", [model(5), model(4)]), two)
    yield _policy(
        "models-mixed", "One, then two, then one: all in order.", {}, *mixed, flags=(*first, "CONSTRUCTOR_ORDER")
    )
    yield _policy("models-empty-list", "An empty list adds nothing.", {}, one, _call("models", []), flags=first)
    yield _policy("order-kept", "Descending ids stay: try_new.", {}, three, two, one, flags=("CONSTRUCTOR_ORDER",))
    yield _policy("id-zero", "try_new accepts the id 0.", {}, _call("model", model(0)))
    config = {
        "latency_penalty_microunits_per_ms": 9,
        "hard_risk_limit_bps": 8_000,
        "minimum_confidence_bps": 100,
        "risk_penalty_multiplier_bps": 50_000,
    }
    yield _policy("from-config", "The four fields of the configuration.", config, one, flags=defaults)
    other = {"default_exposure_cap_microcents": 5, "wal_sync_on_append": True}
    yield _policy("config-elsewhere", "Fields of the configuration that no policy has.", other, one)
    yield _policy(
        "size-reached", "As many models as allowed.", {"max_catalog_size": 2}, one, two, flags=("BUILDER_CHECKS",)
    )


def _policy_order() -> Iterator[Question]:
    checks = ("BUILDER_CHECKS",)
    one, two, twin = _call("model", model(1)), _call("model", model(2)), _call("model", model(1))
    wrong = _call("model", model(3, provider_id=64))
    yield _policy("size-exceeded", "One model more than allowed.", {"max_catalog_size": 1}, one, two, flags=checks)
    yield _policy("no-model", "No model at all.", {}, flags=checks)
    yield _policy("duplicate", "One id twice.", {}, one, twin, flags=checks)
    yield _policy("provider", "A provider of 64.", {}, one, wrong, flags=checks)
    yield _policy("all-disabled", "No model is enabled.", {}, _call("model", model(1, enabled=0)), flags=checks)
    yield _policy(
        "quality", "A quality of 10,001.", {}, _call("model", model(1, quality_bps=MAX_BPS + 1)), flags=checks
    )
    yield _policy("size-before-models", "Too many, and a duplicate.", {"max_catalog_size": 1}, one, twin, flags=checks)
    yield _policy(
        "size-before-provider", "Too many, and a provider of 64.", {"max_catalog_size": 1}, one, wrong, flags=checks
    )
    for name, fault in _POLICY_FAULTS.items():
        yield _policy(f"config-{name}", f"The configuration's {name} is wrong.", fault, one, flags=checks)
        yield _policy(
            f"config-{name}-before-size",
            f"{name} is wrong, and there are too many models.",
            {"max_catalog_size": 1, **fault},
            one,
            two,
            flags=checks,
        )
        yield _policy(f"config-{name}-before-models", f"{name} is wrong, and there is no model.", fault, flags=checks)
    for a, b in combinations(_POLICY_FAULTS, 2):
        both = {**_POLICY_FAULTS[a], **_POLICY_FAULTS[b]}
        yield _policy(f"config-{a}-and-{b}", f"{a} and {b} are wrong.", both, one, flags=("CONFIG_ORDER",))
    many = _call("models", [model(model_id) for model_id in range(1, 6)])
    yield _policy("size-by-list", "A list brings one too many.", {"max_catalog_size": 4}, many, flags=checks)
    yield _policy("size-default", "The default size allows five.", {}, many, flags=checks)
