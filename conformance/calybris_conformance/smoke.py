"""Tells a broken adapter from a wrong port, in a few seconds: does it speak, does it repeat, can it refuse?

Checks of the adapter: it becomes ready, repeats values, says `unsupported` to an operation that does not exist, and
leaves after bye. Checks of the port: it refuses an integer beyond its width, and answers one case of every feature that
it claims, and one frame of several decisions where it claims frames. A port whose adapter is broken is not worth
judging yet.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance import frames
from calybris_conformance.compare import judge
from calybris_conformance.corpus import Case
from calybris_conformance.judgement import hello
from calybris_conformance.outcomes import Exit, Outcome
from calybris_conformance.protocol import Unsupported
from calybris_conformance.selection import ECHO, split
from calybris_conformance.session import Break, NotReady, Reply, Session, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from calybris_conformance.corpus import Corpus
    from calybris_conformance.protocol import Ready

_UNKNOWN: Final = "no.such.operation"
_INTEGER: Final = "integer"
_DECIDE: Final = "decide"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `adapter` says whose fault a failure is: the adapter's, else the port's. `detail` is one sentence."""

    name: str
    adapter: bool
    passed: bool
    detail: str = ""
    stderr: str = ""


def smoke(
    corpus: Corpus, command: Sequence[str], settings: Settings, stop: threading.Event | None = None
) -> Iterator[Check]:
    """The checks, one after the other. Ends early when the port never becomes ready. Raises transport.Interrupted."""
    stop = stop or threading.Event()
    try:
        session = Session(command, hello(corpus), settings, stop)
    except NotReady as error:
        yield Check("ready", adapter=True, passed=False, detail=str(error), stderr=error.stderr)
        return
    yield Check("ready", adapter=True, passed=True)
    try:
        for case, adapter in _questions(corpus, session.ready):
            try:
                reply = next(session.ask(deque([case]), 1))
            except Break as broken:
                yield Check(case.id, adapter=True, passed=False, detail=str(broken), stderr=broken.stderr)
                session = Session(command, hello(corpus), settings, stop)
            else:
                yield _check(case, adapter, reply)
        problem = session.finish()
        yield Check("bye", adapter=True, passed=problem is None, detail=problem or "")
    except NotReady as error:
        yield Check("ready again", adapter=True, passed=False, detail=str(error), stderr=error.stderr)
    finally:
        session.kill()


def conclusion(checks: Sequence[Check]) -> tuple[str, Exit]:
    """What the checks say together, and the exit code."""
    failed = [check for check in checks if not check.passed]
    if checks[-1].name == "ready":
        return "The adapter is broken: it never became ready.", Exit.NEVER_READY
    if any(check.adapter for check in failed):
        names = ", ".join(check.name for check in failed if check.adapter)
        return f"The adapter is broken ({names}); mend it before the port is judged.", Exit.NOT_CONFORMANT
    if failed:
        names = ", ".join(check.name for check in failed)
        return f"The adapter works; the port answers wrongly ({names}).", Exit.NOT_CONFORMANT
    return "The adapter works, and the port answers every smoke case rightly.", Exit.CONFORMANT


def _questions(corpus: Corpus, ready: Ready) -> Iterator[tuple[Case, bool]]:
    """(case, whether a wrong answer is the adapter's fault): echo, what does not exist, a width, each feature."""
    asked, _ = split(corpus.cases, ready.features)
    for case in asked:
        if case.op == ECHO:
            yield case, True
    yield _case(_UNKNOWN, {}, {}), True
    if _INTEGER in ready.features:
        refusal = {"error": {"code": "INTEGER_OUT_OF_RANGE", "at": "value"}}
        yield _case(_INTEGER, {"type": "u64", "value": str(2**64)}, refusal), False
    met = {ECHO}
    for case in asked:
        if "error" not in case.expect and not case.requires <= met:
            met |= case.requires
            yield case, False
    if frames.FEATURE in ready.features:
        yield from ((case, False) for case in _frames(corpus, ready))


def _frames(corpus: Corpus, ready: Ready) -> Iterator[Case]:
    """One frame: the cases of the largest group under one policy that this port may be asked to decide."""
    groups: dict[str, list[Case]] = {}
    for case in corpus.cases:
        if case.op == _DECIDE and "ok" in case.expect and case.requires <= {_DECIDE, *ready.features}:
            groups.setdefault(json.dumps(case.given), []).append(case)
    for cases in sorted(groups.values(), key=len)[-1:]:
        rows = [frames.request_row(case.input["request"]) for case in cases[: frames.MOST_ROWS]]
        right = [frames.decision_row(case.expect["ok"]) for case in cases[: frames.MOST_ROWS]]
        yield _case(frames.FEATURE, {"rows": rows}, {"ok": {"rows": right}}, cases[0].given)


def _case(
    op: str, asked: Mapping[str, Any], expect: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any] | None = None
) -> Case:
    about = f"smoke: {op}"
    return Case(
        f"smoke/{op}", about, (), (), "smoke", op, "must", frozenset({op}), given or {}, asked, expect, None, ""
    )


def _check(case: Case, adapter: bool, reply: Reply) -> Check:
    if isinstance(reply.answer, str):
        return Check(case.id, adapter=True, passed=False, detail=reply.answer)
    if case.op == _UNKNOWN:
        passed = isinstance(reply.answer, Unsupported)
        return Check(case.id, adapter, passed, "" if passed else "An operation that does not exist is not unsupported.")
    verdict = judge(case, reply.answer)
    detail = " ".join([verdict.detail, *map(str, verdict.differences[:1])]).strip()
    return Check(case.id, adapter, verdict.outcome is Outcome.PASS, detail)
