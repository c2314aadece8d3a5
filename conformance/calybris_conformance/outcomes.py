"""How a case can end, and how a run can: the closed lists, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.corpus import Case


class Outcome(StrEnum):
    """Every way in which a case can end."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    MISMATCH = "mismatch"
    WRONG_ERROR = "wrong_error"
    ACCEPTED_INVALID = "accepted_invalid"
    REJECTED_VALID = "rejected_valid"
    FAULT = "fault"
    CRASH = "crash"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    FLAKY = "flaky"
    NONDETERMINISTIC = "nondeterministic"
    UNSUPPORTED = "unsupported"
    NOT_RUN = "not_run"
    KNOWN_FAILURE = "known_failure"
    UNEXPECTED_PASS = "unexpected_pass"  # noqa: S105 - an outcome, not a password


MEANING: Final[Mapping[Outcome, str]] = {
    Outcome.PASS: "exactly the right answer",
    Outcome.MISMATCH: "an output, but not the right one",
    Outcome.WRONG_ERROR: "refused, but with another code or path",
    Outcome.ACCEPTED_INVALID: "an output where a refusal was due",
    Outcome.REJECTED_VALID: "refused where an output was due",
    Outcome.FAULT: "the implementation threw",
    Outcome.CRASH: "the process ended, or wrote a line that is not JSON, twice on this case",
    Outcome.TIMEOUT: "no answer in time",
    Outcome.MALFORMED: "JSON, but not an answer of the protocol",
    Outcome.FLAKY: "the process broke, and then the case could be answered",
    Outcome.NONDETERMINISTIC: "another answer in the second pass",
    Outcome.UNSUPPORTED: "not supported, although the port claims it",
    Outcome.NOT_RUN: "never asked, because the run was given up",
    Outcome.KNOWN_FAILURE: "fails as the list of known failures says",
    Outcome.UNEXPECTED_PASS: "passes, although the list of known failures says otherwise",
}

CONFORMANT: Final = frozenset({Outcome.PASS, Outcome.KNOWN_FAILURE})
"""The outcomes that do not fail a run; every other one does."""

LISTABLE: Final = frozenset(Outcome) - {
    Outcome.PASS,
    Outcome.UNSUPPORTED,  # a missing feature is not claimed; it is not a known failure
    Outcome.NOT_RUN,
    Outcome.KNOWN_FAILURE,
    Outcome.UNEXPECTED_PASS,
}
"""The outcomes that a list of known failures may name."""


class Exit(IntEnum):
    """Exit codes of `calybris-ref conformance`."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    USAGE = 2
    NEVER_READY = 3
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where an answer differs. Values are JSON text; None: there must not be, or there is not, anything."""

    path: str
    expected: str | None
    actual: str | None
    note: str = ""

    def __str__(self) -> str:
        if self.expected is None:
            text = f"must not be there, got {self.actual}"
        elif self.actual is None:
            text = f"is missing, expected {self.expected}"
        else:
            text = f"expected {self.expected}, got {self.actual}"
        return f"{self.path}: {text}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing an answer with the expectation gave. `detail` is one sentence, or empty for a pass."""

    outcome: Outcome
    detail: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def field(self) -> str | None:
        """The path of the first difference: what a list of known failures may name."""
        return self.differences[0].path if self.differences else None


@dataclass(frozen=True, slots=True)
class Listed:
    """Why a case stands in the list of known failures, and as what."""

    outcome: Outcome
    field: str | None
    reason: str
    issue: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case ended.

    `answer` is the judged part of what the port sent, where it sent an answer; `stderr` what it wrote on stderr since
    the failure before; `listed` is set when the list of known failures names the case, and then `verdict` stays what
    the port did, while `outcome` is what that means for the run. `preimage_hex` is what the port says that it hashed.
    """

    case: Case
    outcome: Outcome
    verdict: Verdict
    answer: Mapping[str, Any] | None = None
    seconds: float = 0.0
    stderr: str = ""
    listed: Listed | None = None
    preimage_hex: str | None = None
