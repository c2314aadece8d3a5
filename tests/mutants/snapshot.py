"""Mutants of snapshot files: how they are written, and how they are read."""

from tests.mutants.mutation import bugs_in

file = bugs_in("calybris_ref/snapshot_json.py")

_WRITTEN = "return json.dumps(snapshot.to_dict(), ensure_ascii=False, indent=2)"
_READ = "            data.decode(),\n"
_TWICE = "    if len(members) != len(pairs):\n"
_RECORD = 'return BudgetSnapshot.from_dict({"wal_high_watermark": None} | members)'
_OBJECT = "        if not isinstance(members, dict):\n"
_TOO_LARGE = "    if len(data) > MAX_SNAPSHOT_BYTES:\n"

WRITTEN = (
    file(
        "line-feed-at-the-end",
        "SNAPSHOT_FORM",
        "The file ends with a line feed.",
        _WRITTEN,
        _WRITTEN + ' + "\\n"',
    ),
    file(
        "four-spaces",
        "SNAPSHOT_FORM",
        "The file is indented by four spaces.",
        _WRITTEN,
        _WRITTEN.replace("indent=2", "indent=4"),
    ),
    file(
        "keys-sorted",
        "SNAPSHOT_FORM",
        "Keys are sorted by the alphabet.",
        _WRITTEN,
        _WRITTEN.replace("indent=2", "indent=2, sort_keys=True"),
    ),
    file(
        "empty-list-over-two-lines",
        "SNAPSHOT_EMPTY_LIST",
        "An empty list is written over two lines.",
        _WRITTEN,
        _WRITTEN + '.replace("[]", "[\\n  ]")',
    ),
    file(
        "ascii-only",
        "SNAPSHOT_ESCAPES",
        "Everything that is not ASCII is escaped.",
        _WRITTEN,
        _WRITTEN.replace("ensure_ascii=False", "ensure_ascii=True"),
    ),
    file(
        "slash-escaped",
        "SNAPSHOT_ESCAPES",
        "A slash is escaped.",
        _WRITTEN,
        _WRITTEN + '.replace("/", "\\\\/")',
    ),
    file(
        "delete-escaped",
        "SNAPSHOT_ESCAPES",
        "DEL is escaped like the other control characters.",
        _WRITTEN,
        _WRITTEN + '.replace("\\x7f", "\\\\u007f")',
    ),
    file(
        "tenants-sorted",
        "SNAPSHOT_SORTED",
        "Tenants are sorted when they are written.",
        "snapshot.to_dict()",
        '{**snapshot.to_dict(), "tenants": sorted(snapshot.to_dict()["tenants"], key=lambda one: one["tenant_id"])}',
    ),
)

READ = (
    file(
        "watermark-required",
        "SNAPSHOT_STRICT",
        "A file without a watermark is refused.",
        _RECORD,
        "return BudgetSnapshot.from_dict(members)",
    ),
    file(
        "final-line-feed-refused",
        "SNAPSHOT_STRICT",
        "White space behind the object is refused.",
        _OBJECT,
        '        if not data.endswith(b"}"):\n            raise _malformed("")\n' + _OBJECT,
    ),
    file(
        "unknown-keys-ignored",
        "SNAPSHOT_LENIENT",
        "Unknown keys are ignored.",
        _RECORD,
        'known = ("version", "tenants", "active_reservations", "wal_high_watermark")\n'
        "        members = {key: value for key, value in members.items() if key in known}\n        " + _RECORD,
    ),
    file(
        "open-holds-filled-in",
        "SNAPSHOT_LENIENT",
        "A missing number of open holds is 0.",
        '{"wal_high_watermark": None}',
        '{"wal_high_watermark": None, "active_reservations": 0}',
    ),
    file(
        "last-of-two-keys",
        "SNAPSHOT_DUPLICATE_KEY",
        "Of a key that stands twice the last is taken.",
        _TWICE,
        "    if False:\n",
    ),
    file(
        "list-for-a-record",
        "SNAPSHOT_ARRAY_FORM",
        "A snapshot may be a list of its values.",
        _OBJECT,
        "        if isinstance(members, list) and len(members) == 4:\n"
        '            keys = ("version", "tenants", "active_reservations", "wal_high_watermark")\n'
        "            members = dict(zip(keys, members, strict=True))\n" + _OBJECT,
    ),
    file(
        "texts-are-numbers",
        "SNAPSHOT_TYPES",
        "A text of digits, or true, is taken for a number.",
        _RECORD,
        'members["version"] = int(members["version"])\n        ' + _RECORD,
    ),
    file(
        "fraction-zero",
        "SNAPSHOT_NUMBERS",
        "5.0 and 5e0 are 5.",
        "            parse_float=_refuse_number,\n",
        "            parse_float=lambda text: int(float(text)),\n",
    ),
    file(
        "minus-zero",
        "SNAPSHOT_NUMBERS",
        "-0 is 0.",
        'if text == "-0" or len',
        "if len",
    ),
    file(
        "ledger-checked",
        "SNAPSHOT_CHECKS_LEDGER",
        "A file is refused whose ledger could not be restored.",
        _RECORD,
        "from calybris_ref.ledger import check_restorable\n"
        "        found = BudgetSnapshot.from_dict({'wal_high_watermark': None} | members)\n"
        "        check_restorable(found)\n"
        "        return found",
    ),
    file(
        "trailing-ignored",
        "SNAPSHOT_TRAILING",
        "What stands behind the last brace is ignored.",
        _READ,
        '            data.decode().rpartition("}")[0] + "}",\n',
    ),
    file(
        "comma-too-many",
        "SNAPSHOT_NOT_JSON",
        "A comma before a brace is forgiven.",
        _READ,
        '            data.decode().replace(",}", "}"),\n',
    ),
    file(
        "single-quotes",
        "SNAPSHOT_NOT_JSON",
        "Single quotes are quotes.",
        _READ,
        """            data.decode().replace("'", '"'),\n""",
    ),
    file(
        "escapes-kept",
        "SNAPSHOT_ESCAPES_READ",
        "An escape of a character is kept as it stands in the file.",
        _READ,
        '            data.decode().replace("\\\\u", "\\\\\\\\u"),\n',
    ),
    file(
        "half-pairs-replaced",
        "SNAPSHOT_SURROGATES",
        "Half of a surrogate pair becomes U+FFFD.",
        _RECORD,
        "for tenant in members['tenants']:\n"
        "            data = tenant['tenant_id'].encode('utf-16', 'surrogatepass')\n"
        "            tenant['tenant_id'] = data.decode('utf-16', 'replace')\n"
        "        " + _RECORD,
    ),
    file(
        "bad-bytes-replaced",
        "SNAPSHOT_UTF8",
        "Bytes that are not UTF-8 become U+FFFD.",
        _READ,
        '            data.decode(errors="replace"),\n',
    ),
    file(
        "byte-order-mark-skipped",
        "SNAPSHOT_BOM",
        "A byte order mark is skipped.",
        _READ,
        '            data.decode("utf-8-sig"),\n',
    ),
    file(
        "encoding-found-out",
        "SNAPSHOT_OTHER_ENCODING",
        "The encoding is found out from the first bytes.",
        _READ,
        "            data,\n",
    ),
    file(
        "limit-exclusive",
        "SNAPSHOT_SIZE",
        "A file of exactly 16 MiB is too large.",
        _TOO_LARGE,
        "    if len(data) >= MAX_SNAPSHOT_BYTES:\n",
    ),
    file(
        "limit-in-characters",
        "SNAPSHOT_SIZE",
        "The limit counts characters.",
        _TOO_LARGE,
        '    if len(data.decode(errors="replace")) > MAX_SNAPSHOT_BYTES:\n',
    ),
)

MUTANTS = WRITTEN + READ
