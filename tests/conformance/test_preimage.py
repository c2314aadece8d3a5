"""Which byte and field of a hashed record is wrong. The expected places are those of the byte tables in docs/spec."""

import hashlib
from typing import Any

import pytest

from calybris_conformance import wire
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.compare import judge
from calybris_conformance.corpus import Case
from calybris_conformance.preimage import explain
from calybris_conformance.protocol import Ok
from calybris_conformance.vectorgen.preimage import preimage

POLICY = b"calypol1\0" + bytes(30 + 2 * 47)
REQUEST = b"calyinp1\0" + bytes(70)
DECISION = b"calydcn1\0" + bytes(65)
AMOUNTS = [key for key in wire.TENANT if key != "tenant_id"]
SNAPSHOT: dict[str, Any] = {
    "version": "2",
    "tenants": [
        {"tenant_id": "é", **dict.fromkeys(AMOUNTS, "7")},
        {"tenant_id": "acme", **dict.fromkeys(AMOUNTS, "-1")},
    ],
    "active_reservations": "1",
    "wal_high_watermark": "9",
}
LEDGER = preimage("digest.ledger", {"snapshot": SNAPSHOT}) or b""


@pytest.mark.parametrize(
    ("right", "byte", "field"),
    [
        (POLICY, 8, "tag"),
        (POLICY, 9, "policy_epoch"),
        (POLICY, 25, "hard_risk_limit_bps"),
        (POLICY, 38, "latency_penalty_microunits_per_ms"),
        (POLICY, 39, "models[0].model_id"),
        (POLICY, 49, "models[0].enabled"),
        (POLICY, 86, "models[1].model_id"),
        (POLICY, 132, "models[1].output_cost_microunits_per_million_tokens"),
        (REQUEST, 17, "requested_model_id"),
        (REQUEST, 45, "risk_bps"),
        (REQUEST, 78, "required_region_mask"),
        (DECISION, 17, "action"),
        (DECISION, 18, "reason"),
        (DECISION, 19, "reason"),
        (DECISION, 20, "selected_model_id"),
        (DECISION, 73, "catalog_epoch"),
        (LEDGER, 9, "version"),
        (LEDGER, 17, "tenant_count"),
        (LEDGER, 25, "active_reservations"),
        (LEDGER, 33, "tenants[0].tenant_id_length"),
        (LEDGER, 40, "tenants[0].tenant_id"),
        (LEDGER, 41, "tenants[0].initial_microcents"),
        (LEDGER, 77, "tenants[1].tenant_id"),
        (LEDGER, 110, "tenants[1].committed_microcents"),
        (LEDGER, 111, "watermark_tag"),
        (LEDGER, 151, "wal_high_watermark"),
    ],
)
def test_a_wrong_byte_is_found_and_named(right: bytes, byte: int, field: str) -> None:
    wrong = bytearray(right)
    wrong[byte] ^= 0xFF
    note = explain(right.hex(), wrong.hex(), hashlib.sha256(wrong).hexdigest())
    assert note.startswith(f"byte {byte}, field {field}: ")


@pytest.mark.parametrize(
    ("sent_hex", "note"),
    [
        (None, "send preimage_hex beside ok to be told which byte differs"),
        ("0", "its preimage_hex has an odd number of characters"),
        (REQUEST.hex(), f"its preimage is right, but its SHA-256 is {hashlib.sha256(REQUEST).hexdigest()}"),
        (
            REQUEST[:-1].hex(),
            f"byte 78, field required_region_mask: {'00' * 8} is right, not {'00' * 7}; 78 bytes in all, 79 are right",
        ),
        ((REQUEST + b"x").hex(), "byte 79; 80 bytes in all, 79 are right"),
        ("", "byte 0, field tag: 63616c79696e703100 is right, not the end; 0 bytes in all, 79 are right"),
    ],
)
def test_other_ways_to_be_wrong(sent_hex: str | None, note: str) -> None:
    digest = "00" if sent_hex in (None, "0") else hashlib.sha256(bytes.fromhex(sent_hex)).hexdigest()
    if sent_hex == REQUEST.hex():
        digest = "ff" * 32
    assert explain(REQUEST.hex(), sent_hex, digest) == note


def test_a_preimage_that_was_not_hashed_is_told() -> None:
    note = explain(REQUEST.hex(), (b"x" + REQUEST[1:]).hex(), "00" * 32)
    assert note.startswith("its preimage_hex is not what it hashed; byte 0, field tag")


@pytest.mark.parametrize("watermark", [None, "0", "9"])
def test_the_bytes_of_a_vector_are_those_that_the_library_hashes(watermark: str | None) -> None:
    asked = {"snapshot": SNAPSHOT | {"wal_high_watermark": watermark}}
    data = preimage("digest.ledger", asked)
    assert data is not None
    assert {"digest_hex": hashlib.sha256(data).hexdigest()} == ADAPTER.operations["digest.ledger"]({}, asked)


def test_a_ledger_too_large_to_show_has_no_bytes_in_the_file() -> None:
    large = {"tenant_id": "x" * 20_000, **dict.fromkeys(AMOUNTS, "0")}
    assert preimage("digest.ledger", {"snapshot": SNAPSHOT | {"tenants": [large]}}) is None


def test_an_unknown_tag_has_no_fields() -> None:
    assert explain("aabb", "aabc", hashlib.sha256(bytes.fromhex("aabc")).hexdigest()) == "byte 1"


def test_the_judge_says_it_beside_the_digest() -> None:
    expect: dict[str, Any] = {
        "ok": {"digest_hex": hashlib.sha256(REQUEST).hexdigest()},
        "preimage_hex": REQUEST.hex(),
    }
    case = Case("a/b", "", (), (), "s", "digest.input", "must", frozenset(), {}, {}, expect, None, "")
    wrong = bytearray(REQUEST)
    wrong[45:47] = b"\x01\x02"
    verdict = judge(case, Ok({"digest_hex": hashlib.sha256(wrong).hexdigest()}, wrong.hex()))
    assert verdict.differences[0].note == "byte 45, field risk_bps: 0000 is right, not 0102"
    assert judge(case, Ok(expect["ok"], "00")).outcome == "pass"  # the port's bytes are never judged
