"""A log replayed block after block, in one pass: many records at once where that can be, else one by one (LOG-10).

The chain comes first: whatever is wrong with it is refused before any record is. In one pass that means to remember the
first record that does not hold, and to go on verifying. Every record is looked at after its entry was verified.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from calybris_ref.errors_wal import AuditFailed
from calybris_ref.policy import PolicySnapshot
from calybris_ref.wal_blocks import VerifiedBlock
from calybris_ref.wal_replay import PolicyBook, PolicyIdentity, WalReplayVerdict, good_verdict, replayed_record

# What is replayed at once: enough for the compiled kernel to be worth its call, and little enough for the memory.
_BATCH_BYTES = 4 * 1024 * 1024
# Below this the quick way is not worth the import of what it needs.
_SMALLEST_BATCH_BYTES = 1024 * 1024
_Quick: TypeAlias = Callable[
    [Sequence[VerifiedBlock], Callable[[PolicyIdentity], PolicySnapshot | None]], Counter[str] | None
]


class Replay:
    """How far the records of a log hold.

    `uses` counts the decisions of each policy, by its digest in hex; `failure` is the first record that does not hold.
    """

    def __init__(self, book: PolicyBook) -> None:
        self.uses: Counter[str] = Counter()
        self.failure: AuditFailed | None = None
        self._book = book
        self._is_worth_it = False

    @property
    def decisions(self) -> int:
        """How many decisions hold, from the first on."""
        return self.uses.total()

    def take(self, blocks: Sequence[VerifiedBlock]) -> None:
        """Replay the next blocks of a verified log."""
        if self.failure:
            return
        self._is_worth_it |= sum(len(block.lines) for block in blocks) >= _SMALLEST_BATCH_BYTES
        quick = _quick() if self._is_worth_it else None
        uses = quick(blocks, self._book.find) if quick else None
        if uses is None:
            self._take_one_by_one(blocks)
        else:
            self.uses += uses

    def verdicts(self) -> Iterator[WalReplayVerdict]:
        """A verdict for each decision that holds; AuditFailed behind the last if there is one that does not."""
        for sequence in range(1, self.decisions + 1):
            yield good_verdict(sequence)
        if self.failure:
            raise self.failure

    def _take_one_by_one(self, blocks: Sequence[VerifiedBlock]) -> None:
        try:
            for block in blocks:
                for placed in block.entries():
                    record = replayed_record(placed, self._book)
                    self.uses[record.audit.policy_digest_hex] += 1
        except AuditFailed as error:
            self.failure = error


def replay_blocks(blocks: Iterable[VerifiedBlock], book: PolicyBook) -> Replay:
    """Replay a log while it is verified; WalError for the first entry that does not hold (LOG-4)."""
    replay = Replay(book)
    batch: list[VerifiedBlock] = []
    size = 0
    for block in blocks:
        batch.append(block)
        size += len(block.lines)
        if size >= _BATCH_BYTES:
            replay.take(batch)
            batch, size = [], 0
    replay.take(batch)
    return replay


@cache
def _quick() -> _Quick | None:
    try:
        from calybris_ref.wal_columns import replayed  # the extra `bulk`, and not before it pays
    except ImportError:
        return None
    return replayed
