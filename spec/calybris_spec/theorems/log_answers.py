"""Known answers: small logs, plain and with a key, read, verified and appended to (LOG-1 … LOG-6, LOG-8, LOG-11)."""

from __future__ import annotations

from icontract import ensure

from calybris_spec import chain, log
from calybris_spec.chain import Entry, Head
from calybris_spec.codes import Refusal
from calybris_spec.integers import fields_of
from calybris_spec.log import Anchor, append, append_behind, entry_of, hash_of, hmac_hex, lines_of, read, verify
from calybris_spec.payload import Payload
from calybris_spec.theorems.tables import names, rows

KEY = bytes(range(32))
FIRST = "302565e7d250f6cdee9c168cfc66e8472bce2a57b78f4402780107d16044e00c"
SECOND = "ab56976aa8d81f1b6d62fe9175c8f4213a0a21c724a3093d1a3b6a4c8f6e0053"
THIRD = "da22d13293667e4d6634cbc0d4b3da4602998052eb30eb3392db3bbc3b0cf33d"
KEYED = "a548876b55d7a5d0adacbc9549516a1c3521724529993b7e447621d0c48f91cc"
KEYED_SECOND = "0199bc524cf91008a4b289019df7f4b02134fabdb285f4fd1f6620ccc2fcc9bc"
LINES = (
    f'{{"sequence":1,"previous_hash":"genesis","entry_hash":"{FIRST}","data":{{"a":"é"}}}}\n'.encode(),
    f'{{"sequence":2,"previous_hash":"{FIRST}","entry_hash":"{SECOND}","data":[1,2]}}\n'.encode(),
    f'{{"sequence":3,"previous_hash":"{SECOND}","entry_hash":"{THIRD}","data":"z"}}\n'.encode(),
)
KEYED_LINES = (
    f'{{"sequence":1,"previous_hash":"genesis","entry_hash":"{KEYED}","data":{{"a":"é"}}}}\n'.encode(),
    f'{{"sequence":2,"previous_hash":"{KEYED}","entry_hash":"{KEYED_SECOND}","data":[1,2]}}\n'.encode(),
)
ENTRIES = ((1, "genesis", FIRST, '{"a":"é"}'), (2, FIRST, SECOND, "[1,2]"), (3, SECOND, THIRD, '"z"'))
GENESIS = (0, "genesis")
NOTHING = (0, "", "", "")
MALFORMED = "LOG_LINE_MALFORMED"


def refused(reading: log.Reading) -> tuple[object, ...]:
    """How many entries of a log are good, where it ends, and what is wrong behind."""
    return (len(reading.entries), reading.head.sequence, reading.refusal)


@ensure(lambda result: result)
def logs_are_refused_with_these_codes() -> bool:
    """LOG-4, LOG-6, LOG-8, LOG-11, in the order in which they are checked."""
    return all(
        [
            rows(log.LINE_REFUSALS)
            == (
                "; LOG_LINE_TOO_LONG lines[{}]; LOG_LINE_MALFORMED lines[{}]; "
                "LOG_SEQUENCE_UNEXPECTED lines[{}].sequence; LOG_CHAIN_BROKEN lines[{}].previous_hash; "
                "LOG_CHAIN_BROKEN lines[{}].entry_hash"
            ),
            rows(log.EARLY_REFUSALS) == "; LOG_KEY_TOO_SHORT key_hex; LOG_ANCHOR_SCHEMA_UNKNOWN anchor.schema_version",
            rows(chain.ANCHOR_REFUSALS)
            == (
                "; LOG_ANCHOR_MISMATCH anchor.sequence; LOG_ANCHOR_MISMATCH anchor.last_hash; "
                "LOG_ANCHOR_MISMATCH anchor.keyed"
            ),
            log.SEQUENCE_EXHAUSTED == ("LOG_SEQUENCE_EXHAUSTED", "sequence"),
            (chain.SEQUENCE, chain.LINK, chain.DIGEST, log.TOO_LONG, log.MALFORMED) == (1, 2, 3, 1, 2),
        ]
    )


@ensure(lambda result: result)
def a_log_starts_and_an_anchor_is_made_of_these() -> bool:
    """LOG-1, LOG-4, LOG-6, LOG-11: the start, the keys of a line, the fields of an anchor."""
    return all(
        [
            log.START == GENESIS,
            " ".join(log.ENVELOPE) == "sequence previous_hash entry_hash data",
            (log.KEY_BYTES, log.HASH_BLOCK_BYTES, log.BLANK) == (32, 64, b" \t\r\f"),
            " ".join(Anchor._fields) == "schema_version sequence last_hash keyed",
            names(fields_of(Anchor)) == "sequence:u64",
        ]
    )


@ensure(lambda result: result)
def keys_of_these_lengths_give_these_codes() -> bool:
    """LOG-2: HMAC around the block of 64 bytes, where a longer key is hashed first."""
    codes = {
        32: "6f21a7e969d25d6c8cec88e50cd5c6cd96e1ec8126ee3f43d6339895f7c25055",
        63: "375cfd34a8dd93f51e3fd63eb00ce688cb8142660370879577c76a24574b456b",
        64: "a828bebd7bb9ae6bd3433de9fb0e5c8942af5a3f0b3ff90ec8610f7ab9237a7a",
        65: "631c4b7ce4195132204769e0742cdeaae9dcbafe337fc68002d9b06e300edd66",
    }
    return all([hmac_hex(bytes(range(size)), b"what do ya want") == code for size, code in codes.items()])


@ensure(lambda result: result)
def entries_have_these_hashes() -> bool:
    """LOG-2: the table of the clause, and a second entry, whose link stands before its data."""
    return all(
        [
            hash_of(None, "genesis", "null") == "178e0a74a0661098a1877cec84b228ea890382012772c6fdff5856469b5342de",
            hash_of(None, "genesis", '{"a":1}') == "802f6ff9e25560620fd1cee3d81b398f84a172da51e9bff2848b9311a901623d",
            hash_of(None, "genesis", '{"a": 1}') == "bfd5f35b43681d586db0f4a547a500ca3850215acff2c63a755f21b516920bfb",
            hash_of(b"k" * 32, "genesis", "null") == "8aa95efacf88be8dc15a00cea005bc18dad49725e55fb7319a220e685b182a09",
            hash_of(None, FIRST, "[1,2]") == SECOND,
            hash_of(KEY, KEYED, "[1,2]") == KEYED_SECOND,
        ]
    )


@ensure(lambda result: result)
def a_log_is_taken_apart_at_its_line_feeds() -> bool:
    """LOG-3: each line keeps its own; the last piece has none."""
    return all(
        [
            lines_of(b"") == [b""],
            lines_of(b"a\r\n\nbc\nd") == [b"a\r\n", b"\n", b"bc\n", b"d"],
            lines_of(b"a\nb\n") == [b"a\n", b"b\n", b""],
        ]
    )


@ensure(lambda result: result)
def these_lines_are_entries_and_those_are_not() -> bool:
    """LOG-3: any order, layout and escapes; the table of the clause."""
    line = b'{"sequence":7,"previous_hash":"p","entry_hash":"e","data":[1, 2]}'
    same = [line + b"\r\n", b' {"data":[1, 2],"entry_hash" : "e","sequ\\u0065nce":7,"previous_hash":"\\u0070"}\t']
    wrong = [b"", b"null", b'[7,"p","e",[1, 2]]', line + b"x", line[:-1], b"\xef\xbb\xbf" + line]
    wrong += [line.replace(b"[1, 2]", b'"\xff"'), line.replace(b"{", b'{"data":1,'), line.replace(b"data", b"date")]
    numbers = [b"1.0", b"1e0", b"-1", b'"1"', b"-0", b"18446744073709551616", b"null"]
    wrong += [line.replace(b"7", number) for number in numbers]
    wrong += [line.replace(text, other) for text in (b'"p"', b'"e"') for other in (b"7", b'"\\ud800"')]
    return all(
        [
            *[entry_of(one) == (7, "p", "e", "[1, 2]") for one in (line, *same)],
            entry_of(line.replace(b"7", b"18446744073709551615")) == (2**64 - 1, "p", "e", "[1, 2]"),
            *[entry_of(one) is None for one in wrong],
        ]
    )


@ensure(lambda result: result)
def an_entry_is_written_like_this() -> bool:
    """LOG-1: the two hashes are texts, escaped where they have to be."""
    line = log.line_text(Entry(7, 'p"', "e\n", "[1, 2]"))
    return line == '{"sequence":7,"previous_hash":"p\\"","entry_hash":"e\\n","data":[1, 2]}'


@ensure(lambda result: result)
def a_good_log_is_read_to_its_end() -> bool:
    """LOG-3, LOG-4, LOG-6: with and without blank lines, a key, a last line feed."""
    spaced = LINES[0] + b" \t\r\f\n\n" + LINES[1] + LINES[2][:-1]
    keyed = read(b"".join(KEYED_LINES), KEY)
    return all(
        [
            read(b"", None) == (GENESIS, (), None),
            read(b"\n \n", KEY) == (GENESIS, (), None),
            read(spaced, None) == ((3, THIRD), ((0, ENTRIES[0]), (3, ENTRIES[1]), (4, ENTRIES[2])), None),
            verify(b"".join(LINES)) == ((3, THIRD), ((0, ENTRIES[0]), (1, ENTRIES[1]), (2, ENTRIES[2])), None),
            keyed.head == (2, KEYED_SECOND),
            keyed.entries[1] == (1, (2, KEYED, KEYED_SECOND, "[1,2]")),
            keyed.refusal is None,
        ]
    )


@ensure(lambda result: result)
def a_damaged_log_is_read_up_to_this_line() -> bool:
    """LOG-4, LOG-6: the place counts all lines, and nothing behind it is looked at."""
    one, two, three = LINES
    link = two.replace(FIRST.encode(), SECOND.encode(), 1)
    return all(
        [
            read(one + b"\n" + two.replace(b"[1,2]", b"[1,3]") + b"x", None)
            == ((1, FIRST), ((0, ENTRIES[0]),), ("LOG_CHAIN_BROKEN", "lines[2].entry_hash")),
            refused(read(one + link, None)) == (1, 1, ("LOG_CHAIN_BROKEN", "lines[1].previous_hash")),
            refused(read(one + three, None)) == (1, 1, ("LOG_SEQUENCE_UNEXPECTED", "lines[1].sequence")),
            refused(read(one + one, None)) == (1, 1, ("LOG_SEQUENCE_UNEXPECTED", "lines[1].sequence")),
            refused(read(one + two + b"x\n" + three, None)) == (2, 2, (MALFORMED, "lines[2]")),
            refused(read(one + b"\x0b\n", None)) == (1, 1, (MALFORMED, "lines[1]")),
            refused(read(one, KEY)) == (0, 0, ("LOG_CHAIN_BROKEN", "lines[0].entry_hash")),
            refused(read(KEYED_LINES[0], None)) == (0, 0, ("LOG_CHAIN_BROKEN", "lines[0].entry_hash")),
            refused(read(KEYED_LINES[0], KEY + b"k")) == (0, 0, ("LOG_CHAIN_BROKEN", "lines[0].entry_hash")),
        ]
    )


@ensure(lambda result: result)
def a_line_of_16_mebibytes_is_the_longest() -> bool:
    """LOG-5: its line feed included; one byte more is refused, also in a line of spaces and in a good entry."""
    blank = b" " * 16_777_215
    full = LINES[0][:-1] + b" " * (16_777_216 - len(LINES[0])) + b"\n"
    return all(
        [
            read(blank + b"\n", None) == (GENESIS, (), None),
            read(blank + b" \n", None) == (GENESIS, (), ("LOG_LINE_TOO_LONG", "lines[0]")),
            read(full, None).head == (1, FIRST),
            read(b"\n " + full, None) == (GENESIS, (), ("LOG_LINE_TOO_LONG", "lines[1]")),
        ]
    )


@ensure(lambda result: result)
def keys_and_anchors_are_asked_before_a_log_is_read() -> bool:
    """LOG-6, LOG-11: the key first; 32 bytes are enough."""
    unknown = Anchor("calybris.wal-anchor.v2", 3, THIRD, False)
    short, schema = ("LOG_KEY_TOO_SHORT", "key_hex"), ("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version")
    return all(
        [
            read(LINES[0], KEY[:31]) == (GENESIS, (), short),
            read(LINES[0], b"", unknown) == (GENESIS, (), short),
            verify(KEYED_LINES[0], KEY, unknown) == (GENESIS, (), schema),
            verify(LINES[0], None, unknown) == (GENESIS, (), schema),
            verify(b"", KEY[:31], Anchor("calybris.wal-anchor.v1", 0, "genesis", True)) == (GENESIS, (), short),
            append(LINES[0], KEY[:31], "1") == (short, NOTHING, b""),
        ]
    )


@ensure(lambda result: result)
def an_anchor_names_this_head() -> bool:
    """LOG-11: sequence, hash and key, and what is said when one differs; a damaged log is refused as it is."""
    whole, keyed = b"".join(LINES[:2]), b"".join(KEYED_LINES)
    anchor = Anchor("calybris.wal-anchor.v1", 2, SECOND, False)
    other = Anchor("calybris.wal-anchor.v1", 2, KEYED_SECOND, True)
    changed = [anchor._replace(sequence=3), anchor._replace(last_hash=FIRST), anchor._replace(keyed=True)]
    found = [verify(whole, None, one) for one in changed]
    return all(
        [
            log.anchor_of(Head(2, SECOND), None) == anchor,
            log.anchor_of(Head(2, KEYED_SECOND), KEY) == other,
            refused(verify(whole, None, anchor)) == (2, 2, None),
            refused(verify(keyed, KEY, other)) == (2, 2, None),
            [one.refusal for one in found]
            == [("LOG_ANCHOR_MISMATCH", f"anchor.{field}") for field in ("sequence", "last_hash", "keyed")],
            [one.head for one in found] == [(2, SECOND)] * 3,
            verify(keyed, KEY, other._replace(keyed=False)).refusal == ("LOG_ANCHOR_MISMATCH", "anchor.keyed"),
            verify(LINES[0] + b"x", None, anchor).refusal == (MALFORMED, "lines[1]"),
        ]
    )


@ensure(lambda result: result)
def an_entry_is_appended_like_this() -> bool:
    """LOG-8: the next sequence, the last hash, its bytes; a last line without a line feed gets one."""
    two = b"".join(LINES[:2])
    return all(
        [
            append(b"", None, ' {"a" : "\\u00e9"}') == (None, ENTRIES[0], LINES[0]),
            append(LINES[0], None, "[1, 2]") == (None, ENTRIES[1], LINES[1]),
            append(two[:-1], None, '"z"') == (None, ENTRIES[2], b"\n" + LINES[2]),
            append(LINES[0] + b" ", None, "[1,2]") == (None, ENTRIES[1], b"\n" + LINES[1]),
            append(b"\n", KEY, '{"a":"é"}') == (None, (1, "genesis", KEYED, '{"a":"é"}'), KEYED_LINES[0]),
            append(KEYED_LINES[0], KEY, "[1,2]").added == KEYED_LINES[1],
        ]
    )


@ensure(lambda result: result)
def nothing_is_appended_when_this_is_wrong() -> bool:
    """LOG-5, LOG-7, LOG-8: the log, then the payload, its size, and the sequence."""
    large = "x" * 16_776_705
    last, full = Head(2**64 - 2, FIRST), Head(2**64 - 1, FIRST)
    fits = append_behind(last, b"", None, Payload(0, "", "[1,2]"))
    return all(
        [
            append(LINES[0] + b"x", None, "1.5") == ((MALFORMED, "lines[1]"), NOTHING, b""),
            append(LINES[0], None, '{"a":[1.5]}') == (("LOG_PAYLOAD_FLOAT", "data.a[0]"), NOTHING, b""),
            append_behind(full, b"", None, Payload(2, "data.b", "")).refusal == ("LOG_PAYLOAD_TEXT_INVALID", "data.b"),
            append_behind(full, b"", None, Payload(0, "", large)) == (("LOG_PAYLOAD_TOO_LARGE", "data"), NOTHING, b""),
            append_behind(full, b"", None, Payload(0, "", large[:-1])).refusal
            == ("LOG_SEQUENCE_EXHAUSTED", "sequence"),
            append_behind(full, b"", None, Payload(0, "", "é" * 8_388_353)).refusal
            == ("LOG_PAYLOAD_TOO_LARGE", "data"),
            fits.entry == (2**64 - 1, FIRST, SECOND, "[1,2]"),
            log.refused(Refusal("A", "b")) == (("A", "b"), NOTHING, b""),
        ]
    )
