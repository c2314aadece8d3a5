"""Blocks of audited decisions replayed at once: the quick way beside `wal_replay` (LOG-9, LOG-10).

Where every record in the blocks is as a writer writes it, and holds, the answer says which policies took how many
decisions. Where one does not hold, or nobody is sure, it is None, and `wal_replay` finds the first that fails and says
why. Needs the extra `bulk`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from calybris_ref.batch import prescribe_columns
from calybris_ref.layout import DECISION, DECISION_TAG, INPUT, INPUT_TAG, Layout
from calybris_ref.policy import PolicySnapshot
from calybris_ref.wal_blocks import VerifiedBlock
from calybris_ref.wal_compiled import STEPS, read_lines
from calybris_ref.wal_replay import PolicyIdentity
from calybris_ref.wal_steps import (
    DECISION_AT,
    DECISION_DIGEST_AT,
    HEX_BYTES,
    INPUT_AT,
    INPUT_DIGEST_AT,
    POLICY_AT,
    ROW_BYTES,
)

Rows = NDArray[np.uint8]

_TYPES = {"B": "u1", "H": "<u2", "I": "<u4", "Q": "<u8", "q": "<i8"}
_VALUE = msgspec.json.Decoder(msgspec.Raw)


def _fields_of(layout: Layout) -> np.dtype[Any]:
    return np.dtype([(name, _TYPES[code]) for name, code in zip(layout.names, layout.codes, strict=True)])


_REQUESTS, _DECISIONS = _fields_of(INPUT), _fields_of(DECISION)
_POLICY = np.dtype([("policy_epoch", "<u8"), ("catalog_epoch", "<u8"), ("policy_digest_hex", f"S{HEX_BYTES}")])


def replayed(
    blocks: Sequence[VerifiedBlock], find: Callable[[PolicyIdentity], PolicySnapshot | None]
) -> Counter[str] | None:
    """How many decisions each policy took, by its digest in hex; None unless all records are plain, and hold."""
    rows = _read(blocks)
    if rows is None or not _digests_hold(rows):
        return None
    uses: Counter[str] = Counter()
    for identity, chosen in _by_policy(rows):
        snapshot = find(identity)
        if snapshot is None or not _decided(snapshot, chosen):
            return None
        uses[identity.policy_digest_hex] += len(chosen)
    return uses


def _read(blocks: Sequence[VerifiedBlock]) -> Rows | None:
    counts = [block.end.head.sequence - block.start.head.sequence for block in blocks]
    rows = np.zeros((sum(counts), ROW_BYTES), np.uint8)
    metadata = np.zeros((len(rows), 2), np.int64)
    rows[:, INPUT_AT : INPUT_AT + len(INPUT_TAG)] = np.frombuffer(INPUT_TAG, np.uint8)
    rows[:, DECISION_AT : DECISION_AT + len(DECISION_TAG)] = np.frombuffer(DECISION_TAG, np.uint8)
    done = 0
    for block, count in zip(blocks, counts, strict=True):
        places = metadata[done : done + count]
        if read_lines(np.frombuffer(block.lines, np.uint8), STEPS, rows[done : done + count], places) != count:
            return None
        if not all(_is_value(block.lines[start:end]) for start, end in places[places[:, 0] >= 0].tolist()):
            return None
        done += count
    return rows


def _is_value(text: bytes) -> bool:
    try:
        return len(memoryview(_VALUE.decode(text))) == len(text)
    except (msgspec.DecodeError, RecursionError):
        return False


def _digests_hold(rows: Rows) -> bool:
    """Whether each record has the digests that its bundle claims."""
    for start, end, claimed_at in (
        (INPUT_AT, DECISION_AT, INPUT_DIGEST_AT),
        (DECISION_AT, POLICY_AT, DECISION_DIGEST_AT),
    ):
        preimages, size = memoryview(rows[:, start:end].tobytes()), end - start
        digests = [sha256(preimages[at : at + size]).digest() for at in range(0, len(preimages), size)]
        if b"".join(digests).hex().encode() != rows[:, claimed_at : claimed_at + HEX_BYTES].tobytes():
            return False
    return True


def _by_policy(rows: Rows) -> list[tuple[PolicyIdentity, Rows]]:
    """The rows of each policy that a bundle names."""
    named = rows[:, POLICY_AT:INPUT_DIGEST_AT]
    if (named == named[:1]).all():
        groups = [(named[:1], rows)] if len(rows) else []
    else:
        policies, places = np.unique(named, axis=0, return_inverse=True)
        groups = [(policies[place : place + 1], rows[places.reshape(-1) == place]) for place in range(len(policies))]
    return [(_identity(one), chosen) for one, chosen in groups]


def _identity(named: Rows) -> PolicyIdentity:
    ((policy_epoch, catalog_epoch, digest_hex),) = np.frombuffer(named.tobytes(), _POLICY).tolist()
    return PolicyIdentity(policy_epoch, catalog_epoch, digest_hex.decode())


def _decided(snapshot: PolicySnapshot, rows: Rows) -> bool:
    """Whether a policy takes the decisions in these rows."""
    requests = np.frombuffer(rows[:, INPUT_AT + len(INPUT_TAG) : DECISION_AT].tobytes(), _REQUESTS)
    decided = prescribe_columns(snapshot, {name: requests[name] for name in INPUT.names})
    expected = np.empty(len(rows), _DECISIONS)
    for name in DECISION.names:
        expected[name] = decided[name]
    return expected.tobytes() == rows[:, DECISION_AT + len(DECISION_TAG) : POLICY_AT].tobytes()
