"""calybris_ref.snapshot_json: how a snapshot is written, and all that a reader refuses (SNAP-1, SNAP-2)."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calybris_ref import BudgetSnapshot, PersistenceError, TenantLedger, snapshot_from_text, snapshot_text
from calybris_ref.record import I64_WIDTH, U64_WIDTH
from calybris_ref.snapshot_json import MAX_SNAPSHOT_BYTES
from tests.support import markdown
from tests.support.ledgers import snapshot, tenant
from tests.support.records import I64_MAX, I64_MIN, U64_MAX
from tests.support.strategies import integers

PAGE = Path(__file__).resolve().parents[2] / "docs" / "spec" / "recovery.md"
SHOWN = snapshot([tenant("acme", 100, 60, 0, 40)], version=2)
COMPACT = json.dumps(SHOWN.to_dict())
TENANTS = st.builds(TenantLedger, st.text(max_size=5), *[integers(I64_WIDTH)] * 4)
SNAPSHOTS = st.builds(
    BudgetSnapshot,
    integers(U64_WIDTH),
    st.lists(TENANTS, max_size=3).map(tuple),
    integers(U64_WIDTH),
    st.none() | integers(U64_WIDTH),
)


def test_the_example_of_the_page() -> None:
    (block,) = markdown.blocks(PAGE.read_text("utf-8"), "json")
    assert snapshot_text(SHOWN) + "\n" == block.text
    assert snapshot_from_text(block.text) == SHOWN


def test_an_empty_ledger_and_a_watermark() -> None:
    assert snapshot_text(snapshot(wal_high_watermark=U64_MAX)) == (
        '{\n  "version": 1,\n  "tenants": [],\n  "active_reservations": 0,\n'
        '  "wal_high_watermark": 18446744073709551615\n}'
    )


def test_texts_are_written_as_in_a_log() -> None:
    written = snapshot_text(snapshot([tenant('"\\/\b\t\n\f\r\0\x1b\x1f\x7fé\u2028\U0001f600')]))
    assert '"tenant_id": "\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001b\\u001f\x7fé\u2028\U0001f600",' in written


@given(SNAPSHOTS)
def test_every_snapshot_reads_back(shown: BudgetSnapshot) -> None:
    written = snapshot_text(shown)
    assert snapshot_from_text(written) == shown
    assert snapshot_from_text(written.encode()) == shown
    assert snapshot_from_text(json.dumps(shown.to_dict())) == shown


def changed(old: str, new: str) -> str:
    assert COMPACT.count(old) == 1
    return COMPACT.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        "\r\n\t " + COMPACT + " \r\n\t",
        COMPACT.replace(", ", " ,\n"),
        json.dumps(dict(reversed(SHOWN.to_dict().items()))),
        changed(', "wal_high_watermark": null', ""),  # older writers
        changed('"tenants"', '"\\u0074enants"'),
        changed('"acme"', '"\\u0061cm\\u0065"'),
    ],
    ids=["white space", "line feeds", "order", "no watermark", "an escaped key", "an escaped text"],
)
def test_the_form_of_the_json_makes_no_difference(text: str) -> None:
    assert snapshot_from_text(text) == SHOWN


def test_a_surrogate_pair_in_escapes_is_one_character() -> None:
    assert snapshot_from_text(changed("acme", "\\ud83d\\ude00")).tenants[0].tenant_id == "\U0001f600"


MALFORMED: dict[str, str | bytes] = {
    "nothing": "",
    "white space": " \n",
    "a torn file": COMPACT[:-1],
    "two objects": COMPACT * 2,
    "text behind": COMPACT + "x",
    "a NUL behind": COMPACT + "\0",
    "a form feed": COMPACT + "\f",
    "a comma too much": COMPACT[:-1] + ",}",
    "single quotes": COMPACT.replace('"', "'"),
    "a comment": "/**/" + COMPACT,
    "a list": f"[{COMPACT}]",
    "null": "null",
    "a number": "1",
    "an array form": "[1, [], 0, null]",
    "a byte order mark": b"\xef\xbb\xbf" + COMPACT.encode(),
    "UTF-16": COMPACT.encode("utf-16"),
    "UTF-32": COMPACT.encode("utf-32-be"),
    "latin-1": changed("acme", "é").encode("latin-1"),
    "a control character in a text": changed("acme", "\x1f"),
    "an unknown escape": changed("acme", "\\x"),
    "half of a pair": changed("acme", "\\ud800"),
    "the other half": changed("acme", "\\udc00x"),
    "half of a pair as bytes": changed("acme", "\ud800"),
    "half of a pair in a key": changed('"version"', '"\\ud800"'),
    "an unknown key": changed('"version"', '"more": 1, "version"'),
    "an unknown key of a tenant": changed('"tenant_id"', '"more": 1, "tenant_id"'),
    "a key twice": changed('"version": 2', '"version": 2, "version": 2'),
    "a key twice, once escaped": changed('"version": 2', '"version": 2, "\\u0076ersion": 2'),
    "a key twice in a tenant": changed('"tenant_id"', '"tenant_id": "acme", "tenant_id"'),
    "an unknown key twice": changed('"version"', '"more": 1, "more": 1, "version"'),
    "no version": changed('"version": 2, ', ""),
    "no tenants": changed('"tenants"', '"other"'),
    "no active_reservations": changed('"active_reservations": 0, ', ""),
    "no tenant_id": changed('"tenant_id": "acme", ', ""),
    "no amount": changed(', "committed_microcents": 40', ""),
    "a fraction": changed('"version": 2', '"version": 2.0'),
    "an exponent": changed('"version": 2', '"version": 2e0'),
    "a large exponent": changed('"version": 2', '"version": 2e999999'),
    "minus 0": changed('"version": 2', '"version": -0'),
    "minus 0 in a tenant": changed('"reserved_microcents": 0', '"reserved_microcents": -0'),
    "a leading 0": changed('"version": 2', '"version": 02'),
    "a plus": changed('"version": 2', '"version": +2'),
    "NaN": changed('"version": 2', '"version": NaN'),
    "Infinity": changed('"version": 2', '"version": -Infinity'),
    "negative": changed('"version": 2', '"version": -1'),
    "above u64": changed('"version": 2', f'"version": {U64_MAX + 1}'),
    "above i64": changed('"committed_microcents": 40', f'"committed_microcents": {I64_MAX + 1}'),
    "below i64": changed('"committed_microcents": 40', f'"committed_microcents": {I64_MIN - 1}'),
    "very long": changed('"version": 2', '"version": ' + "9" * 100_000),
    "a text for a number": changed('"version": 2', '"version": "2"'),
    "a flag for a number": changed('"version": 2', '"version": true'),
    "null for a number": changed('"version": 2', '"version": null'),
    "a number for a text": changed('"acme"', "7"),
    "null for a text": changed('"acme"', "null"),
    "an object for a list": changed('"tenants": [', '"tenants": {"a": [').replace("}],", "}]},"),
    "a list for a tenant": re.sub(r"\{\"tenant_id.*?\}", '["acme", 100, 60, 0, 40]', COMPACT),
    "a text for the watermark": changed('"wal_high_watermark": null', '"wal_high_watermark": "1"'),
    "a flag for the watermark": changed('"wal_high_watermark": null', '"wal_high_watermark": false'),
    "deep nesting": changed('"version": 2', '"version": ' + "[" * 200_000),
    "deep nesting, closed": changed('"version": 2', '"version": ' + "[" * 100_000 + "]" * 100_000),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed(text: str | bytes) -> None:
    with pytest.raises(PersistenceError) as refused:
        snapshot_from_text(text)
    error = refused.value
    assert (error.code, error.at, error.path) == ("SNAPSHOT_MALFORMED", "file", None)
    assert len(str(error)) < 300
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "file: it is not JSON: expecting property name enclosed in double quotes (character 1)"),
        (changed('"version": 2', '"version": 2.5'), "file: 2.5 is no integer of a snapshot"),
        (changed('"version": 2', '"version": 2, "version": 3'), "file: the key 'version' stands twice in an object"),
        (
            changed('"committed_microcents": 40', '"committed_microcents": null'),
            f"file: tenants[0].committed_microcents: None is not an integer from {I64_MIN} to {I64_MAX}",
        ),
        ("[]", "file: an object is needed, not list"),
    ],
)
def test_a_refusal_is_one_clear_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PersistenceError) as refused:
        snapshot_from_text(text)
    assert str(refused.value) == sentence


def test_the_largest_file_is_read_and_one_byte_more_is_not() -> None:
    text = COMPACT + " " * (MAX_SNAPSHOT_BYTES - len(COMPACT))
    assert snapshot_from_text(text) == SHOWN
    with pytest.raises(PersistenceError) as refused:
        snapshot_from_text(text + "x")  # what is in it is not asked
    assert (refused.value.code, refused.value.at) == ("SNAPSHOT_TOO_LARGE", "file")


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60)))
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    with pytest.raises(PersistenceError):
        snapshot_from_text(text)
