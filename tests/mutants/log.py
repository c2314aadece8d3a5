"""Mutants of the log as it is read: its chain, its keys and its anchors."""

from tests.mutants.mutation import bugs_in

chain = bugs_in("calybris_ref/wal_chain.py")
blocks = bugs_in("calybris_ref/wal_blocks.py")
line = bugs_in("calybris_ref/wal_line.py")
anchor = bugs_in("calybris_ref/wal_anchor.py")

_SEQUENCE = "if entry.sequence != sequence + 1:"
_PREVIOUS = "if not same_hash(entry.previous_hash, last_hash):"
_OWN = "if not same_hash(entry.entry_hash, own_hash):"
_HASHED = "    hashed = previous_hash.encode() + data\n"
_HASHES = "        own_hash = entry_hash(entry.previous_hash, entry.data, key)\n"
_MAC = 'hmac.digest(key, hashed, "sha256").hex()'

CHAINS = (
    line(
        "data-printed-again",
        "LOG_DATA_REPRINTED",
        "A payload is parsed and printed compactly before it is hashed.",
        _HASHED,
        _HASHED.replace("data\n", "json.dumps(json.loads(data), separators=(',', ':')).encode()\n"),
    ),
    line(
        "data-with-sorted-keys",
        "LOG_DATA_REPRINTED",
        "The keys of a payload are sorted before it is hashed.",
        _HASHED,
        "    value = json.loads(data)\n"
        "    if isinstance(value, dict) and list(value) != sorted(value):\n"
        "        data = json.dumps(value, separators=(',', ':'), sort_keys=True).encode()\n" + _HASHED,
    ),
    line(
        "data-without-white-space",
        "LOG_DATA_REPRINTED",
        "Spaces are left out of the payload before it is hashed.",
        _HASHED,
        _HASHED.replace("data\n", "data.replace(b' ', b'')\n"),
    ),
    chain("sequence-unchecked", "LOG_CHAIN_LOOSE", "Any sequence is taken.", _SEQUENCE, "if entry.sequence < 1:"),
    chain(
        "gap-accepted",
        "LOG_CHAIN_LOOSE",
        "A sequence only has to be larger than the one before.",
        _SEQUENCE,
        "if entry.sequence <= sequence:",
    ),
    chain(
        "previous-unchecked",
        "LOG_CHAIN_LOOSE",
        "The previous hash is not compared, only hashed.",
        _PREVIOUS,
        "if False:",
    ),
    chain("entry-hash-unchecked", "LOG_CHAIN_LOOSE", "The entry's own hash is not compared.", _OWN, "if False:"),
    chain(
        "entry-hash-by-prefix",
        "LOG_CHAIN_LOOSE",
        "The first characters of a hash are enough.",
        _OWN,
        "if not own_hash.startswith(entry.entry_hash):",
    ),
    line(
        "previous-hash-as-bytes",
        "LOG_CHAIN_LOOSE",
        "The previous hash is decoded to 32 bytes before it is hashed.",
        _HASHED,
        "    from contextlib import suppress\n    previous = previous_hash.encode()\n"
        "    with suppress(ValueError):\n        previous = bytes.fromhex(previous_hash)\n"
        "    hashed = previous + data\n",
    ),
    line(
        "data-first",
        "LOG_CHAIN_LOOSE",
        "The payload is hashed first.",
        _HASHED,
        "    hashed = data + previous_hash.encode()\n",
    ),
    chain(
        "hash-before-sequence",
        "LOG_CHECK_ORDER",
        "The hashes are compared before the sequence.",
        "        if entry.sequence != sequence + 1:\n",
        "        if not same_hash(entry.previous_hash, last_hash):\n"
        '            raise broken_chain(placed, "previous_hash", last_hash, entry.previous_hash)\n'
        "        if entry.sequence != sequence + 1:\n",
    ),
    chain(
        "own-hash-before-previous",
        "LOG_CHECK_ORDER",
        "The entry's own hash is compared before the previous one.",
        "        if not same_hash(entry.previous_hash, last_hash):\n",
        _HASHES
        + "        if not same_hash(entry.entry_hash, own_hash):\n"
        + '            raise broken_chain(placed, "entry_hash", own_hash, entry.entry_hash)\n'
        + "        if not same_hash(entry.previous_hash, last_hash):\n",
    ),
    line(
        "hash-case-folded",
        "LOG_HEX_FOLDED",
        "Hashes are compared without regard to case.",
        "hmac.compare_digest(one.encode(), other.encode())",
        "hmac.compare_digest(one.lower().encode(), other.lower().encode())",
    ),
    chain(
        "beginning-from-the-log",
        "LOG_BEGINNING",
        "The first entry says where the chain begins.",
        "        entry = placed.entry\n        if",
        "        entry = placed.entry\n        if last_hash == EMPTY_LOG.last_hash:\n"
        "            sequence, last_hash = entry.sequence - 1, entry.previous_hash\n        if",
    ),
    line(
        "genesis-empty", "LOG_BEGINNING", "The chain begins with an empty text.", 'GENESIS = "genesis"', 'GENESIS = ""'
    ),
    chain(
        "sequence-from-zero",
        "LOG_BEGINNING",
        "The first sequence is 0.",
        "    sequence, last_hash = start.head\n",
        "    sequence, last_hash = -1, start.head.last_hash\n",
    ),
)

KEYS = (
    line(
        "key-hashed-in-front",
        "LOG_KEY",
        "The key is hashed in front of the text.",
        _MAC,
        "sha256(key + hashed).hexdigest()",
    ),
    line("key-cut", "LOG_KEY", "A key is cut to the 64 bytes of a block.", _MAC, _MAC.replace("(key,", "(key[:64],")),
    line("key-ignored", "LOG_KEY", "The key is not used.", _MAC, "sha256(hashed).hexdigest()"),
    line("key-bound-off", "LOG_KEY", "A key of 31 bytes is taken.", "MIN_KEY_BYTES = 32", "MIN_KEY_BYTES = 31"),
    line(
        "key-of-32-refused",
        "LOG_KEY",
        "A key of 32 bytes is refused.",
        "len(key) < MIN_KEY_BYTES:",
        "len(key) <= MIN_KEY_BYTES:",
    ),
    line(
        "key-empty-is-none",
        "LOG_KEY",
        "An empty key is no key.",
        "if key is not None and len(key)",
        "if key and len(key)",
    ),
    blocks(
        "key-checked-late",
        "LOG_KEY",
        "A short key is refused when the log was read.",
        "    check_key(key)\n    if anchor:\n        anchor.check_schema()\n    head = BEGINNING.head\n"
        "    for block in verified_blocks(blocks, key):\n        head = block.end.head\n",
        "    if anchor:\n        anchor.check_schema()\n    head = BEGINNING.head\n"
        "    for block in verified_blocks(blocks, key):\n        head = block.end.head\n    check_key(key)\n",
    ),
)

ANCHORS = (
    anchor(
        "anchor-sequence-unchecked",
        "ANCHOR_LOOSE",
        "Only the hash is compared.",
        "if head.sequence != self.sequence:",
        "if False:",
    ),
    anchor(
        "anchor-grown-accepted",
        "ANCHOR_LOOSE",
        "A log that has grown since matches.",
        "        if head.sequence != self.sequence:\n",
        "        if head.sequence > self.sequence:\n            return\n        if head.sequence != self.sequence:\n",
    ),
    anchor(
        "anchor-hash-unchecked",
        "ANCHOR_LOOSE",
        "Only the sequence is compared.",
        "if not same_hash(head.last_hash, self.last_hash):",
        "if False:",
    ),
    anchor(
        "anchor-keyed-unchecked",
        "ANCHOR_LOOSE",
        "Whether a key was used is not compared.",
        "if keyed != self.keyed:",
        "if False:",
    ),
    anchor(
        "anchor-keyed-first",
        "ANCHOR_LOOSE",
        "Whether a key was used is compared first.",
        "        self.check_schema()\n        if head",
        "        self.check_schema()\n        if keyed != self.keyed:\n"
        '            raise _mismatch("keyed", self.keyed, keyed)\n        if head',
    ),
    blocks(
        "anchor-schema-late",
        "ANCHOR_SCHEMA_LATE",
        "The schema is checked when the log was read.",
        "    if anchor:\n        anchor.check_schema()\n",
        "",
    ),
    anchor(
        "anchor-schema-by-prefix",
        "ANCHOR_SCHEMA_LATE",
        "Any schema that begins alike is taken.",
        "if self.schema_version != ANCHOR_SCHEMA_VERSION:",
        "if not self.schema_version.startswith(ANCHOR_SCHEMA_VERSION):",
    ),
)

MUTANTS = CHAINS + KEYS + ANCHORS
