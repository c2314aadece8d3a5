"""Records of audited decisions as JSON values, and logs of them, honest or forged (LOG-9)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.answers import ok
from calybris_conformance.vectorgen.builders import Record, given, model, request
from calybris_conformance.vectorgen.logs import chain

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The policy of most records: two models, so that a decision has a runner-up.
GIVEN = given([model(1), model(2, p95_latency_ms=300)])

#: Requests of every kind of answer under it.
REQUESTS: dict[str, Record] = {
    "execute": request(),
    "substitute": request(requested_model_id=2),
    "reject-gate": request(minimum_quality_bps=9_999),
    "reject-risk": request(risk_bps=9_600),
    "reject-confidence": request(confidence_bps=0),
}


def question(asked: Record, decided_for: Record, **changes: Any) -> Record:
    """An input of `wal.append_audited` for an empty log, without metadata, unverified; with the changes given."""
    plain: Record = {"log": [], "key_hex": None, "metadata": "null", "verified": False}
    return {**plain, "request": asked, "decided_for": decided_for, **changes}


def record(asked: Record, decided_for: Record | None = None, under: Mapping[str, Any] = GIVEN) -> Record:
    """The record of the decision that a policy takes for `decided_for`, by default for the request itself."""
    added = ok("wal.append_audited", under, question(asked, asked if decided_for is None else decided_for))
    data: Record = json.loads(bytes.fromhex(added["added_hex"]))["data"]
    return data


def changed(whole: Record, **parts: Record | Any) -> Record:
    """A record with the fields of its parts changed: `changed(record, audit={…}, metadata=1)`."""
    return {
        key: {**value, **parts[key]} if key in parts and isinstance(value, dict) else parts.get(key, value)
        for key, value in whole.items()
    }


def compact(value: Any) -> bytes:
    """JSON as a writer prints it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def log(*records: Any, key: bytes | None = None) -> bytes:
    """A whole log with these records; one that is bytes stands as it is."""
    return b"".join(chain(*(one if isinstance(one, bytes) else compact(one) for one in records), key=key))
