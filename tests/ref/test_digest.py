"""calybris_ref.digest: SHA-256 over the canonical bytes and strict hex (DIGEST-3 … DIGEST-5, DIGEST-7, DIGEST-8)."""

import hashlib

import pytest
from calybris import _core as peer
from hypothesis import given
from hypothesis import strategies as st

from calybris_ref import (
    DigestDecodeError,
    decision_digest,
    decision_preimage,
    decode_hex32,
    input_digest,
    input_preimage,
    ledger_digest,
    ledger_preimage,
    policy_digest,
    policy_preimage,
)
from calybris_ref.record import Record, columns
from tests.support import records
from tests.support.ledgers import snapshot as ledger
from tests.support.ledgers import tenant
from tests.support.records import model, policy, request

GOOD = "00112233445566778899aabbccddeeff" * 2


def values(record: Record) -> list[int]:
    return [getattr(record, column.name) for column in columns(type(record))]


def test_a_digest_is_the_hash_of_the_preimage() -> None:
    snapshot, asked = policy(), request()
    decision = snapshot.prescribe(asked)
    assert policy_digest(snapshot) == hashlib.sha256(policy_preimage(snapshot)).digest()
    assert input_digest(asked) == hashlib.sha256(input_preimage(asked)).digest()
    assert decision_digest(decision) == hashlib.sha256(decision_preimage(decision)).digest()


def test_the_digests_of_a_ledger_are_those_of_the_page() -> None:
    tenants = [tenant("é", 7, 7), tenant("acme", 100, 30, 20, 50)]
    shown = ledger(tenants, version=2, active_reservations=1)
    assert ledger_digest(shown) == hashlib.sha256(ledger_preimage(shown)).digest()
    assert ledger_digest(shown).hex() == "6bd0f9047996fe4b89e87198d9c72daa90c378e2cda7ad11391fd33b856fc3d0"
    marked = ledger(tenants, version=2, active_reservations=1, wal_high_watermark=9)
    assert ledger_digest(marked).hex() == "54460582e3dc89c9e4b0e8df5e26f49e2712b16e4049064a8c668cd70ed04919"


def test_the_digests_are_those_of_the_peer() -> None:
    models = [model(9), model(4, quality_bps=9_999)]
    snapshot, asked = policy(models), request(business_value_microunits=-1)
    twin = peer.PolicySnapshot(**records.POLICY, models=[peer.KernelModel(*values(one)) for one in models])
    question = peer.KernelInput(*values(asked))
    bundle = twin.audit_bundle(question, twin.prescribe(question))
    assert policy_digest(snapshot).hex() == bundle["policy_digest_hex"]
    assert input_digest(asked).hex() == bundle["input_digest_hex"]
    ordered = policy(sorted(models, key=lambda one: one.model_id))
    assert decision_digest(ordered.prescribe(asked)).hex() == bundle["decision_digest_hex"]


@given(st.binary(min_size=32, max_size=32))
def test_hex_reads_back(data: bytes) -> None:
    assert decode_hex32(data.hex()) == data


@pytest.mark.parametrize(
    ("text", "code", "at", "index", "byte"),
    [
        ("0", "DIGEST_HEX_LENGTH_ODD", "text", None, None),
        ("g", "DIGEST_HEX_LENGTH_ODD", "text", None, None),
        (GOOD + "0", "DIGEST_HEX_LENGTH_ODD", "text", None, None),
        ("", "DIGEST_HEX_LENGTH_INVALID", "text", None, None),
        ("00", "DIGEST_HEX_LENGTH_INVALID", "text", None, None),
        (GOOD + "00", "DIGEST_HEX_LENGTH_INVALID", "text", None, None),
        (GOOD[:-2], "DIGEST_HEX_LENGTH_INVALID", "text", None, None),
        ("0g", "DIGEST_HEX_CHARACTER_INVALID", "text[1]", 1, ord("g")),
        ("xyz0", "DIGEST_HEX_CHARACTER_INVALID", "text[0]", 0, ord("x")),
        (GOOD[:-1] + "F", "DIGEST_HEX_CHARACTER_INVALID", "text[63]", 63, ord("F")),
        ("A" + GOOD[1:], "DIGEST_HEX_CHARACTER_INVALID", "text[0]", 0, ord("A")),
        ("0x" + GOOD[2:], "DIGEST_HEX_CHARACTER_INVALID", "text[1]", 1, ord("x")),
        (" " + GOOD[1:], "DIGEST_HEX_CHARACTER_INVALID", "text[0]", 0, ord(" ")),
        (GOOD[:-1] + "\n", "DIGEST_HEX_CHARACTER_INVALID", "text[63]", 63, ord("\n")),
        ("é" + GOOD[2:], "DIGEST_HEX_CHARACTER_INVALID", "text[0]", 0, 0xC3),  # two bytes for one character
        ("é" + GOOD[1:], "DIGEST_HEX_LENGTH_ODD", "text", None, None),
        ("0١", "DIGEST_HEX_LENGTH_ODD", "text", None, None),
        ("00١", "DIGEST_HEX_CHARACTER_INVALID", "text[2]", 2, 0xD9),
        ("0\ud800", "DIGEST_HEX_CHARACTER_INVALID", "text[1]", 1, 0xED),  # a lone surrogate
    ],
)
def test_what_is_not_64_lowercase_hex_characters_is_refused(
    text: str, code: str, at: str, index: int | None, byte: int | None
) -> None:
    with pytest.raises(DigestDecodeError) as refused:
        decode_hex32(text)
    error = refused.value
    assert (error.code, error.at, error.index, error.byte) == (code, at, index, byte)


@given(st.text(max_size=70))
def test_any_text_is_decoded_or_refused(text: str) -> None:
    try:
        data = decode_hex32(text)
    except DigestDecodeError:
        return
    assert data.hex() == text


def test_policies_that_take_turns_keep_their_digests() -> None:
    one, other = policy(), policy(policy_epoch=7)
    digests = [policy_digest(snapshot) for snapshot in (one, one, other, one, other)]
    assert digests == [hashlib.sha256(policy_preimage(snapshot)).digest() for snapshot in (one, one, other, one, other)]
