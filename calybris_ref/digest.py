"""The identity of a policy, a request, a decision and a ledger: SHA-256 over its canonical bytes; hex read strictly.

Clauses DIGEST-1 … DIGEST-5 and DIGEST-8 (the bytes themselves are in `layout`) and DIGEST-7.
"""

from hashlib import sha256

from calybris_ref.errors import DigestDecodeError
from calybris_ref.layout import decision_preimage, input_preimage, ledger_preimage, policy_preimage
from calybris_ref.ledger import BudgetSnapshot
from calybris_ref.model import KernelDecision, KernelInput
from calybris_ref.policy import PolicySnapshot

__all__ = [
    "DIGEST_BYTES",
    "decision_digest",
    "decision_preimage",
    "decode_hex32",
    "input_digest",
    "input_preimage",
    "ledger_digest",
    "ledger_preimage",
    "policy_digest",
    "policy_preimage",
]

DIGEST_BYTES = 32
_HEX_CHARACTERS = frozenset(b"0123456789abcdef")


_last_policy: tuple[PolicySnapshot | None, bytes] = (None, b"")


def policy_digest(snapshot: PolicySnapshot) -> bytes:
    """The 32 bytes that identify a policy, whatever the order of its catalog (DIGEST-3)."""
    global _last_policy
    # A snapshot is immutable, and a log or a batch asks about the same one again and again.
    known, digest = _last_policy
    if known is not snapshot:
        digest = sha256(policy_preimage(snapshot)).digest()
        _last_policy = snapshot, digest
    return digest


def input_digest(request: KernelInput) -> bytes:
    """The 32 bytes that identify a request (DIGEST-4)."""
    return sha256(input_preimage(request)).digest()


def decision_digest(decision: KernelDecision) -> bytes:
    """The 32 bytes that identify a decision (DIGEST-5)."""
    return sha256(decision_preimage(decision)).digest()


def ledger_digest(snapshot: BudgetSnapshot) -> bytes:
    """The 32 bytes that identify a ledger at one moment, whatever the order of its tenants (DIGEST-8)."""
    return sha256(ledger_preimage(snapshot)).digest()


def decode_hex32(text: str) -> bytes:
    """The 32 bytes that 64 lowercase hex characters stand for (DIGEST-7).

    DigestDecodeError, the first that applies: an odd number of bytes (UTF-8), the first byte that is no lowercase hex
    character (`index`, `byte`), a length other than 64.
    """
    # A lone surrogate has no UTF-8 form; passing it through lets it be refused as the bad character that it is.
    data = text.encode("utf-8", "surrogatepass")
    if len(data) % 2:
        raise DigestDecodeError(f"{len(data)} bytes are an odd number", code="DIGEST_HEX_LENGTH_ODD", at="text")
    for index, byte in enumerate(data):
        if byte not in _HEX_CHARACTERS:
            raise DigestDecodeError(
                f"byte 0x{byte:02x} is not a lowercase hex character",
                code="DIGEST_HEX_CHARACTER_INVALID",
                at=f"text[{index}]",
                index=index,
                byte=byte,
            )
    if len(data) != 2 * DIGEST_BYTES:
        raise DigestDecodeError(
            f"{len(data)} characters are not {2 * DIGEST_BYTES}", code="DIGEST_HEX_LENGTH_INVALID", at="text"
        )
    return bytes.fromhex(text)
