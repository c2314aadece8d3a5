"""A log that was good: every byte flipped, cut at every byte, entries moved about, keys and anchors exchanged."""

from __future__ import annotations

import hashlib
import re
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from calybris_conformance.vectorgen import logs
from calybris_conformance.vectorgen.draft import Draft, Group
from calybris_conformance.vectorgen.logs import KEY, anchor, chain, hashed, line, tail, verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.draft import Question

_DATA = (b'{"n":1}', b"null", b'"\xc3\xa9"')
_LINES = chain(*_DATA)
_LOG = b"".join(_LINES)
_TAIL = tail(*_DATA)
#: Each byte has one of its bits flipped; the step makes neighbours differ in which.
_BIT_STEP = 3
_HIGH_BIT = 7
#: So many logs of this length stay below the limit of a file.
_CASES_PER_FILE = 130


def files() -> Iterator[Draft]:
    """Flips and cuts, cut into files that a reviewer can open; then what was moved, keyed or anchored."""
    yield from _split("flips", "One bit of a log of three entries is flipped", "LOG-2 LOG-3 LOG-4", list(_flips()))
    yield from _split("cuts", "A log of three entries ends early", "LOG-3 LOG-4", list(_cuts()))
    groups = (Group("moved", tuple(_moved())), Group("inserted", tuple(_inserted())), Group("hashes", tuple(_hashes())))
    yield Draft("wal", "verify-chain", "wal.verify", "Entries out of place and foreign hashes", "LOG-2 LOG-4", groups)
    keyed = (Group("keys", tuple(_keys())),)
    yield Draft("wal", "verify-hmac", "wal.verify", "Keys: none, another, short and long ones", "LOG-2 LOG-6", keyed)
    kept = (Group("anchors", tuple(_anchors())),)
    yield Draft("wal", "verify-anchors", "wal.verify", "A log is held against an anchor", "LOG-11", kept)


def _split(word: str, title: str, clauses: str, questions: list[Question]) -> Iterator[Draft]:
    for place, start in enumerate(range(0, len(questions), _CASES_PER_FILE), 1):
        some = Group(word, tuple(questions[start : start + _CASES_PER_FILE]))
        yield Draft("wal", f"verify-{word}-{place}", "wal.verify", f"{title}, part {place}", clauses, (some,))


def _flips() -> Iterator[Question]:
    hashes = {place for found in re.finditer(rb'_hash":"([^"]*)"', _LOG) for place in range(*found.span(1))}
    for place, byte in enumerate(_LOG):
        bit = place * _BIT_STEP % 8
        changed = bytes([byte ^ 1 << bit])
        about = f"Byte {place} is {changed!r} and not {bytes([byte])!r}."
        flag: tuple[str, ...] = ()
        if bit == _HIGH_BIT:
            flag = ("LOG_UTF8",)
        elif place in hashes:
            flag = ("LOG_HEX_FOLDED",) if changed == bytes([byte]).upper() else ("LOG_CHAIN_LOOSE",)
        yield verify(f"byte-{place}-bit-{bit}", about, _LOG[:place] + changed + _LOG[place + 1 :], *flag)


def _cuts() -> Iterator[Question]:
    ends = [len(b"".join(_LINES[:count])) for count in range(len(_LINES) + 1)]
    for place in range(len(_LOG)):
        flag: tuple[str, ...] = ("LOG_LAST_LINE",)
        if place in ends:
            about, flag = f"The log ends behind entry {ends.index(place)}: good, and short.", ()
        elif place + 1 in ends:
            about = f"Entry {ends.index(place + 1)} is the last, without its line feed: good."
        else:
            about = f"The log ends at byte {place}, inside a line."
        yield verify(f"byte-{place}", about, _LOG[:place], *flag)


def _moved() -> Iterator[Question]:
    loose, first, second, third = "LOG_CHAIN_LOOSE", *_LINES
    yield verify("whole", "Three entries.", _LOG)
    yield verify("empty", "A log without entries.", b"")
    yield verify("one", "One entry.", first)
    for order in permutations(range(3)):
        if order != (0, 1, 2):
            word = "-".join(str(place + 1) for place in order)
            flags = (loose, "LOG_BEGINNING") if order[0] else (loose,)
            yield verify(f"order-{word}", f"The entries in the order {word}.", _joined(*order), *flags)
    yield verify("without-first", "The first entry is gone.", second + third, "LOG_BEGINNING", loose)
    yield verify("without-second", "The second entry is gone: a gap.", first + third, loose)
    yield verify("without-last", "The last entry is gone: what is left is a good log.", first + second)
    yield verify("only-last", "Only the last entry is there.", third, "LOG_BEGINNING", loose)
    for place in range(3):
        again = _joined(*range(place + 1), *range(place, 3))
        yield verify(f"twice-{place + 1}", f"Entry {place + 1} stands twice.", again, loose)
        at_end = _joined(0, 1, 2, place)
        yield verify(f"again-{place + 1}", f"Entry {place + 1} stands at the end again.", at_end, loose)
    yield verify("two-logs", "The log stands behind itself.", _LOG + _LOG, loose)
    for one, other in combinations(range(3), 2):
        exchanged = list(_DATA)
        exchanged[one], exchanged[other] = exchanged[other], exchanged[one]
        lines = [
            line(place + 1, tail(*_DATA[:place]), data, own=tail(*_DATA[: place + 1]))
            for place, data in enumerate(exchanged)
        ]
        about = f"The payloads of entries {one + 1} and {other + 1} are exchanged, and nothing else."
        yield verify(f"payloads-{one + 1}-{other + 1}", about, b"".join(lines), loose)


def _joined(*places: int) -> bytes:
    return b"".join(_LINES[place] for place in places)


def _inserted() -> Iterator[Question]:
    loose = "LOG_CHAIN_LOOSE"
    for place in range(4):
        before, behind = _joined(*range(place)), _joined(*range(place, 3))
        last = tail(*_DATA[:place])
        fits = line(place + 1, last, b'"new"')
        about = f"An entry that fits behind entry {place}."
        yield verify(f"fits-behind-{place}", about, before + fits + behind, *(() if place == 3 else (loose,)))
        beside = line(place, last, b'"new"')
        flags = ("LOG_BEGINNING", loose) if place == 0 else (loose,)
        yield verify(f"sequence-{place}-again", f"One with the sequence {place}.", before + beside + behind, *flags)
    for place in range(3):
        last = tail(*_DATA[:place])
        lines = [*_LINES]
        lines[place] = line(place + 1, last, b'"new"')
        about = f"Entry {place + 1} is another one, with the right hash."
        yield verify(f"other-{place + 1}", about, b"".join(lines), *(() if place == 2 else (loose,)))
    renumbered = b"".join(line(place + 2, tail(*_DATA[:place]), data) for place, data in enumerate(_DATA))
    yield verify(
        "from-two", "The sequences begin with 2, and the hashes are right.", renumbered, "LOG_BEGINNING", loose
    )
    renumbered = b"".join(line(place, tail(*_DATA[:place]), data) for place, data in enumerate(_DATA))
    yield verify("from-zero", "The sequences begin with 0.", renumbered, "LOG_BEGINNING", loose)
    for step in (0, 2, 3):
        odd = b"".join(line(1 + place * step, tail(*_DATA[:place]), data) for place, data in enumerate(_DATA))
        yield verify(f"steps-of-{step}", f"The sequences go up by {step}.", odd, loose)
    for large in (2**32 + 1, 2**53 + 1, 2**63, 2**64 - 1):
        log = _LINES[0] + line(large, tail(_DATA[0]), _DATA[1])
        yield verify(f"sequence-{large}", f"A second entry with the sequence {large}.", log, loose, "LOG_SEQUENCE_FORM")
    wrapped = line(2**32 + 1, logs.GENESIS, b"null")
    yield verify("sequence-wraps", "2^32 + 1 for 1.", wrapped, "LOG_BEGINNING", loose)


def _hashes() -> Iterator[Question]:
    loose, order, folded = "LOG_CHAIN_LOOSE", "LOG_CHECK_ORDER", "LOG_HEX_FOLDED"
    own = tail(_DATA[0])
    second = hashed(own, _DATA[1])
    for word, previous in {
        "empty": "",
        "capital": "Genesis",
        "uppercase": "GENESIS",
        "space": "genesis ",
        "zeros": "0" * 64,
        "own-hash": hashed(logs.GENESIS, b"null"),
        "cut": "genesi",
        "null": "null",
    }.items():
        about = f"A first entry whose previous hash is {previous!r}, hashed with it."
        yield verify(f"beginning-{word}", about, line(1, previous, b"null"), "LOG_BEGINNING")
    for word, claim, flag in (
        ("uppercase", second.upper(), folded),
        ("one-uppercase", _one_upper(second), folded),
        ("short", second[:-1], loose),
        ("half", second[:32], loose),
        ("empty", "", loose),
        ("long", second + "0", loose),
        ("space", second + " ", loose),
        ("prefixed", "0x" + second, loose),
        ("zeros", "0" * 64, loose),
        ("last-digit", second[:-1] + ("0" if second[-1] != "0" else "1"), loose),
        ("other-text", "é" * 64, loose),
        ("previous", own, loose),
        ("of-data-alone", hashed("", _DATA[1]), loose),
        ("of-data-first", hashed(_DATA[1].decode(), own.encode()), loose),
        ("of-raw-previous", _sha256(bytes.fromhex(own) + _DATA[1]), loose),
        ("of-genesis", hashed(logs.GENESIS, _DATA[1]), loose),
        ("of-line-feed", hashed(own, _DATA[1] + b"\n"), loose),
        ("of-separator", hashed(own + ":", _DATA[1]), loose),
        ("of-sequence", hashed("2" + own, _DATA[1]), loose),
        ("doubled", _sha256(bytes.fromhex(second)), loose),
    ):
        log = _LINES[0] + line(2, own, _DATA[1], own=claim)
        yield verify(f"entry-{word}", f"An entry hash: {word.replace('-', ' ')}.", log, flag)
    for word, claim, flag in (
        ("uppercase", own.upper(), folded),
        ("one-uppercase", _one_upper(own), folded),
        ("short", own[:-1], loose),
        ("empty", "", loose),
        ("genesis", logs.GENESIS, loose),
        ("own", second, loose),
        ("zeros", "0" * 64, loose),
        ("space", own + " ", loose),
        ("other-text", "é" * 64, loose),
    ):
        log = _LINES[0] + line(2, claim, _DATA[1])
        yield verify(f"previous-{word}", f"A previous hash, hashed with it: {word.replace('-', ' ')}.", log, flag)
        log = _LINES[0] + line(2, claim, _DATA[1], own=second)
        about = f"A previous hash, beside the right entry hash: {word.replace('-', ' ')}."
        yield verify(f"previous-{word}-alone", about, log, flag)
    zeros = "0" * 64
    for word, sequence, previous, claim in (
        ("sequence-and-previous", 3, zeros, hashed(zeros, b"1")),
        ("sequence-and-entry", 3, own, zeros),
        ("previous-and-entry", 2, zeros, zeros),
        ("all-three", 3, zeros, zeros),
    ):
        log = _LINES[0] + line(sequence, previous, b"1", own=claim)
        yield verify(f"two-faults-{word}", f"Wrong: {word.replace('-', ' ')}.", log, order)
    torn = line(3, zeros, b"nul", own=zeros)
    yield verify("two-faults-form-first", "A payload that is no JSON, and all three wrong.", _LINES[0] + torn, order)
    late = _LINES[0] + line(2, zeros, b"1") + b"{\n"
    yield verify("two-lines", "A broken chain, and a line behind it that is none.", late, order)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _one_upper(text: str) -> str:
    place = next(index for index, character in enumerate(text) if character.isalpha())
    return text[:place] + text[place].upper() + text[place + 1 :]


def _keys() -> Iterator[Question]:
    flag = "LOG_KEY"
    keyed = b"".join(chain(*_DATA, key=KEY))
    yield verify("right", "A log and its key.", keyed, flag, key=KEY)
    yield verify("none", "A log with a key is read without.", keyed, flag)
    yield verify("not-needed", "A log without a key is read with one.", _LOG, flag, key=KEY)
    other = KEY[:-1] + b"\xff"
    yield verify("another", "The last byte of the key is another one.", keyed, flag, key=other)
    yield verify("longer", "The key and a zero byte more: HMAC pads keys with zeros.", keyed, key=KEY + b"\0")
    yield verify("reversed", "The key from back to front.", keyed, flag, key=KEY[::-1])
    for length in (0, 1, 16, 31):
        short = bytes(range(length))
        log = b"".join(chain(*_DATA, key=short))
        yield verify(f"short-{length}", f"A key of {length} bytes, and a log with it.", log, flag, key=short)
        yield verify(f"short-{length}-empty", f"A key of {length} bytes, and no entry.", b"", flag, key=short)
        yield verify(f"short-{length}-broken", f"A key of {length} bytes: before the log.", b"{\n", flag, key=short)
    for length in (32, 33, 63, 64, 65, 128, 200):
        long = bytes(place % 256 for place in range(1, length + 1))
        log = b"".join(chain(*_DATA, key=long))
        yield verify(f"long-{length}", f"A key of {length} bytes.", log, flag, key=long)
        cut = long[: length - 1] + bytes([long[-1] ^ 1])
        yield verify(f"long-{length}-another", f"{length} bytes, the last one differs.", log, flag, key=cut)
    yield verify("zeros", "A key of 32 zeros is a key.", b"".join(chain(b"1", key=bytes(32))), flag, key=bytes(32))
    yield verify("zeros-used-without", "A log without a key and 32 zeros.", chain(b"1")[0], flag, key=bytes(32))
    prefixed = line(1, logs.GENESIS, b"1", own=_sha256(KEY + b"genesis1"))
    yield verify("prefix", "SHA-256 of the key and the text is no HMAC.", prefixed, flag, key=KEY)
    suffixed = line(1, logs.GENESIS, b"1", own=_sha256(b"genesis1" + KEY))
    yield verify("suffix", "SHA-256 of the text and the key is no HMAC.", suffixed, flag, key=KEY)
    as_text = line(1, logs.GENESIS, b"1", KEY.hex().encode())
    yield verify("as-hex", "The hex text of the key was used as the key.", as_text, flag, key=KEY)
    mixed = chain(*_DATA, key=KEY)[0] + line(2, tail(_DATA[0], key=KEY), _DATA[1])
    yield verify("mixed", "The first entry has a key and the second none.", mixed, flag, key=KEY)
    yield verify("empty", "A key and no entry.", b"", key=KEY)


def _anchors() -> Iterator[Question]:
    loose, late = "ANCHOR_LOOSE", "ANCHOR_SCHEMA_LATE"
    right = anchor(3, _TAIL)
    zeros = "0" * 64
    yield verify("right", "The anchor of this log.", _LOG, kept=right)
    yield verify("of-nothing", "The anchor of a log without entries.", b"", kept=anchor(0, logs.GENESIS))
    yield verify("blank-lines", "Blank lines do not matter.", b"\n" + _LOG + b" \n", kept=right)
    yield verify("no-line-feed", "A last line feed that is missing does not matter.", _LOG[:-1], kept=right)
    for count in range(3):
        about = f"Cut behind entry {count}."
        yield verify(f"cut-to-{count}", about, _joined(*range(count)), loose, kept=right)
    grown = _LOG + line(4, _TAIL, b"4")
    yield verify("grown", "The log has grown since.", grown, loose, kept=right)
    rewritten = b"".join(chain(_DATA[0], _DATA[1], b'"other"'))
    yield verify("rewritten", "The last entry is another one: as long, and whole.", rewritten, loose, kept=right)
    all_new = b"".join(chain(b"1", b"2", b"3"))
    yield verify("all-new", "A whole other log of three entries.", all_new, loose, kept=right)
    uppercase = anchor(3, _TAIL.upper())
    yield verify("hash-uppercase", "The anchor's hash in uppercase.", _LOG, loose, "LOG_HEX_FOLDED", kept=uppercase)
    for word, claim in (("empty", ""), ("short", _TAIL[:-1]), ("zeros", zeros), ("genesis", "genesis"), ("text", "é")):
        yield verify(f"hash-{word}", f"The anchor's hash: {word}.", _LOG, loose, kept=anchor(3, claim))
    for sequence in (0, 2, 4, 2**64 - 1):
        yield verify(f"sequence-{sequence}", "Only the sequence differs.", _LOG, loose, kept=anchor(sequence, _TAIL))
    yield verify(
        "keyed-wrongly", "The anchor says that a key was used.", _LOG, loose, kept=anchor(3, _TAIL, keyed=True)
    )
    with_key = b"".join(chain(*_DATA, key=KEY))
    own = tail(*_DATA, key=KEY)
    yield verify("keyed", "A key was used, as the anchor says.", with_key, key=KEY, kept=anchor(3, own, keyed=True))
    yield verify("not-keyed-wrongly", "A key was used; it says none.", with_key, loose, key=KEY, kept=anchor(3, own))
    yield verify(
        "empty-keyed",
        "No entry, read with a key, and the anchor says none.",
        b"",
        loose,
        key=KEY,
        kept=anchor(0, "genesis"),
    )
    yield verify("sequence-and-hash", "Both differ: the sequence.", _LOG, loose, kept=anchor(2, zeros))
    yield verify("sequence-and-keyed", "Both differ: the sequence.", _LOG, loose, kept=anchor(2, _TAIL, keyed=True))
    yield verify("hash-and-keyed", "Both differ: the hash.", _LOG, loose, kept=anchor(3, zeros, keyed=True))
    yield verify("everything", "All three differ: the sequence.", _LOG, loose, kept=anchor(0, zeros, keyed=True))
    for word, schema in (
        ("empty", ""),
        ("next", "calybris.wal-anchor.v2"),
        ("longer", "calybris.wal-anchor.v10"),
        ("capital", "Calybris.wal-anchor.v1"),
        ("space", "calybris.wal-anchor.v1 "),
        ("cut", "calybris.wal-anchor"),
        ("bundle", "calybris.audit.v1"),
    ):
        other = anchor(3, _TAIL, schema=schema)
        yield verify(f"schema-{word}", f"The schema is {schema!r}.", _LOG, late, loose, kept=other)
    unknown = anchor(0, zeros, keyed=True, schema="calybris.wal-anchor.v2")
    yield verify("schema-first", "Nothing is right: the schema.", _LOG, loose, kept=unknown)
    yield verify("schema-before-log", "The schema is asked before the log.", b"{\n", late, kept=unknown)
    yield verify("schema-before-chain", "The schema is asked before the chain.", _LINES[1], late, kept=unknown)
    yield verify(
        "key-before-schema", "A short key and an unknown schema: the key.", _LOG, late, key=KEY[1:], kept=unknown
    )
    yield verify("log-before-rest", "A broken log, and an anchor that differs: the log.", _LINES[1], loose, kept=right)
    yield verify("torn-before-rest", "A torn log, and the anchor of the whole one.", _LOG[:-2], loose, kept=right)
