"""The mistakes that the vectors about logs hunt: chains, lines, payloads, replays, envelopes and recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calybris_conformance.vectorgen.note import note as _note

if TYPE_CHECKING:
    from calybris_conformance.corpus import Note

LOG_FLAGS: dict[str, Note] = {
    # the chain
    "LOG_DATA_REPRINTED": _note(
        "The payload is parsed and printed again before it is hashed.",
        "Most libraries hand out values and not bytes; white space, number forms, key order and escapes are lost.",
        "LOG-2",
    ),
    "LOG_CHAIN_LOOSE": _note(
        "A gap, a foreign previous hash or a foreign entry hash is accepted.",
        "One of the three checks is left out because another one seems to imply it.",
        "LOG-2 LOG-4",
    ),
    "LOG_CHECK_ORDER": _note(
        "Of two faults of a line the later one is reported.",
        "The hash is compared before the sequence, or the form is checked last.",
        "LOG-4",
    ),
    "LOG_HEX_FOLDED": _note(
        "A hash in uppercase matches.",
        "Hashes are decoded to bytes, or folded, before they are compared; they are compared as text.",
        "LOG-4",
    ),
    "LOG_BEGINNING": _note(
        "A log begins with another sequence than 1 or another previous hash than `genesis`.",
        "The first entry sets the state instead of being checked against it.",
        "LOG-1 LOG-4",
    ),
    "LOG_KEY": _note(
        "A key is ignored, cut to 64 bytes, hashed in front of the text, or a short one is accepted.",
        "HMAC is written by hand; or the key is checked when it is first used.",
        "LOG-2 LOG-6",
    ),
    # lines
    "LOG_BLANK_LINES": _note(
        "A line of white space is refused, or one of other white space is skipped.",
        "Ready-made strip functions know vertical tabs and no-break spaces; only four characters count.",
        "LOG-3",
    ),
    "LOG_LINE_INDEX": _note(
        "The number of a line leaves out the lines that are skipped, or counts from 1.",
        "Entries are counted, not lines.",
        "LOG-3",
    ),
    "LOG_LAST_LINE": _note(
        "A last line without its line feed is dropped, or a torn one is.",
        "Readers that repair; a torn line is a refusal, and a whole one counts.",
        "LOG-3",
    ),
    "LOG_ENTRY_KEYS": _note(
        "An entry with an unknown key, with a key twice or without one is accepted, or one in another order refused.",
        "Parsers keep the last of equal keys and ignore what they do not know.",
        "LOG-3",
    ),
    "LOG_ENTRY_FORM": _note(
        "A list for an object, text behind the object, or a byte order mark is accepted.",
        "Derived readers take records as lists; lenient decoders skip a mark and stop behind the first value.",
        "LOG-3",
    ),
    "LOG_SEQUENCE_FORM": _note(
        'A sequence such as 1.0, 1e0, "1", 01 or -0 is accepted, or one beyond 2^53 changes.',
        "The number is converted before it is looked at.",
        "LOG-3",
    ),
    "LOG_ESCAPED": _note(
        "A key or a hash that is written with escapes is not recognised.",
        "The line is matched as text; values count.",
        "LOG-3",
    ),
    "LOG_UTF8": _note(
        "Bytes that are not UTF-8 are replaced, or read in another encoding.",
        "Text files are often opened with a forgiving decoder.",
        "LOG-3",
    ),
    "LOG_JSON_LENIENT": _note(
        "A payload that is no JSON by RFC 8259 is accepted.",
        "Parsers know NaN, leading zeros, single quotes, comments, trailing commas, raw control characters.",
        "LOG-3",
    ),
    "LOG_JSON_NARROW": _note(
        "A payload with a large number, deep nesting, a key twice or half of a surrogate pair is refused.",
        "Values are built although only the grammar counts.",
        "LOG-3",
    ),
    "LOG_LINE_LENGTH": _note(
        "The bound of a line is off by one, leaves out its line feed, or is missing.",
        "The line feed is stripped before the length is taken.",
        "LOG-4 LOG-5",
    ),
    # anchors
    "ANCHOR_LOOSE": _note(
        "An anchor's field is not compared, or of two the later one is reported.",
        "The hash alone seems enough; a log that has grown is taken for a good one.",
        "LOG-11",
    ),
    "ANCHOR_SCHEMA_LATE": _note(
        "The schema of an anchor is checked after the log was read, or not at all.",
        "All fields are compared in one place.",
        "LOG-11",
    ),
    # payloads
    "PAYLOAD_ESCAPES": _note(
        "A character is escaped that need not be, or in another form.",
        "Printers escape `/`, DEL, non-ASCII or `<`, or write \\u000a for \\n, or \\u001F.",
        "LOG-7",
    ),
    "PAYLOAD_BOUND": _note(
        "A payload that no line has room for is written, or characters are counted, or what is given and not printed.",
        "The reader has a bound and the writer none: a log is written that cannot be read again.",
        "LOG-5",
    ),
    "PAYLOAD_KEY_ORDER": _note(
        "Keys are sorted.",
        "Maps of many languages are, and canonical JSON is another rule.",
        "LOG-7",
    ),
    "PAYLOAD_FLOAT": _note(
        "A number with a fraction or an exponent is printed.",
        "1.0 and 1e5 have integer values; the writer refuses the form.",
        "LOG-7",
    ),
    "PAYLOAD_INTEGER_RANGE": _note(
        "An integer outside -2^63 to 2^64-1 is printed, or one inside is refused.",
        "The range is that of i64, that of u64, or none.",
        "LOG-7",
    ),
    "PAYLOAD_SURROGATES": _note(
        "Half of a surrogate pair is printed or replaced.",
        "Texts of UTF-16 units hold it without complaint.",
        "LOG-7",
    ),
    "PAYLOAD_DUPLICATE": _note(
        "A key that stands twice is printed once or twice.",
        "Parsers keep the last one; or keys are compared as they are written.",
        "LOG-7",
    ),
    "PAYLOAD_DEPTH": _note(
        "Nesting of 101 levels is printed, or of 100 refused.",
        "A scalar inside is counted as a level, or the outermost is not.",
        "LOG-7",
    ),
    "PAYLOAD_PATH": _note(
        "The refusal names another path than that of the first fault in document order.",
        "Faults are collected by kind, or keys are checked before values.",
        "LOG-7",
    ),
    "APPEND_LINE_FEED": _note(
        "A line is written behind a last line without a line feed, or behind a line feed too many.",
        "A file opened for appending is taken for one that ends with a line.",
        "LOG-8",
    ),
    "APPEND_UNVERIFIED": _note(
        "An entry is appended to a log that does not verify, or the payload is refused first.",
        "Only the last line is read for its hash.",
        "LOG-8",
    ),
    # records
    "AUDIT_NOT_VERIFIED": _note(
        "A decision that does not replay is written by the verified form, or refused by the other.",
        "The two share code.",
        "LOG-9",
    ),
    "RECORD_LENIENT": _note(
        "A record with a wrong set of keys, a key twice, a value of another type or width is read.",
        "Derived readers have defaults, ignore what they do not know, and convert.",
        "LOG-10",
    ),
    "RECORD_NAMES": _note(
        "An action or a reason in snake_case, in another case, or as a number is read.",
        "A log record has the names of the variants; one parser serves all forms.",
        "LOG-9 LOG-10",
    ),
    "RECORD_METADATA": _note(
        "Metadata is checked.",
        "The whole record is read by one strict reader.",
        "LOG-10",
    ),
    "REPLAY_ORDER": _note(
        "Of two faults of a record the later one is reported, or an entry is judged before the chain is.",
        "The digests are compared before the policy is looked up; replay and verification share one loop.",
        "LOG-10",
    ),
    "REPLAY_SHALLOW": _note(
        "A tampered record replays.",
        "The bundle is believed, or only the decision's digest is compared.",
        "LOG-10",
    ),
    "REPLAY_POLICY": _note(
        "A policy is chosen by its epochs, by its digest alone, or is always the first.",
        "The three belong together; a log may span several policies.",
        "LOG-10",
    ),
    # envelopes and recovery
    "ENVELOPE_REPLAY": _note(
        "An envelope says that a decision replays which does not, or describes the replayed one.",
        "The decision is taken again instead of the given one being sealed.",
        "PROOF-1",
    ),
    "ENVELOPE_COMPLETE": _note(
        "A zero, or an empty text, counts as absent; or is_complete checks more than presence.",
        "0 and an empty text are false in many languages; nothing is checked when parts are attached.",
        "PROOF-2",
    ),
    "ENVELOPE_ORDER": _note(
        "A field of an envelope is not checked, or of two faults the later one is reported.",
        "Checks in declaration order, where the clause has its own.",
        "PROOF-3",
    ),
    "RECOVERY_WATERMARK": _note(
        "A watermark at the end of the log, or none, gives another plan; or one beyond the end is accepted.",
        "An off-by-one, or a subtraction that stops at 0.",
        "RECOVER-1",
    ),
    "RECOVERY_UNVERIFIED": _note(
        "A plan is made from a log that does not verify, or without its anchor.",
        "Lines are counted.",
        "RECOVER-1",
    ),
}
