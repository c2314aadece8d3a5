"""Makes a finding small: Hypothesis takes it apart, and the port says of every smaller case whether it is wrong."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.database import InMemoryExampleDatabase, choices_to_bytes
from hypothesis.errors import NoSuchExample

from calybris_conformance.campaign import asking, cases, choices, coarse, pieces
from calybris_conformance.campaign.tally import finding_of
from calybris_conformance.outcomes import Outcome
from calybris_conformance.transport import Interrupted
from calybris_ref.errors import CalybrisError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis import strategies as st

    from calybris_conformance.campaign.asking import Asker
    from calybris_conformance.campaign.tally import Finding
    from calybris_conformance.corpus import Case

SECONDS: Final = 15.0
"""How long one finding may take; what is smallest by then is kept."""
_KEY: Final = b"finding"
# Where Hypothesis keeps what failed and is not yet small; what lies under the key itself it takes for small already.
_WHERE: Final = b"finding.secondary"
_LOST: Final = frozenset({Outcome.FLAKY, Outcome.NOT_RUN})


def shrunk(finding: Finding, asker: Asker, seconds: float = SECONDS) -> Finding:
    """The smallest case found that the port gets wrong in the same manner, or the finding as it is.

    The same manner: by the same outcome. Which fields are wrong may change on the way. A finding that only many
    questions together show is left as it is.
    """
    if finding.outcome in _LOST:
        return finding
    search = _Search(finding, asker, time.monotonic() + seconds)
    small, before = finding, None
    while before is None or _question(small.case) != _question(before.case):  # what one round opens up is for the next
        before = small
        try:
            if small.case.op == cases.DECIDE:
                coarse.cut(_question(small.case), search.still_wrong)
            _fine((search.smallest or small).case, search)
        except _Enough:
            return search.smallest or small
        except _Told:
            raise Interrupted from None
        small = search.smallest or small
    return small


def _question(case: Case) -> dict[str, Any]:
    return {"given": case.given, "input": case.input}


def _fine(case: Case, search: _Search) -> None:
    """Lets Hypothesis make the case smaller, beginning with the case itself."""
    form = _form(case)
    if form is None:
        return
    strategy, encoded = form
    database = InMemoryExampleDatabase()
    database.save(_WHERE, choices_to_bytes(encoded))
    with contextlib.suppress(NoSuchExample):  # what is answered rightly now stays as it is
        find(
            strategy,
            search.still_wrong,
            settings=settings(
                database=database,
                max_examples=1,
                deadline=None,
                phases=(Phase.reuse, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                print_blob=False,
            ),
            database_key=_KEY,
        )


def from_case(case: Case, asker: Asker) -> Finding | None:
    """The smallest case that the port gets wrong like this one; None when it gets this one right."""
    result = next(iter(asker.results([case])))
    if result.outcome is Outcome.PASS:
        return None
    return shrunk(finding_of(0, "", "", asking.wrong_of(0, result)), asker)


class _Enough(BaseException):  # not an Exception, because Hypothesis shrinks those
    """The time is over."""


class _Told(BaseException):  # Interrupted, past Hypothesis
    """Somebody told the campaign to stop."""


class _Search:
    """The predicate, which remembers the last case for which it was true: for Hypothesis that is the smallest."""

    def __init__(self, finding: Finding, asker: Asker, deadline: float) -> None:
        self._finding = finding
        self._asker = asker
        self._deadline = deadline
        self.smallest: Finding | None = None

    def still_wrong(self, made: Mapping[str, Any]) -> bool:
        """Whether the port gets this case wrong as it got the finding wrong."""
        if time.monotonic() > self._deadline:
            raise _Enough
        try:
            case = cases.answered(self._finding.case.op, made["given"], made["input"], self._finding.case.id)
        except (CalybrisError, ValueError, TypeError, KeyError):
            return False  # no question that may be asked
        if "error" in case.expect and "error" not in self._finding.case.expect:
            return False
        try:
            result = next(iter(self._asker.results([case])))
        except Interrupted as error:
            raise _Told from error
        if result.outcome is not self._finding.outcome:
            return False
        wrong = asking.wrong_of(self._finding.row, result)
        self.smallest = replace(self._finding, case=case, kind=wrong.kind, detail=wrong.detail)
        return True


def _form(case: Case) -> tuple[st.SearchStrategy[dict[str, Any]], list[Any]] | None:
    """How a question is taken apart, and the choices that make this one; None for what is not taken apart."""
    if case.op == cases.DECIDE:
        return choices.strategy(), choices.encode(case.given, case.input)
    return pieces.form(case)
