"""How trivial are our cases? Shares by suite, answer, gate, step, distance from a boundary and size of numbers."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

from calybris_conformance import wire
from calybris_conformance.adapters.reference import ADAPTER as REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from calybris_conformance.corpus import Case, Corpus

#: Catalogs above this size are counted by size and not looked into.
_LOOKED_INTO = 100
_SIZES = ((0, "0"), (1, "1"), (2, "2"), (3, "3"), (9, "4 – 9"), (99, "10 – 99"), (9_999, "100 – 9,999"))
_DISTANCES = ((0, "0"), (1, "1"), (10, "2 – 10"), (1_000, "11 – 1,000"))
_MAGNITUDES = (
    (2**16 - 1, "16 bits"),
    (2**31 - 1, "31 bits"),
    (2**32 - 1, "32 bits"),
    (2**53, "53 bits"),
    (2**63 - 1, "63 bits"),
    (2**64 - 1, "64 bits"),
)


def statistics(corpus: Corpus) -> dict[str, dict[str, int]]:
    """Heading → bucket → number of cases. A case may stand in several buckets of gates, refusals and flags."""
    return {
        "suite": _counted(case.suite for case in corpus.cases),
        "operation": _counted(case.op for case in corpus.cases),
        "answer": _counted("refused" if "error" in case.expect else "ok" for case in corpus.cases),
        "refusal": _counted(case.expect["error"]["code"] for case in corpus.cases if "error" in case.expect),
        "action": _counted(decision["action"] for decision in _decisions(corpus)),
        "reason": _counted(decision["reason"] for decision in _decisions(corpus)),
        "eligible models": _bucketed(_SIZES, (int(one["eligible_models"]) for one in _decisions(corpus))),
        "gate that rejects": _counted(chain.from_iterable(map(_gates, corpus.cases))),
        "step of a script": _counted(step["op"] for step, _ in _steps(corpus)),
        "answer to a step": _counted(_step_answer(answer) for _, answer in _steps(corpus)),
        "catalog size": _bucketed(_SIZES, chain.from_iterable(map(_catalog_sizes, corpus.cases))),
        "distance from the nearest boundary": _bucketed(
            _DISTANCES, (found for case in corpus.cases if (found := _nearest_boundary(case)) is not None)
        ),
        "largest number of the case": _bucketed(_MAGNITUDES, map(_largest, corpus.cases)),
        "flag": _counted(flag for case in corpus.cases for flag in case.flags),
    }


def _counted(found: Iterator[str]) -> dict[str, int]:
    return dict(Counter(found).most_common())


def _bucketed(limits: tuple[tuple[int, str], ...], values: Iterator[int]) -> dict[str, int]:
    names = [name for _, name in limits] + ["more"]
    counts = Counter(next((name for limit, name in limits if value <= limit), "more") for value in values)
    return {name: counts[name] for name in names}


def _decisions(corpus: Corpus) -> Iterator[Mapping[str, Any]]:
    """The decision of every case that asks for one."""
    for case in corpus.cases:
        if case.op == "decide":
            yield case.expect["ok"]
        elif case.op == "trace":
            yield case.expect["ok"]["decision"]


def _steps(corpus: Corpus) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Every step of every script, with its answer."""
    for case in corpus.cases:
        if "steps" in case.expect:
            yield from zip(case.input["steps"], case.expect["steps"], strict=True)


def _step_answer(answer: Mapping[str, Any]) -> str:
    """The outcome of a step, the code of its refusal, or ok."""
    return str(answer["error"]["code"] if "error" in answer else answer["ok"].get("status", "ok"))


def _gates(case: Case) -> list[str]:
    if case.op != "trace":
        return []
    return [gate for gate, count in case.expect["ok"]["rejections"].items() if count != "0"]


def _catalog_sizes(case: Case) -> Iterator[int]:
    policy = case.given.get("policy") or case.input.get("policy")
    if policy is not None:
        models = policy["models"]
        yield len(models) if isinstance(models, list) else int(models["series"]["count"])


def _nearest_boundary(case: Case) -> int | None:
    """The least difference between a number of a decision and the limit that it is compared with."""
    if case.op not in ("decide", "trace") or max(_catalog_sizes(case)) > _LOOKED_INTO:
        return None
    asked = wire.read(wire.REQUEST, case.input["request"])
    _, policy, models = wire.read_policy(case.given["policy"])
    found: list[int] = [
        asked["risk_bps"] - policy["hard_risk_limit_bps"],
        asked["confidence_bps"] - policy["minimum_confidence_bps"],
    ]
    for model in models:
        found += [model["quality_bps"] - asked["minimum_quality_bps"], asked["risk_bps"] - model["risk_ceiling_bps"]]
        if asked["max_p95_latency_ms"]:
            found.append(model["p95_latency_ms"] - asked["max_p95_latency_ms"])
    for row in REFERENCE.operations["explain"](case.given, case.input)["candidates"]:
        if row["cost_microunits"] is not None:
            found.append(int(row["cost_microunits"]) - asked["budget_limit_microunits"])
        if row["utility_microunits"] is not None:
            found.append(int(row["utility_microunits"]))
    return min(map(abs, found))


def _largest(case: Case) -> int:
    return max(map(abs, _integers([case.given, case.input, case.expect])), default=0)


def _integers(value: Any) -> Iterator[int]:
    match value:
        case str() if len(value) <= 40 and value.removeprefix("-").isascii() and value.removeprefix("-").isdecimal():
            yield int(value)
        case dict():
            for item in value.values():
                yield from _integers(item)
        case list():
            for item in value:
                yield from _integers(item)
