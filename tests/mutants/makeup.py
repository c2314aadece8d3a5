"""What the cases of the corpus are like: their answers, how near to a boundary they are, how large their numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from calybris_conformance import corpus
from calybris_ref import KernelInput, KernelModel, PolicySnapshot

_DECISIONS = ("decide", "trace")
_DISTANCES = ((0, "0"), (1, "1"), (9, "2 to 9"), (999, "10 to 999"), (None, "more"))
_BITS = ((0, "0"), (15, "1 to 15"), (31, "16 to 31"), (53, "32 to 53"), (63, "54 to 63"), (64, "64"), (None, "more"))


def makeup(vectors: corpus.Corpus) -> Iterator[str]:
    """The tables, line by line."""
    yield from _suites(vectors)
    decisions = [case for case in vectors.cases if case.op in _DECISIONS and isinstance(_models(case), list)]
    answers = [case.expect["ok"] for case in decisions if "ok" in case.expect]
    decided = [answer.get("decision", answer) for answer in answers]
    yield from _shares("action", [one["action"] for one in decided])
    yield from _shares("reason", [one["reason"] for one in decided])
    yield from _shares("eligible models of how many", [_ratio(one) for one in decided])
    yield from _distances(decisions)
    numbers = [number for case in vectors.cases for number in _integers((case.given, case.input))]
    sizes = [_bucket(abs(number).bit_length(), _BITS) for number in numbers]
    yield from _shares("bits of a number in a question, all suites", sizes, [name for _, name in _BITS])


def _suites(vectors: corpus.Corpus) -> Iterator[str]:
    cases = Counter(case.suite for case in vectors.cases)
    refusals = Counter(case.suite for case in vectors.cases if _refuses(case.expect))
    flagged = Counter(case.suite for case in vectors.cases if case.flags)
    kinds = {suite: {flag for case in vectors.cases if case.suite == suite for flag in case.flags} for suite in cases}
    yield "| suite | cases | refusals | cases with a flag | flags |"
    yield "| --- | --- | --- | --- | --- |"
    for suite in sorted(cases):
        number = cases[suite]
        yield (
            f"| `{suite}` | {number:,} | {refusals[suite] / number:.0%} | {flagged[suite] / number:.0%} "
            f"| {len(kinds[suite])} |"
        )


def _models(case: corpus.Case) -> Any:
    """The models of a case, written out in a list; anything else is a series of thousands, or nothing."""
    return case.given.get("policy", {}).get("models")


def _refuses(expect: Any) -> bool:
    steps = expect.get("steps", ())
    return "error" in expect or any("error" in step for step in steps)


def _shares(title: str, found: Sequence[str], order: Sequence[str] = ()) -> Iterator[str]:
    counts = Counter(found)
    names = order or [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    yield ""
    yield f"| {title} | number | share |"
    yield "| --- | --- | --- |"
    for name in names:
        yield f"| {name} | {counts[name]:,} | {counts[name] / len(found):.1%} |"


def _ratio(decision: Any) -> str:
    eligible, evaluated = int(decision["eligible_models"]), int(decision["evaluated_models"])
    if evaluated == 0:
        return "nothing looked at"
    return "all" if eligible == evaluated else "none" if eligible == 0 else "one" if eligible == 1 else "some"


def _distances(decisions: Iterable[corpus.Case]) -> Iterator[str]:
    measured: dict[str, Counter[str]] = {}
    for case in decisions:
        for gate, distance in _margins(case):
            measured.setdefault(gate, Counter())[_bucket(abs(distance), _DISTANCES)] += 1
    yield ""
    yield f"| distance from the limit | {' | '.join(name for _, name in _DISTANCES)} |"
    yield f"| --- |{' --- |' * len(_DISTANCES)}"
    for gate, counts in measured.items():
        numbers = " | ".join(f"{counts[name]:,}" for _, name in _DISTANCES)
        yield f"| {gate} | {numbers} |"


def _margins(case: corpus.Case) -> Iterator[tuple[str, int]]:
    policy = {key: value for key, value in case.given["policy"].items() if key not in ("constructor", "models")}
    given = {key: int(value) for key, value in policy.items()}
    request = {key: int(value) for key, value in case.input["request"].items()}
    yield "risk, hard limit", given["hard_risk_limit_bps"] - request["risk_bps"]
    yield "confidence, hard limit", request["confidence_bps"] - given["minimum_confidence_bps"]
    models = [{key: int(value) for key, value in model.items()} for model in _models(case)]
    for model in models:
        yield "quality", model["quality_bps"] - request["minimum_quality_bps"]
        if request["max_p95_latency_ms"]:
            yield "latency", request["max_p95_latency_ms"] - model["p95_latency_ms"]
        yield "risk, ceiling of the model", model["risk_ceiling_bps"] - request["risk_bps"]
    if case.given["policy"]["constructor"] == "validated":
        snapshot = PolicySnapshot.try_new(**given, models=[KernelModel(**model) for model in models])
        for row in snapshot.explain(KernelInput(**request)):
            if row.cost_microunits is not None:
                yield "budget", request["budget_limit_microunits"] - row.cost_microunits


def _bucket(value: int, buckets: Iterable[tuple[int | None, str]]) -> str:
    return next(name for most, name in buckets if most is None or value <= most)


def _integers(value: Any) -> Iterator[int]:
    """Every integer in a question; a text counts when it is one in decimal."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _integers(part)
    elif isinstance(value, str) and value.removeprefix("-").isdecimal() and value.isascii() and len(value) <= 20:
        yield int(value)
