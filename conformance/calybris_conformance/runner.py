"""Puts cases to a port and says how each one ended, whatever the port does.

When a conversation breaks, it cannot be known which open question broke it. So a fresh process gets the open questions
one at a time: one that breaks it again has failed; when none does, the oldest one is flaky. Only for silence is the
culprit known at once. Every fresh process counts; after the allowed number the rest is not run.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from calybris_conformance.compare import judge, judged_part, same_answer
from calybris_conformance.outcomes import CaseResult, Outcome, Verdict
from calybris_conformance.protocol import Ok
from calybris_conformance.selection import shuffle
from calybris_conformance.session import Break, NotReady, Reply, Session, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from calybris_conformance.corpus import Case
    from calybris_conformance.protocol import Hello, Ready


class Runner:
    """Runs passes over cases against one port; a context manager that leaves no process behind.

    `ready` is the port's own description, from the process that is started at once (raises NotReady). `problems` grows
    with what the port does wrong outside of any case. Iterating a pass raises transport.Interrupted once `stop` is set.
    """

    def __init__(
        self, command: Sequence[str], hello: Hello, settings: Settings, stop: threading.Event | None = None
    ) -> None:
        self._command = command
        self._hello = hello
        self._settings = settings
        self._stop = stop or threading.Event()
        self._starts = 0
        self.problems: list[str] = []
        session = self._start()
        self._session: Session | None = session
        self.ready: Ready = session.ready

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    def first_pass(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        """One result for every case, as soon as it is known."""
        yield from self._pass(cases)
        self._finish()

    def second_pass(self, first: Mapping[str, CaseResult]) -> Iterator[CaseResult]:
        """Asks everything again, shuffled, in a new process; gives the results that replace one of the first pass."""
        again = [
            result.case for result in first.values() if result.verdict.outcome not in (Outcome.NOT_RUN, Outcome.FLAKY)
        ]
        self._starts = 0
        for second in self._pass(shuffle(again, self._settings.seed)):
            before = first[second.case.id]
            if second.outcome is Outcome.NOT_RUN:
                yield replace(second, verdict=replace(second.verdict, detail=f"Second pass: {second.verdict.detail}"))
            elif second.outcome is not before.verdict.outcome or not same_answer(before.answer, second.answer):
                detail = f"First pass: {_account(before)} Second pass: {_account(second)}"
                differences = second.verdict.differences or before.verdict.differences
                verdict = Verdict(Outcome.NONDETERMINISTIC, detail, differences)
                yield replace(second, outcome=verdict.outcome, verdict=verdict)
        self._finish()

    # ---- for who asks without end, and not only cases

    def ask(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        """As `first_pass`, but the process stays for more."""
        return self._pass(cases)

    def session(self) -> Session:
        """The conversation as it stands, a fresh one when the last one broke. Raises GivenUp."""
        return self._running()

    def drop(self) -> None:
        """Ends the process; whoever asks next starts another one."""
        self._drop()

    # ---- one pass

    def _pass(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        waiting = deque(cases)
        try:
            while waiting:
                session = self._running()
                try:
                    for reply in session.ask(waiting, min(session.ready.max_in_flight, self._settings.window)):
                        yield self._result(reply, session)
                except Break as broken:
                    self._drop()
                    yield from self._after(broken, waiting)
        except GivenUp as error:
            for case in (*error.cases, *waiting):
                verdict = Verdict(Outcome.NOT_RUN, str(error))
                yield CaseResult(case, verdict.outcome, verdict)

    def _after(self, broken: Break, waiting: deque[Case]) -> Iterator[CaseResult]:
        """The results of the cases that were open when a conversation broke."""
        if broken.outcome is Outcome.TIMEOUT:
            yield _broken_result(broken)
            waiting.extendleft(reversed(broken.open_cases[1:]))
            return
        open_cases = deque(broken.open_cases)
        results: list[CaseResult] = []
        broke_again = False
        while open_cases:
            case = open_cases.popleft()
            try:
                session = self._running()
                try:
                    results.extend(self._result(reply, session) for reply in session.ask(deque([case]), window=1))
                except Break as again:
                    self._drop()
                    results.append(_broken_result(again))
                    broke_again = True
            except GivenUp as error:
                yield from results
                raise GivenUp(str(error), (case, *open_cases)) from None
        if not broke_again:
            results[0] = _flaky(broken, results[0])
        yield from results

    def _result(self, reply: Reply, session: Session) -> CaseResult:
        if isinstance(reply.answer, str):
            verdict, answer = Verdict(Outcome.MALFORMED, reply.answer), None
        else:
            verdict, answer = judge(reply.case, reply.answer), judged_part(reply.answer)
        stderr = "" if verdict.outcome is Outcome.PASS else session.take_stderr()
        preimage_hex = reply.answer.preimage_hex if isinstance(reply.answer, Ok) else None
        return CaseResult(
            reply.case, verdict.outcome, verdict, answer, reply.seconds, stderr, preimage_hex=preimage_hex
        )

    # ---- processes

    def _running(self) -> Session:
        """The session, a fresh one when the last one broke. Raises GivenUp."""
        if self._session is None:
            if self._starts > self._settings.restarts:
                raise GivenUp(f"Given up after {self._settings.restarts} restarts of the port.")
            try:
                self._session = self._start()
            except NotReady as error:
                self.problems.append(f"The port could not be started again. {error}")
                raise GivenUp("The port could not be started again.") from None
            if self._session.ready != self.ready:
                self.problems.append("The port said something else in ready when it was started again.")
        return self._session

    def _start(self) -> Session:
        self._starts += 1
        return Session(self._command, self._hello, self._settings, self._stop)

    def _drop(self) -> None:
        if self._session is not None:
            self._session.kill()
            self._session = None

    def _finish(self) -> None:
        """Ends the process of a pass, so that the next pass starts with a new one."""
        if self._session is not None and (problem := self._session.finish()):
            self.problems.append(problem)
        self._session = None


class GivenUp(Exception):  # noqa: N818 - turned into results at once
    """No process is started any more; `cases` were open then."""

    def __init__(self, sentence: str, cases: Sequence[Case] = ()) -> None:
        super().__init__(sentence)
        self.cases = tuple(cases)


def _broken_result(broken: Break) -> CaseResult:
    verdict = Verdict(broken.outcome, str(broken))
    return CaseResult(broken.open_cases[0], verdict.outcome, verdict, seconds=broken.seconds, stderr=broken.stderr)


def _flaky(broken: Break, alone: CaseResult) -> CaseResult:
    many = len(broken.open_cases)
    asked = "it was asked alone" if many == 1 else f"it and the {many - 1} cases open with it were asked one at a time"
    verdict = Verdict(Outcome.FLAKY, f"{broken} When {asked}: {_account(alone)}", alone.verdict.differences)
    return replace(alone, outcome=verdict.outcome, verdict=verdict, stderr=broken.stderr)


def _account(result: CaseResult) -> str:
    return f"{result.verdict.outcome}. {result.verdict.detail}".strip()
