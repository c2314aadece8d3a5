"""Frames for every port: what the vectors say about deciding, as rows, and what a port refuses.

The cases are made from the vectors of `decide` and from the table below, so that each port is asked the same.
"""

import json
import threading
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from calybris_conformance import corpus, frames, wire
from calybris_conformance.compare import judge
from calybris_conformance.corpus import Case
from calybris_conformance.judgement import hello
from calybris_conformance.outcomes import Outcome
from calybris_conformance.session import Session, Settings
from tests.support import records

MODEL = wire.write(wire.MODEL, records.MODEL)
POLICY = {"constructor": "validated", **wire.write(wire.POLICY_SCALARS, records.POLICY), "models": [MODEL]}
REQUEST = wire.write(wire.REQUEST, records.REQUEST)
ROW = frames.request_row(REQUEST)
PIECES = tuple(ROW.split(" "))
FORM, RANGE = "INTEGER_NOT_CANONICAL", "INTEGER_OUT_OF_RANGE"


def row(**fields: str) -> str:
    """The row of a plain request, with some fields changed."""
    return frames.request_row(REQUEST | fields)


# What is wrong with the rows of a frame, the rows, the refusal, and the extra features that a port needs to be asked.
REFUSALS: Mapping[str, tuple[Sequence[str], str, str, Collection[str]]] = {
    "no row": ([], RANGE, "rows", ()),
    "a row too many": ([ROW] * (frames.MOST_ROWS + 1), RANGE, "rows", ()),
    "a row too many, and all are wrong": ([""] * (frames.MOST_ROWS + 1), RANGE, "rows", ()),
    "an empty row": ([""], FORM, "rows[0].request_sequence", ()),
    "twelve numbers": ([ROW, " ".join(PIECES[:12])], FORM, "rows[1].required_region_mask", ()),
    "one number": (["7"], FORM, "rows[0].requested_model_id", ()),
    "fourteen numbers": ([f"{ROW} 1"], FORM, "rows[0].required_region_mask", ()),
    "a space in front": ([f" {ROW}"], FORM, "rows[0].request_sequence", ()),
    "a space behind": ([f"{ROW} "], FORM, "rows[0].required_region_mask", ()),
    "a line feed behind": ([f"{ROW}\n"], FORM, "rows[0].required_region_mask", ()),
    "two spaces": ([" ".join(PIECES[:3]) + "  " + " ".join(PIECES[3:])], FORM, "rows[0].output_tokens", ()),
    "a tab": (["\t".join(PIECES)], FORM, "rows[0].request_sequence", ()),
    "a comma": ([",".join(PIECES)], FORM, "rows[0].request_sequence", ()),
    "a wide space": (["\u00a0".join(PIECES)], FORM, "rows[0].request_sequence", ()),
    "a zero in front": ([ROW, ROW, row(risk_bps="0900")], FORM, "rows[2].risk_bps", ()),
    "a plus": ([row(input_tokens="+1")], FORM, "rows[0].input_tokens", ()),
    "minus zero": ([row(business_value_microunits="-0")], FORM, "rows[0].business_value_microunits", ()),
    "a fraction": ([row(output_tokens="1.0")], FORM, "rows[0].output_tokens", ()),
    "an exponent": ([row(output_tokens="1e3")], FORM, "rows[0].output_tokens", ()),
    "an underscore": ([row(output_tokens="1_0")], FORM, "rows[0].output_tokens", ()),
    "a digit of another script": ([row(input_tokens="\u0661")], FORM, "rows[0].input_tokens", ()),
    "a letter behind millions of digits": ([row(input_tokens="1" * 1_000_000 + "x")], FORM, "rows[0].input_tokens", ()),
    "the first wrong row": ([ROW, row(risk_bps="x"), row(request_sequence="x")], FORM, "rows[1].risk_bps", ()),
    "the first wrong field": ([row(risk_bps="x", confidence_bps="y")], FORM, "rows[0].risk_bps", ()),
    "a form before a width": ([row(risk_bps="x", confidence_bps="65536")], FORM, "rows[0].risk_bps", ()),
    "a width before a form": ([row(risk_bps="65536", confidence_bps="x")], RANGE, "rows[0].risk_bps", ["widths.named"]),
    "a width before a missing field": (["7 4294967296"], RANGE, "rows[0].requested_model_id", ["widths.named"]),
    "a hundred digits": ([row(input_tokens="1" * 100)], RANGE, "rows[0].input_tokens", ["widths.named"]),
    "millions of digits": ([row(input_tokens="9" * 1_000_000)], RANGE, "rows[0].input_tokens", ["widths.named"]),
    **{
        f"{name} {beyond}": ([ROW, row(**{name: str(beyond)})], RANGE, f"rows[1].{name}", ["widths.named"])
        for name, kind in wire.REQUEST.items()
        for smallest, largest in [wire.INTEGER_TYPES[kind]]
        for beyond in (smallest - 1, largest + 1)
    },
}
# What is wrong with a policy that is asked with rows that are wrong, too: the policy is refused.
POLICY_REFUSALS: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "no model": ({"models": []}, "POLICY_CATALOG_EMPTY", "models"),
    "a model twice": ({"models": [MODEL, MODEL]}, "POLICY_MODEL_ID_DUPLICATE", "models[1].model_id"),
    "a limit": ({"minimum_confidence_bps": "10001"}, "POLICY_BPS_OUT_OF_RANGE", "minimum_confidence_bps"),
    "a form": ({"models": [MODEL | {"quality_bps": "01"}]}, FORM, "models[0].quality_bps"),
}

# What no judge sends as rows: a fault, never a refusal.
DAMAGED: Sequence[Any] = (None, ROW, {}, {"0": ROW}, [1], [ROW, None], [[ROW]])


def decisions(features: Collection[str], *, rows: int = 256) -> Iterator[Case]:
    """Every vector of `decide` that a port with these features may be asked, as frames of at most so many rows."""
    groups: dict[tuple[str, float | None], list[Case]] = {}
    for case in corpus.load().cases:
        if case.op == "decide" and "ok" in case.expect and case.requires <= {"decide", *features}:
            groups.setdefault((json.dumps(case.given), case.timeout_seconds), []).append(case)
    for cases in groups.values():
        for start in range(0, len(cases), rows):
            part = cases[start : start + rows]
            right = [frames.decision_row(case.expect["ok"]) for case in part]
            asked = [frames.request_row(case.input["request"]) for case in part]
            yield a_frame(part[0].id, part[0].given["policy"], asked, {"ok": {"rows": right}}, part[0].timeout_seconds)


def refusals(features: Collection[str]) -> Iterator[Case]:
    """The two tables as cases, as far as a port with these features may be asked; and the most rows there may be."""
    for name, (rows, code, at, needed) in REFUSALS.items():
        if set(needed) <= set(features):
            yield a_frame(name, POLICY, rows, {"error": {"code": code, "at": at}})
    for name, (changed, code, at) in POLICY_REFUSALS.items():
        for rows in ([], ["x"], [ROW]):
            yield a_frame(name, POLICY | changed, rows, {"error": {"code": code, "at": at}})


def damaged() -> Iterator[Case]:
    """Frames that are none; nothing is right, but a fault."""
    for place, rows in enumerate(DAMAGED):
        yield a_frame(f"damaged {place}", POLICY, rows, {"ok": {}})


def a_frame(name: str, policy: Any, rows: Any, expect: Mapping[str, Any], timeout_seconds: float | None = None) -> Case:
    """A frame as a case."""
    needed = frozenset({frames.FEATURE})
    given, asked = {"policy": policy}, {"rows": rows}
    op = frames.FEATURE
    return Case(f"frame/{name}", name, (), (), op, op, "must", needed, given, asked, expect, timeout_seconds, "")


def wrong_answers(command: Sequence[str]) -> tuple[int, list[str]]:
    """How many frames a port was asked, and what it answered wrongly. It must claim the feature."""
    session = Session(command, hello(corpus.load()), Settings(timeout_seconds=30), threading.Event())
    try:
        features = session.ready.features
        assert frames.FEATURE in features
        most = [frames.decision_row(decided(session))] * frames.MOST_ROWS
        longest = a_frame("the most rows", POLICY, [ROW] * frames.MOST_ROWS, {"ok": {"rows": most}})
        # what is right comes again at the end: a policy that a port keeps is not mixed up with another one
        cases = [*decisions(features), *refusals(features), *damaged(), longest, *decisions(features, rows=3)]
        verdicts = [(reply.case, reply.answer) for reply in session.ask(deque(cases), 2)]
        assert session.finish() is None
    finally:
        session.kill()
    wrong = []
    for case, answer in verdicts:
        assert not isinstance(answer, str), answer
        verdict = judge(case, answer)
        if verdict.outcome is not (Outcome.FAULT if "damaged" in case.id else Outcome.PASS):
            wrong.append(f"{case.id}: {verdict.outcome.value} {verdict.detail} {answer!r:.300}")
    return len(verdicts), wrong


def decided(session: Session) -> Mapping[str, Any]:
    """What a port decides about the plain request."""
    question = a_frame("", POLICY, [], {})
    one = Case(
        "decide/plain",
        "",
        (),
        (),
        "decide",
        "decide",
        "must",
        frozenset(),
        question.given,
        {"request": REQUEST},
        {},
        None,
        "",
    )
    (reply,) = session.ask(deque([one]), 1)
    answer: Any = reply.answer
    found: Mapping[str, Any] = answer.ok
    return found
