"""Makes a finding small: Hypothesis takes it apart, and asks the port of every smaller case whether it is still wrong."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.database import InMemoryExampleDatabase, choices_to_bytes
from hypothesis.errors import NoSuchExample

from calybris_conformance.campaign import asking, cases, choices, coarse, scripts
from calybris_conformance.outcomes import Outcome
from calybris_ref.errors import CalybrisError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis import strategies as st

    from calybris_conformance.campaign.asking import Asker
    from calybris_conformance.campaign.tally import Finding
    from calybris_conformance.outcomes import CaseResult

SECONDS: Final = 60.0
"""How long one finding may take; what is smallest by then is kept."""
_KEY: Final = b"finding"
# Where Hypothesis keeps what failed and is not yet small; what lies under the key itself it takes for small already.
_WHERE: Final = b"finding.secondary"
_SETTINGS: Final = {
    "deadline": None,
    "phases": (Phase.reuse, Phase.shrink),
    "suppress_health_check": list(HealthCheck),
    "print_blob": False,
}
_LOST: Final = frozenset({Outcome.FLAKY, Outcome.NOT_RUN})


def shrunk(finding: Finding, asker: Asker, seconds: float = SECONDS) -> Finding:
    """The smallest case found that the port gets wrong in the same manner, or the finding as it is.

    The same manner: by the same outcome. Which fields are wrong may change on the way. A finding that only many
    questions together show is left as it is.
    """
    if finding.outcome in _LOST:
        return finding
    search = _Search(finding, asker, time.monotonic() + seconds)
    if finding.case.op == cases.DECIDE:
        coarse.cut({"given": finding.case.given, "input": finding.case.input}, search.still_wrong)
    form = _form(search.smallest or finding)
    if form is None:
        return finding
    strategy, encoded = form
    database = InMemoryExampleDatabase()
    database.save(_WHERE, choices_to_bytes(encoded))
    with contextlib.suppress(NoSuchExample):  # what is answered rightly now stays as it was met
        find(
            strategy,
            search.still_wrong,
            settings=settings(database=database, max_examples=1, **_SETTINGS),
            database_key=_KEY,
        )
    return search.smallest or finding


def ask(finding: Finding, asker: Asker) -> CaseResult:
    """The finding's case, asked once."""
    return next(iter(asker.results([finding.case])))


class _Search:
    """The predicate, which remembers the last case for which it was true: for Hypothesis that is the smallest."""

    def __init__(self, finding: Finding, asker: Asker, deadline: float) -> None:
        self._finding = finding
        self._asker = asker
        self._deadline = deadline
        self.smallest: Finding | None = None

    def still_wrong(self, made: Mapping[str, Any]) -> bool:
        """Whether the port gets this case wrong as it got the finding wrong."""
        if self.smallest is not None and time.monotonic() > self._deadline:
            return False
        try:
            case = cases.answered(self._finding.case.op, made["given"], made["input"], self._finding.case.id)
        except (CalybrisError, ValueError, TypeError, KeyError):
            return False  # no question that may be asked
        if "error" in case.expect and "error" not in self._finding.case.expect:
            return False
        result = next(iter(self._asker.results([case])))
        if result.outcome is not self._finding.outcome:
            return False
        wrong = asking.wrong_of(self._finding.row, result)
        self.smallest = replace(self._finding, case=case, kind=wrong.kind, detail=wrong.detail)
        return True


def _form(finding: Finding) -> tuple[st.SearchStrategy[dict[str, Any]], list[Any]] | None:
    """How a question is taken apart, and the choices that make this one; None for what is not taken apart."""
    case = finding.case
    if case.op == cases.DECIDE:
        models = len(case.given["policy"]["models"])
        return choices.strategy(models), choices.encode(case.given, case.input, models)
    return scripts.form(case)


