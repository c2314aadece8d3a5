"""Compares an answer with the expectation of its case: path by path, strictly, types included.

One answer is right. A key too many or too few is a difference, and so is `1` where `"1"` was due. A fault satisfies no
expectation, and the text of a refusal is never looked at.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance.outcomes import Difference, Outcome, Verdict
from calybris_conformance.preimage import explain
from calybris_conformance.protocol import Answer, Fault, Ok, Refusal, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from calybris_conformance.corpus import Case

DIFFERENCES_SHOWN: Final = 20
_TEXT_SHOWN: Final = 200
_DIGEST = "digest_hex"


def judge(case: Case, answer: Answer) -> Verdict:
    """What the answer is worth. Raises ValueError for an expectation that is none of ok, error and steps."""
    expect = case.expect
    match answer:
        case Fault():
            return Verdict(Outcome.FAULT, f"The implementation threw: {answer.detail}")
        case Unsupported():
            return Verdict(
                Outcome.UNSUPPORTED, f"The port claims this, and answers that {answer.feature!r} is not there."
            )
        case Refusal():
            if "error" in expect:
                return _judge_refusal(expect["error"], answer)
            return Verdict(
                Outcome.REJECTED_VALID, f"Refused with {answer.code} at {answer.at}, where an output was due."
            )
        case Ok():
            if "error" in expect:
                due = expect["error"]
                sentence = f"Gave an output where {due['code']} at {due['at']} was due."
                return Verdict(Outcome.ACCEPTED_INVALID, sentence)
            return _judge_output(case, answer)


def differences(expected: Any, actual: Any, path: str = "") -> Iterator[Difference]:
    """Every place where two JSON values differ, keys in the expectation's order. Equal values of other types differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            at = f"{path}.{key}" if path else key
            if key in actual:
                yield from differences(value, actual[key], at)
            else:
                yield Difference(at, text(value), None)
        for key in actual.keys() - expected.keys():
            yield Difference(f"{path}.{key}" if path else key, None, text(actual[key]))
    elif isinstance(expected, list) and isinstance(actual, list):
        for place, (left, right) in enumerate(zip(expected, actual, strict=False)):
            yield from differences(left, right, f"{path}[{place}]")
        for place in range(len(actual), len(expected)):
            yield Difference(f"{path}[{place}]", text(expected[place]), None)
        for place in range(len(expected), len(actual)):
            yield Difference(f"{path}[{place}]", None, text(actual[place]))
    elif type(expected) is not type(actual) or expected != actual:
        yield Difference(path or "ok", text(expected), text(actual), _type_note(expected, actual))


def same_answer(left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> bool:
    """Whether two judged answers are the same JSON value."""
    return next(differences(left, right), None) is None


def judged_part(answer: Answer) -> dict[str, Any]:
    """What of an answer is judged, as JSON: neither details for people nor preimages."""
    match answer:
        case Ok():
            return {"ok": answer.ok}
        case Refusal():
            return {"error": {"code": answer.code, "at": answer.at}}
        case Fault():
            return {"fault": {}}
        case Unsupported():
            return {"unsupported": {"feature": answer.feature}}


def text(value: Any) -> str:
    """A JSON value on one line, cut when it is long."""
    whole = json.dumps(value, ensure_ascii=False)
    return whole if len(whole) <= _TEXT_SHOWN else f"{whole[:_TEXT_SHOWN]}… ({len(whole):,} characters)"


def _judge_refusal(due: Mapping[str, Any], answer: Refusal) -> Verdict:
    found = tuple(
        Difference(key, text(due[key]), text(given))
        for key, given in (("code", answer.code), ("at", answer.at))
        if given != due[key]
    )
    if not found:
        return Verdict(Outcome.PASS)
    sentence = f"Refused with {answer.code} at {answer.at}, where {due['code']} at {due['at']} was due."
    return Verdict(Outcome.WRONG_ERROR, sentence, found)


def _judge_output(case: Case, answer: Ok) -> Verdict:
    if "steps" in case.expect:
        return _judge_steps(case.expect["steps"], answer.ok)
    if "ok" not in case.expect:
        raise ValueError(f"{case.id}: expects none of ok, error and steps")
    found = tuple(islice(differences(case.expect["ok"], answer.ok), DIFFERENCES_SHOWN + 1))
    if not found:
        return Verdict(Outcome.PASS)
    more = len(found) > DIFFERENCES_SHOWN
    found = tuple(_with_bytes(case, answer, one) for one in found[:DIFFERENCES_SHOWN])
    return Verdict(Outcome.MISMATCH, _summary(found, more), found)


def _judge_steps(due: list[Any], ok: Mapping[str, Any]) -> Verdict:
    """Scripts: only the first step that differs says anything, because every later one starts from a wrong state."""
    steps = ok.get("steps")
    if not isinstance(steps, list) or ok.keys() != {"steps"}:
        found = tuple(differences({"steps": due}, ok))
        return Verdict(Outcome.MISMATCH, _summary(found, more=False), found)
    for place in range(max(len(due), len(steps))):
        found = tuple(differences(due[place : place + 1], steps[place : place + 1], ""))
        if found:
            named = tuple(
                Difference(f"steps[{place}]{one.path.removeprefix('[0]')}", one.expected, one.actual, one.note)
                for one in found[:DIFFERENCES_SHOWN]
            )
            return Verdict(Outcome.MISMATCH, f"Step {place} of {len(due)} is the first that differs.", named)
    return Verdict(Outcome.PASS)


def _summary(found: tuple[Difference, ...], more: bool) -> str:
    many = f"{len(found)}{' or more' if more else ''}"
    return "One difference." if many == "1" else f"{many} differences."


def _with_bytes(case: Case, answer: Ok, one: Difference) -> Difference:
    """A digest only says that something differs; the preimages say which byte and field."""
    preimage_hex = case.expect.get("preimage_hex")
    if one.path != _DIGEST or preimage_hex is None or one.actual is None:
        return one
    return Difference(
        one.path, one.expected, one.actual, explain(preimage_hex, answer.preimage_hex, answer.ok[_DIGEST])
    )


def _type_note(expected: Any, actual: Any) -> str:
    if isinstance(expected, str) and isinstance(actual, (int, float)) and not isinstance(actual, bool):
        return "integers travel as texts in canonical decimal"
    if isinstance(expected, str) and isinstance(actual, str) and expected.lower() == actual.lower():
        return "only upper and lower case differ"
    return ""
