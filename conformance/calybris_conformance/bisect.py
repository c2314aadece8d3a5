"""Finds the first decision in which a port leaves an accumulated digest, and asks it again as an ordinary case.

A digest over ten thousand decisions says that one of them is wrong, not which. The case's own count is halved until the
first wrong decision is known (docs/accumulate.md); the reference gives the right digest of every shorter count.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance import wire
from calybris_conformance.adapters import reference_accumulate
from calybris_conformance.adapters.reference import ADAPTER as REFERENCE
from calybris_conformance.compare import judge
from calybris_conformance.outcomes import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from calybris_conformance.corpus import Case
    from calybris_conformance.session import Session

DECIDE: Final = "decide"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, in one sentence; with the first wrong decision as a case of its own, where there is one."""

    sentence: str
    case: Case | None = None
    verdict: Verdict | None = None

    @property
    def right(self) -> bool:
        """Whether the port has the whole digest right."""
        return self.case is None and self.verdict is None


def bisect(session: Session, case: Case, watch: Callable[[str], object] = lambda _note: None) -> Finding:
    """Asks for ever fewer decisions of a case of `accumulate`. Raises session.Break and transport.Interrupted."""

    def asked(count: int) -> Verdict:
        watch(f"{count:,} decisions")
        return _ask(session, _expected(case, {**case.input, "count": str(count)}))

    right, wrong = 0, wire.integer(case.input["count"], "count")
    if asked(wrong).outcome is Outcome.PASS:
        return Finding(f"The port has all {wrong:,} decisions of {case.id} right.")
    if (nothing := asked(0)).outcome is not Outcome.PASS:
        return Finding(f"The port has even the digest of no decision at all wrong: {nothing.detail}", verdict=nothing)
    while wrong - right > 1:
        middle = (right + wrong) // 2
        if asked(middle).outcome is Outcome.PASS:
            right = middle
        else:
            wrong = middle
    return _decision(session, case, right)


def _decision(session: Session, case: Case, number: int) -> Finding:
    """Decision `number` (from 0) of an accumulated case, asked alone."""
    request = reference_accumulate.request(bytes.fromhex(case.input["seed_hex"]), number)
    alone = _expected(
        replace(
            case,
            id=f"{case.id}#{number}",
            about=f"Decision {number:,} of {case.id}.",
            op=DECIDE,
            requires=frozenset({DECIDE}),
        ),
        {"request": wire.write(wire.REQUEST, request.to_dict())},
    )
    verdict = _ask(session, alone)
    if verdict.outcome is Outcome.PASS:
        sentence = (
            f"The digest goes wrong at decision {number:,}, which the port takes rightly when it is asked alone: "
            "look at how the request is derived and how the digests are put together."
        )
    else:
        sentence = f"Decision {number:,} is the first that the port takes wrongly."
    return Finding(sentence, alone, verdict)


def _expected(case: Case, question: dict[str, Any]) -> Case:
    """The case with another question, and the reference's answer to it."""
    return replace(case, input=question, expect={"ok": REFERENCE.operations[case.op](case.given, question)})


def _ask(session: Session, case: Case) -> Verdict:
    (reply,) = session.ask(deque([case]), 1)
    return Verdict(Outcome.MALFORMED, reply.answer) if isinstance(reply.answer, str) else judge(case, reply.answer)
