"""Mutants of the lines of a log: blank ones, their keys and forms, their length, and the JSON in them."""

from tests.mutants.mutation import bugs_in

chain = bugs_in("calybris_ref/wal_chain.py")
line = bugs_in("calybris_ref/wal_line.py")
json_text = bugs_in("calybris_ref/wal_json.py")

_UTF8 = "        text = line.decode()\n"
_MATCHED = "    if written := _WRITTEN.match(text):\n"
_LONG = "if len(line) > MAX_LINE_BYTES:"

LINES = (
    line(
        "vertical-tab-blank",
        "LOG_BLANK_LINES",
        "A line of vertical tabs is skipped.",
        'b" \\t\\r\\n\\x0c"',
        'b" \\t\\r\\n\\x0b\\x0c"',
    ),
    line(
        "form-feed-not-blank",
        "LOG_BLANK_LINES",
        "A line of form feeds is no blank one.",
        'b" \\t\\r\\n\\x0c"',
        'b" \\t\\r\\n"',
    ),
    line(
        "blank-as-unicode",
        "LOG_BLANK_LINES",
        "A line is stripped as Unicode text.",
        "return not line.strip(_BLANKS)",
        "return not line.decode('utf-8', 'replace').strip()",
    ),
    line(
        "only-empty-skipped",
        "LOG_BLANK_LINES",
        "Only empty lines are skipped.",
        "not line.strip(_BLANKS)",
        'line in (b"\\n", b"")',
    ),
    chain(
        "lines-from-one",
        "LOG_LINE_INDEX",
        "Lines are counted from 1.",
        "in enumerate(lines, start.line):",
        "in enumerate(lines, start.line + 1):",
    ),
    chain(
        "entries-counted",
        "LOG_LINE_INDEX",
        "Blank lines are not counted.",
        "in enumerate(lines, start.line):",
        "in enumerate([line for line in lines if len(line) > MAX_LINE_BYTES or not is_blank(line)], start.line):",
    ),
    chain(
        "torn-line-dropped",
        "LOG_LAST_LINE",
        "A last line without line feed that is no entry is dropped.",
        "            except NotJsonError as error:\n",
        "            except NotJsonError as error:\n"
        "                if not line.endswith(b'\\n'):\n                    return\n",
    ),
    chain(
        "last-line-needs-its-feed",
        "LOG_LAST_LINE",
        "A last line without line feed is left out.",
        "        if not is_blank(line):\n",
        "        if not is_blank(line) and line.endswith(b'\\n'):\n",
    ),
    line(
        "unknown-key-ignored",
        "LOG_ENTRY_KEYS",
        "A key that no entry has is ignored.",
        '            raise NotJsonError("it has a key that no entry has")\n',
        "            continue\n",
    ),
    line(
        "last-of-equal-keys",
        "LOG_ENTRY_KEYS",
        "Of a key that stands twice the last counts.",
        "        if key in values:\n",
        "        if False:\n",
    ),
    line(
        "data-may-be-missing",
        "LOG_ENTRY_KEYS",
        "An entry without data has null.",
        "    for key in _KEYS:\n        if key not in values:\n",
        '    values.setdefault("data", "null")\n    for key in _KEYS:\n        if key not in values:\n',
    ),
    line(
        "only-the-order-of-writers",
        "LOG_ENTRY_KEYS",
        "Keys must stand in the order in which they are written.",
        "    return WalEntry(\n        _sequence(",
        '    if list(values) != list(_KEYS):\n        raise NotJsonError("order")\n'
        "    return WalEntry(\n        _sequence(",
    ),
    line(
        "mark-skipped",
        "LOG_ENTRY_FORM",
        "A byte order mark is skipped.",
        _UTF8,
        "        text = line.decode('utf-8-sig')\n",
    ),
    line(
        "text-behind-ignored",
        "LOG_ENTRY_FORM",
        "What stands behind the object is ignored.",
        'if text[end:] in ("}\\n", "}"):',
        'if text[end:].startswith("}"):',
    ),
    line(
        "list-accepted",
        "LOG_ENTRY_FORM",
        "A list of the four values is an entry.",
        _MATCHED,
        "    if text.startswith('['):\n        parts = json.loads(text)\n"
        "        if len(parts) == 4 and isinstance(parts[0], int) and isinstance(parts[1], str):\n"
        "            data = json.dumps(parts[3], separators=(',', ':')).encode()\n"
        "            return WalEntry(parts[0], parts[1], str(parts[2]), data)\n" + _MATCHED,
    ),
    line(
        "sequence-with-leading-zeros",
        "LOG_SEQUENCE_FORM",
        "A sequence is any JSON integer of 64 bits or more.",
        "    if not _DIGITS.fullmatch(text) or int(text) > U64_WIDTH.maximum:\n",
        "    if not _DIGITS.fullmatch(text.removeprefix('-')):\n",
    ),
    line(
        "sequence-through-double",
        "LOG_SEQUENCE_FORM",
        "A sequence such as 1.0 or 1e0 is a number.",
        "    if not _DIGITS",
        "    if re.fullmatch(r'[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?', text) and float(text) < 2**60:\n"
        "        return int(float(text))\n    if not _DIGITS",
    ),
    line(
        "sequence-in-quotes",
        "LOG_SEQUENCE_FORM",
        "A sequence may be a text.",
        "def _sequence(text: str) -> int:\n",
        "def _sequence(text: str) -> int:\n    text = text.strip('\"')\n",
    ),
    line(
        "hash-escapes-kept",
        "LOG_ESCAPED",
        "A hash is compared as it is written.",
        "    value, _ = string(text)\n    try:\n",
        "    value, _ = string(text)\n    value = text[1:-1]\n    try:\n",
    ),
    json_text(
        "escaped-keys-unknown",
        "LOG_ESCAPED",
        "A key is taken as it is written.",
        "        name, start = key(text, at)\n        end = value_end(text, start)\n",
        "        name, start = key(text, at)\n        name = text[at + 1 : string(text, at)[1] - 1]\n"
        "        end = value_end(text, start)\n",
    ),
    line(
        "utf8-replaced",
        "LOG_UTF8",
        "Bytes that are not UTF-8 are replaced.",
        _UTF8,
        "        text = line.decode('utf-8', 'replace')\n",
    ),
    line(
        "utf8-as-latin",
        "LOG_UTF8",
        "Bytes that are not UTF-8 are read as Latin-1.",
        _UTF8,
        "        text = line.decode('utf-8', 'surrogateescape')\n",
    ),
    chain(
        "length-without-line-feed",
        "LOG_LINE_LENGTH",
        "The line feed is not counted.",
        _LONG,
        "if len(line.rstrip(b'\\n')) > MAX_LINE_BYTES:",
    ),
    chain(
        "length-bound-off", "LOG_LINE_LENGTH", "A line of 16 MiB is refused.", _LONG, "if len(line) >= MAX_LINE_BYTES:"
    ),
    chain(
        "length-of-blank-lines-unchecked",
        "LOG_LINE_LENGTH",
        "A blank line may be as long as it likes.",
        _LONG,
        "if len(line) > MAX_LINE_BYTES and not is_blank(line):",
    ),
    line(
        "length-in-megabytes",
        "LOG_LINE_LENGTH",
        "The bound is 16 million bytes.",
        "16 * 1024 * 1024",
        "16 * 1000 * 1000",
    ),
)

PAYLOADS_READ = (
    json_text(
        "nan-read",
        "LOG_JSON_LENIENT",
        "NaN and Infinity are numbers.",
        "parse_float=bool, parse_constant=_refuse_constant)\n_FLAT",
        "parse_float=bool)\n_FLAT",
    ),
    json_text(
        "control-characters-read",
        "LOG_JSON_LENIENT",
        "Control characters may stand in texts.",
        "_DECODER = json.JSONDecoder(parse_int=bool",
        "_DECODER = json.JSONDecoder(strict=False, parse_int=bool",
    ),
    json_text(
        "payload-leading-zeros-read",
        "LOG_JSON_LENIENT",
        "Numbers may begin with zeros.",
        "    if len(text) - at <= _BUILT_AT_MOST_CHARACTERS:\n",
        "    if zeros := re.compile(r'-?[0-9]+').match(text, at):\n"
        "        if text[zeros.end() : zeros.end() + 1] in ('}', '\\n'):\n"
        "            return zeros.end()\n    if len(text) - at <= _BUILT_AT_MOST_CHARACTERS:\n",
    ),
    json_text(
        "deep-payload-refused",
        "LOG_JSON_NARROW",
        "A payload that is deeper than the parser goes is refused.",
        "            pass  # deeper than the module goes\n",
        "            _refuse(text, at)\n",
    ),
    json_text(
        "large-numbers-refused",
        "LOG_JSON_NARROW",
        "A number must be one of 64 bits.",
        "_DECODER = json.JSONDecoder(parse_int=bool",
        "_DECODER = json.JSONDecoder(parse_int=_plain_integer",
    ),
    json_text(
        "equal-keys-refused",
        "LOG_JSON_NARROW",
        "A key that stands twice in a payload is refused.",
        "_DECODER = json.JSONDecoder(parse_int=bool",
        "_DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_int=bool",
    ),
    json_text(
        "half-pairs-refused",
        "LOG_JSON_NARROW",
        "Half of a surrogate pair in a payload is refused.",
        "            return _DECODER.raw_decode(text, at)[1]\n",
        "            value, end = _DECODER.raw_decode(text, at)\n"
        "            if '\\\\ud' in repr(value):\n"
        "                _refuse(text, at)\n            return end\n",
    ),
)

MUTANTS = LINES + PAYLOADS_READ
