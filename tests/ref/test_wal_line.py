"""calybris_ref.wal_line: one line of a log (LOG-1, LOG-2, LOG-3, LOG-6)."""

import pytest

from calybris_ref import KeyTooShort, wal_line
from calybris_ref.wal_json import NotJsonError
from calybris_ref.wal_line import WalEntry, WalHead, check_key, entry_hash, is_blank, read_line, same_hash
from tests.support.logs import KEY, line, refusal

# The table of LOG-2.
HASHES = [
    (b"null", None, "178e0a74a0661098a1877cec84b228ea890382012772c6fdff5856469b5342de"),
    (b'{"a":1}', None, "802f6ff9e25560620fd1cee3d81b398f84a172da51e9bff2848b9311a901623d"),
    (b'{"a": 1}', None, "bfd5f35b43681d586db0f4a547a500ca3850215acff2c63a755f21b516920bfb"),
    (b"null", b"k" * 32, "8aa95efacf88be8dc15a00cea005bc18dad49725e55fb7319a220e685b182a09"),
]
OWN_HASH = HASHES[0][2]
WRITTEN = b'{"sequence":1,"previous_hash":"genesis","entry_hash":"%b","data":null}\n' % OWN_HASH.encode()
ENTRY = WalEntry(1, "genesis", OWN_HASH, b"null")


@pytest.mark.parametrize(("data", "key", "expected"), HASHES)
def test_the_hash_is_over_the_bytes(data: bytes, key: bytes | None, expected: str) -> None:
    assert entry_hash("genesis", data, key) == expected


def test_a_writer_writes_the_keys_in_order_and_no_white_space() -> None:
    assert ENTRY.line() == WRITTEN
    assert ENTRY.head == WalHead(1, OWN_HASH)
    assert WalEntry(2, "a", "b", '{"é":[1]}'.encode()).payload == {"é": [1]}


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        WRITTEN[:-1],
        WRITTEN[:-1] + b"\r\n",
        WRITTEN.replace(b":null}", b" :\t null }  "),
        WRITTEN.replace(b'"data":null', b'"data":null').replace(b'"sequence":1,', b"")[:-2] + b',"sequence":1}',
        WRITTEN.replace(b'"sequence"', b'"\\u0073equence"').replace(b"genesis", b"\\u0067enesis"),
    ],
)
def test_white_space_order_and_escapes_do_not_matter(text: bytes) -> None:
    assert read_line(text) == ENTRY


@pytest.mark.parametrize(
    "data", ["null", '{"a": 1.50, "a":[ ]}', '"é\\ud800"', "[" * 3_000 + "]" * 3_000, "-0", "1e5", '"}"', '"\\"}"']
)
@pytest.mark.parametrize("space", ["", " ", "\t\r"])
def test_the_payload_is_its_bytes_as_they_stand(data: str, space: str) -> None:
    text = WRITTEN.decode().replace("null", f"{space}{data}{space}").encode()
    assert read_line(text).data == data.encode()


@pytest.mark.parametrize("by_the_book", [False, True])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence":1', b'"sequence":%b' % number)
        for number in (b"1.0", b"1e0", b"-1", b'"1"', b"-0", b"18446744073709551616", b"01", b"null", b"9" * 5_000, b"")
    ]
    + [
        (b'"genesis"', b"7"),
        (b'"genesis"', b'"\\ud800"'),
        (b'"genesis"', b"null"),
        (b'"genesis"', b'"\xed\xa0\x80"'),
        (b'"genesis"', b'"\xff"'),
        (b'"genesis"', b'"\x01"'),
        (b'"genesis"', b'"genesis'),
        (b'"data":null', b'"data":nul'),
        (b'"data":null', b'"data":NaN'),
        (b'"data":null', b'"data":"\xc3"'),
        (b'"data":null', b'"data":null,"data":null'),
        (b'"data":null', b'"data":null,"more":1'),
        (b'"data":null', b'"sequence":1,"data":null'),
        (b',"data":null', b""),
        (b'"sequence":1,', b""),
        (b"null}", b"null} {}"),
        (b"null}", b"null"),
        (b"null}", b"null}}"),
        (b'{"seq', b'\xef\xbb\xbf{"seq'),
        (b'{"seq', b'\x00{"seq'),
        (b'{"seq', b'\x0c{"seq'),
        (b'{"seq', b'[{"seq'),
        (WRITTEN, b"null\n"),
        (WRITTEN, b'[1,"genesis","%b",null]' % OWN_HASH.encode()),
    ],
)
def test_any_other_line_is_no_entry(old: bytes, new: bytes, by_the_book: bool) -> None:
    text = WRITTEN.replace(old, new)
    assert text != WRITTEN
    if by_the_book:
        text = text.replace(b',"', b' ,"', 1)
    with pytest.raises(NotJsonError):
        read_line(text)


@pytest.mark.parametrize("sequence", [0, 2**64 - 1, 10**19])
def test_every_u64_is_a_sequence(sequence: int) -> None:
    assert read_line(line(sequence, "genesis", b"1")).sequence == sequence


def test_a_line_as_written_is_read_without_its_members(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(wal_line, "_read_members", never)
    assert read_line(WRITTEN) == ENTRY


def test_blank_lines() -> None:
    assert all(map(is_blank, [b"", b"\n", b" \t\r\x0c\n"]))
    assert not any(map(is_blank, [b"\x0b\n", b"\x00", b"\xc2\xa0\n", b"0"]))


def test_hashes_are_compared_as_texts() -> None:
    assert same_hash("é", "é")
    assert not same_hash("a", "A")
    assert not same_hash("a", "aa")


def test_a_key_has_at_least_32_bytes() -> None:
    check_key(None)
    check_key(KEY)
    with pytest.raises(KeyTooShort) as caught:
        check_key(KEY[1:])
    assert refusal(caught) == ("LOG_KEY_TOO_SHORT", "key_hex")
    assert (caught.value.expected, caught.value.found) == (32, 31)
