"""`ids.lock`: every id that was ever given, with the hash of the question and its answer.

One line per id and hash, `id sha256`, append-only. A later line for an id replaces an earlier one (a new major version
of the vectors), and the word `withdrawn` in place of the hash retires the id for good: a report that names a case must
mean the same question for ever.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from calybris_conformance.corpus import sha256_hex

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK = "ids.lock"
WITHDRAWN = "withdrawn"


class LockError(Exception):
    """A case would change the meaning of an id that was given before."""


def case_hash(op: str, given: Any, input_: Any, expect: Any) -> str:
    """SHA-256 of the case without its prose: compact JSON with sorted keys, UTF-8."""
    parts = {"op": op, "given": given, "input": input_, "expect": expect}
    return sha256_hex(json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def read(text: str) -> dict[str, str]:
    """Id → the hash that counts now, or `withdrawn`."""
    return dict(line.split() for line in text.splitlines())


def extended(text: str, hashes: Mapping[str, str], *, new_major: bool = False) -> str:
    """The lock with the ids of this generation appended; `hashes` holds all of them, in order.

    Raises LockError when an id is taken by another question, or is gone, unless this is a new major version.
    """
    locked = read(text)
    changed = [case for case, found in hashes.items() if case in locked and locked[case] != found]
    gone = [case for case, found in locked.items() if case not in hashes and found != WITHDRAWN]
    for case in changed:
        if locked[case] == WITHDRAWN:
            raise LockError(f"{case}: this id was withdrawn and is never given again; choose another.")
        if not new_major:
            raise LockError(f"{case}: its question or answer changed, which needs a new major version (--new-major).")
    for case in gone:
        if not new_major:
            raise LockError(f"{case}: the case is gone, which needs a new major version (--new-major).")
    lines = [f"{case} {found}\n" for case, found in hashes.items() if locked.get(case) != found]
    return text + "".join(lines + [f"{case} {WITHDRAWN}\n" for case in gone])
