"""What a log says of a decision: the record of LOG-9, written for an append, read strictly for a replay (LOG-10)."""

from dataclasses import dataclass
from typing import Any, Self

from calybris_ref.errors import CalybrisError
from calybris_ref.errors_wal import AuditFailed
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.payload import check_payload_size, payload_bytes, payload_text
from calybris_ref.policy import PolicySnapshot
from calybris_ref.verify import AuditBundle, audit_bundle
from calybris_ref.wal_json import NotJsonError, flat_object, members
from calybris_ref.wal_print import printed

_KEYS = ("audit", "input", "decision", "metadata")


@dataclass(frozen=True, slots=True)
class AuditedRecord:
    """The payload of an audited decision: its bundle, its request, itself, and the bytes of any JSON value."""

    audit: AuditBundle
    request: KernelInput
    decision: KernelDecision
    metadata: bytes

    @classmethod
    def from_data(cls, data: bytes) -> Self:
        """The record in the payload of a log's entry; AuditFailed LOG_RECORD_MALFORMED at `data` for any other."""
        try:
            parts = _parts(data.decode())
            return cls(
                AuditBundle.from_dict(flat_object(parts["audit"])),
                KernelInput.from_dict(flat_object(parts["input"])),
                KernelDecision.from_dict(flat_object(parts["decision"])),
                parts["metadata"].encode(),
            )
        except (NotJsonError, CalybrisError) as error:
            raise AuditFailed(
                f"the payload is no record of a decision: {error}", code="LOG_RECORD_MALFORMED", at="data"
            ) from None


def record_bytes(audit: AuditBundle, request: KernelInput, decision: KernelDecision, metadata: Any) -> bytes:
    """The payload of an audited decision, as it is (LOG-9); PayloadError for metadata that no payload holds."""
    if parts := printed(audit, request, decision):
        # With its key in front, so that a refusal names the path and counts the levels.
        last = b'"metadata":null}' if metadata is None else payload_text({"metadata": metadata})[1:].encode()
        payload = b"{%b,%b" % (parts, last)
        check_payload_size(payload)
        return payload
    return payload_bytes(
        {"audit": audit.to_dict(), "input": request.to_dict(), "decision": decision.to_dict(), "metadata": metadata}
    )


def verified_record_bytes(
    snapshot: PolicySnapshot, request: KernelInput, decision: KernelDecision, metadata: Any
) -> bytes:
    """The payload of a decision that replays; AuditFailed for any other (LOG-9, VERIFY-1)."""
    bundle = audit_bundle(snapshot, request, decision)
    if not bundle.replay_valid:
        raise AuditFailed(
            "the policy decides otherwise for this request, so the decision is not written",
            code="LOG_DECISION_NOT_REPLAYED",
            at="decision",
            expected=snapshot.prescribe(request),
            found=decision,
        )
    return record_bytes(bundle, request, decision, metadata)


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for key, start, end in members(text):
        if key not in _KEYS or key in parts:
            raise NotJsonError("a key of it is unknown, or stands in it twice")
        parts[key] = text[start:end]
    if len(parts) != len(_KEYS):
        raise NotJsonError("a key of it is missing")
    return parts
