"""Logs as bytes, written by hand: each line can be wrong in the one way that a test is about."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from calybris_ref import CalybrisError, audit_bundle
from tests.support.records import policy, request

KEY = bytes(range(32))
POLICY = policy()
REQUEST = request()
DECISION = POLICY.prescribe(REQUEST)


def hashed(previous_hash: str, data: bytes, key: bytes | None = None) -> str:
    """LOG-2, written a second time."""
    bytes_hashed = previous_hash.encode() + data
    if key is None:
        return hashlib.sha256(bytes_hashed).hexdigest()
    return hmac.new(key, bytes_hashed, "sha256").hexdigest()


def line(sequence: int, previous_hash: str, data: bytes, key: bytes | None = None) -> bytes:
    """A line with the right hash, as a writer writes it."""
    own_hash = hashed(previous_hash, data, key)
    return b'{"sequence":%d,"previous_hash":"%b","entry_hash":"%b","data":%b}\n' % (
        sequence,
        previous_hash.encode(),
        own_hash.encode(),
        data,
    )


def log(*payloads: bytes, key: bytes | None = None) -> bytes:
    """A whole log with these payloads."""
    lines, last_hash = [], "genesis"
    for sequence, data in enumerate(payloads, 1):
        lines.append(line(sequence, last_hash, data, key))
        last_hash = hashed(last_hash, data, key)
    return b"".join(lines)


def last_hash(*payloads: bytes, key: bytes | None = None) -> str:
    """The hash at the end of a log with these payloads."""
    last = "genesis"
    for data in payloads:
        last = hashed(last, data, key)
    return last


def record(**changes: Any) -> dict[str, Any]:
    """The record of the ordinary decision as JSON values, with other parts where `changes` names them."""
    bundle = audit_bundle(POLICY, REQUEST, DECISION)
    parts = {
        "audit": bundle.to_dict(),
        "input": REQUEST.to_dict(),
        "decision": DECISION.to_dict(),
        "metadata": None,
    }
    return {**parts, **changes}


def compact(value: Any) -> bytes:
    """JSON without white space."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def refusal(caught: pytest.ExceptionInfo[CalybrisError]) -> tuple[str, str]:
    """What programs see of a refusal."""
    return caught.value.code, caught.value.at
