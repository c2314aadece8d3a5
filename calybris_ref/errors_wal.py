"""What the log and the proof envelope refuse (LOG-3 … LOG-12, PROOF-3): the errors of `errors` for bytes on a disk.

Every WalError can say where in the log it found the fault: `line` counts lines from 0, `offset` bytes from the start of
the log to the start of that line, `sequence` is that of the entry; `expected` and `found` are what was compared. What
does not apply is None.
"""

from typing import Any

from calybris_ref.errors import CalybrisError


class WalError(CalybrisError):
    """The root of everything that a log is refused for, or that a writer of a log refuses."""

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        at: str,
        line: int | None = None,
        offset: int | None = None,
        sequence: int | None = None,
        expected: Any = None,
        found: Any = None,
    ) -> None:
        super().__init__(detail, code=code, at=at)
        self.line = line
        self.offset = offset
        self.sequence = sequence
        self.expected = expected
        self.found = found


class WalJsonError(WalError):
    """A line that is no entry (LOG-3)."""


class LineTooLong(WalError):  # noqa: N818 - named like its neighbours, which are the published names
    """A line beyond 16 MiB (LOG-5)."""


class DuplicateSequence(WalError):  # noqa: N818 - the published name
    """A sequence that is not the next one: `expected`, `found` (LOG-4). The name is historical: a gap is one too."""


class ChainBroken(WalError):  # noqa: N818 - the published name
    """A hash that is not the chain's: the `expected` one, and the one that was `found` (LOG-4).

    `expected` is None for the `entry_hash` of a log with a key: whoever knows it can write a changed entry that holds.
    """


class KeyTooShort(WalError):  # noqa: N818 - named like its neighbours
    """A key of fewer than 32 bytes (LOG-6): `expected` is the least, `found` how many it has."""


class AuditFailed(WalError):  # noqa: N818 - the published name
    """A record that does not hold (LOG-10), or a decision that is not written because it does not replay (LOG-9)."""

    @property
    def reason(self) -> str:
        """What is wrong, as a sentence."""
        return self.detail


class AnchorMismatch(WalError):  # noqa: N818 - named like its neighbours
    """A log that does not end where its anchor says (LOG-11), or an anchor that cannot be read."""


class PayloadError(WalError):
    """A payload that is not written (LOG-5, LOG-7): `at` is the path in `data`."""


class SequenceExhausted(WalError):  # noqa: N818 - named like its neighbours
    """A log whose last sequence has no next one (LOG-8)."""


class WriterActive(WalError):  # noqa: N818 - the published name
    """A log that another writer holds open (LOG-12)."""


class WalPoisoned(WalError):  # noqa: N818 - the published name
    """A writer that is of no use any more, because a write or sync failed (LOG-12); `__cause__` is that failure."""


class WriterClosed(WalError):  # noqa: N818 - named like its neighbours
    """A writer that was closed."""


class RepairError(WalError):
    """A log that is not repaired: it has no torn tail, or what would be cut off cannot be kept beside it."""


class ProofError(CalybrisError):
    """An envelope that is not complete (PROOF-3): `value` is what stands in the field `at`."""

    def __init__(self, detail: str, *, code: str, at: str, value: Any) -> None:
        super().__init__(detail, code=code, at=at)
        self.value = value
