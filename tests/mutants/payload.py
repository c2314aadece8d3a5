"""Mutants of the log as it is written: payloads, what is refused in them and where, and what an append adds."""

from tests.mutants.mutation import bugs_in

payload = bugs_in("calybris_ref/payload.py")
chain = bugs_in("calybris_ref/wal_chain.py")
adapter = bugs_in("conformance/calybris_conformance/adapters/reference_log.py")

_PRINTED = "    return encode_basestring(value)\n"
_FRACTION = "    if not _INTEGER.fullmatch(text):\n"
_RANGE = "    if not _SMALLEST <= value <= _LARGEST:\n"
_HALF = '            raise _Refused("LOG_PAYLOAD_TEXT_INVALID", "a text holds half of a surrogate pair") from None\n'
_TWICE = "            if printed in written:\n"
_WRITTEN = "            written[printed] = _written(value, levels)\n"
_JOINED = 'for key, value in written.items()]) + "}"'
_HEAD = "    head = calybris_ref.verify_log(log, key)\n"
_PAYLOAD = "    payload = calybris_ref.payload_bytes(JsonText(data))\n"

TEXTS = (
    payload(
        "non-ascii-escaped",
        "PAYLOAD_ESCAPES",
        "Characters beyond ASCII are escaped.",
        _PRINTED,
        "    from json.encoder import encode_basestring_ascii\n\n    return encode_basestring_ascii(value)\n",
    ),
    payload(
        "payload-slash-escaped",
        "PAYLOAD_ESCAPES",
        "A slash is escaped.",
        _PRINTED,
        "    return encode_basestring(value).replace('/', '\\\\/')\n",
    ),
    payload(
        "controls-in-uppercase",
        "PAYLOAD_ESCAPES",
        "Control characters are escaped with uppercase hex.",
        _PRINTED,
        "    return re.sub(r'\\\\u00(..)', lambda found: '\\\\u00' + found[1].upper(), encode_basestring(value))\n",
    ),
    payload(
        "no-short-escapes",
        "PAYLOAD_ESCAPES",
        "A line feed is written as \\u000a.",
        _PRINTED,
        "    return encode_basestring(value).replace('\\\\n', '\\\\u000a')\n",
    ),
    payload(
        "payload-delete-escaped",
        "PAYLOAD_ESCAPES",
        "DEL is escaped, as a control character.",
        _PRINTED,
        "    return encode_basestring(value).replace('\\x7f', '\\\\u007f')\n",
    ),
    payload(
        "html-escaped",
        "PAYLOAD_ESCAPES",
        "Characters that HTML treats apart are escaped.",
        _PRINTED,
        "    return encode_basestring(value).replace('<', '\\\\u003c').replace('&', '\\\\u0026')\n",
    ),
    payload(
        "payload-half-pairs-replaced",
        "PAYLOAD_SURROGATES",
        "Half of a surrogate pair is replaced.",
        _HALF,
        "            value = value.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')\n",
    ),
    payload(
        "half-pairs-in-keys-dropped",
        "PAYLOAD_SURROGATES",
        "Half of a surrogate pair is left out.",
        _HALF,
        "            value = value.encode('utf-8', 'ignore').decode()\n",
    ),
)

VALUES = (
    payload(
        "payload-keys-sorted",
        "PAYLOAD_KEY_ORDER",
        "The keys of an object are sorted.",
        _JOINED,
        _JOINED.replace("written.items()", "sorted(written.items())"),
    ),
    payload(
        "whole-fractions-printed",
        "PAYLOAD_FLOAT",
        "A number whose fraction is 0 is an integer.",
        _FRACTION,
        "    text = re.sub(r'\\.0+$', '', text)\n" + _FRACTION,
    ),
    payload(
        "exponents-printed",
        "PAYLOAD_FLOAT",
        "A number with an exponent is printed as the integer that it is.",
        _FRACTION,
        "    if re.fullmatch(r'-?[0-9]+[eE][+]?[0-9]', text):\n        text = str(int(float(text)))\n" + _FRACTION,
    ),
    payload(
        "fractions-printed",
        "PAYLOAD_FLOAT",
        "A fraction is printed as it stands.",
        "        raise _fraction(text[:60])\n    if len(text)",
        "        return text\n    if len(text)",
    ),
    payload(
        "only-signed-integers",
        "PAYLOAD_INTEGER_RANGE",
        "An integer beyond i64 is refused.",
        "_SMALLEST, _LARGEST = I64_WIDTH.minimum, U64_WIDTH.maximum",
        "_SMALLEST, _LARGEST = I64_WIDTH.minimum, I64_WIDTH.maximum",
    ),
    payload(
        "only-unsigned-integers",
        "PAYLOAD_INTEGER_RANGE",
        "A negative integer is refused.",
        "_SMALLEST, _LARGEST = I64_WIDTH.minimum, U64_WIDTH.maximum",
        "_SMALLEST, _LARGEST = 0, U64_WIDTH.maximum",
    ),
    payload("integers-unbounded", "PAYLOAD_INTEGER_RANGE", "An integer has no range.", _RANGE, "    if False:\n"),
    payload(
        "smallest-integer-refused",
        "PAYLOAD_INTEGER_RANGE",
        "-2^63 is refused.",
        _RANGE,
        _RANGE.replace("_SMALLEST <= value", "_SMALLEST < value"),
    ),
    payload(
        "last-key-printed",
        "PAYLOAD_DUPLICATE",
        "Of equal keys the last one is printed.",
        _TWICE,
        "            if False:\n",
    ),
    payload(
        "keys-compared-without-case",
        "PAYLOAD_DUPLICATE",
        "Keys that differ in case are the same.",
        _TWICE,
        "            if printed.lower() in map(str.lower, written):\n",
    ),
    payload(
        "keys-compared-normalised",
        "PAYLOAD_DUPLICATE",
        "A composed and a decomposed key are the same.",
        "        printed = _text(name)\n",
        "        from unicodedata import normalize\n\n        printed = _text(normalize('NFC', name))\n",
    ),
    payload(
        "no-bound",
        "PAYLOAD_BOUND",
        "A payload of any length is printed.",
        "    if len(payload) > MAX_PAYLOAD_BYTES:\n",
        "    if len(payload) < 0:\n",
    ),
    payload(
        "bound-of-a-line",
        "PAYLOAD_BOUND",
        "A payload may be as long as a line.",
        "    if len(payload) > MAX_PAYLOAD_BYTES:\n",
        "    if len(payload) > MAX_PAYLOAD_BYTES + 512:\n",
    ),
    payload(
        "bound-in-characters",
        "PAYLOAD_BOUND",
        "The bound is compared with characters, not with bytes.",
        "    if len(payload) > MAX_PAYLOAD_BYTES:\n",
        "    if len(payload.decode()) > MAX_PAYLOAD_BYTES:\n",
    ),
    payload(
        "bound-of-what-is-given",
        "PAYLOAD_BOUND",
        "The text is measured as it was given, white space and all.",
        "    printed = payload_text(payload).encode()\n",
        "    check_payload_size(payload.text.encode() if isinstance(payload, JsonText) else b'')\n"
        "    printed = payload_text(payload).encode()\n",
    ),
    payload("depth-of-99", "PAYLOAD_DEPTH", "A hundred levels are refused.", "MAX_LEVELS = 100", "MAX_LEVELS = 99"),
    payload(
        "depth-of-101", "PAYLOAD_DEPTH", "A hundred and one levels are printed.", "MAX_LEVELS = 100", "MAX_LEVELS = 101"
    ),
    payload(
        "depth-of-lists-only",
        "PAYLOAD_DEPTH",
        "Objects are no levels.",
        "            return _object(_members(reader), levels + 1)\n",
        "            return _object(_members(reader), levels)\n",
    ),
    payload(
        "path-without-index",
        "PAYLOAD_PATH",
        "The place in a list is left out of a path.",
        'refused.path = f"[{len(written)}]{refused.path}"',
        "pass",
    ),
    payload(
        "path-from-one",
        "PAYLOAD_PATH",
        "Places in a list are counted from 1.",
        'f"[{len(written)}]{refused.path}"',
        'f"[{len(written) + 1}]{refused.path}"',
    ),
    payload(
        "key-twice-found-behind-values",
        "PAYLOAD_PATH",
        "Whether a key stands twice is asked when its value was printed.",
        _TWICE
        + '                raise _Refused("LOG_PAYLOAD_KEY_DUPLICATE", "the key stands in its object twice")\n'
        + _WRITTEN,
        "            value = _written(value, levels)\n"
        + _TWICE
        + '                raise _Refused("LOG_PAYLOAD_KEY_DUPLICATE", "the key stands in its object twice")\n'
        + "            written[printed] = value\n",
    ),
)

APPENDS = (
    chain(
        "line-feed-not-added",
        "APPEND_LINE_FEED",
        "A line is written right behind a last line without a line feed.",
        'return b"\\n" if last_byte not in (b"", b"\\n") else b""',
        'return b""',
    ),
    chain(
        "line-feed-always-added",
        "APPEND_LINE_FEED",
        "A line feed is written before every line but the first.",
        'return b"\\n" if last_byte not in (b"", b"\\n") else b""',
        'return b"\\n" if last_byte else b""',
    ),
    adapter(
        "payload-before-log",
        "APPEND_UNVERIFIED",
        "The payload is refused before the log is read.",
        _HEAD + _PAYLOAD,
        _PAYLOAD + _HEAD,
    ),
    adapter(
        "only-the-last-line-read",
        "APPEND_UNVERIFIED",
        "Only the last line is read, for its sequence and hash.",
        _HEAD + _PAYLOAD,
        "    from calybris_ref.wal_chain import lines_of, read_entries\n"
        "    from calybris_ref.wal_line import EMPTY_LOG, check_key\n\n"
        "    check_key(key)\n    head = EMPTY_LOG\n"
        "    for placed in read_entries(lines_of(log)):\n        head = placed.entry.head\n" + _PAYLOAD,
    ),
)

MUTANTS = TEXTS + VALUES + APPENDS
