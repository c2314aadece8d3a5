"""Mutants of the evidence: canonical bytes, digests, hex, verification, bundles and certificates."""

from tests.mutants.mutation import bugs_in

layout = bugs_in("calybris_ref/layout.py")
model = bugs_in("calybris_ref/model.py")
digest = bugs_in("calybris_ref/digest.py")
verify = bugs_in("calybris_ref/verify.py")

_ODD = """    if len(data) % 2:
        raise DigestDecodeError(f"{len(data)} bytes are an odd number", code="DIGEST_HEX_LENGTH_ODD", at="text")
"""
_LENGTH = """    if len(data) != 2 * DIGEST_BYTES:
        raise DigestDecodeError(
            f"{len(data)} characters are not {2 * DIGEST_BYTES}", code="DIGEST_HEX_LENGTH_INVALID", at="text"
        )
"""
_SORTED = '    models = sorted(snapshot.models, key=attrgetter("model_id"))\n'
_REPLAYS = "return isinstance(verify_decision(snapshot, request, decision), Valid)"

BYTES = (
    layout(
        "tag-without-nul",
        "DIGEST_TAG",
        "The tag is taken for a C string and lacks its NUL.",
        'INPUT_TAG = b"calyinp1\\0"',
        'INPUT_TAG = b"calyinp1"',
    ),
    layout(
        "tag-of-another-record",
        "DIGEST_TAG",
        "Decisions are tagged as requests.",
        "return DECISION_TAG + DECISION.pack(decision)",
        "return INPUT_TAG + DECISION.pack(decision)",
    ),
    layout(
        "tag-missing",
        "DIGEST_TAG",
        "Policies are hashed without their tag.",
        "[POLICY_TAG, POLICY.pack(snapshot),",
        "[POLICY.pack(snapshot),",
    ),
    layout(
        "big-endian",
        "DIGEST_ENDIAN",
        "Fields are written in network order.",
        'Struct("<" + "".join(self.codes))',
        'Struct(">" + "".join(self.codes))',
    ),
    layout(
        "signed-as-magnitude",
        "DIGEST_SIGN",
        "A negative number is written as its magnitude.",
        "return self._struct.pack(*self._values(record))",
        "return self._struct.pack(*map(abs, self._values(record)))",
    ),
    layout(
        "signed-as-zero",
        "DIGEST_SIGN",
        "A negative number is written as 0.",
        "return self._struct.pack(*self._values(record))",
        "return self._struct.pack(*(max(0, value) for value in self._values(record)))",
    ),
    layout(
        "padded",
        "DIGEST_LAYOUT",
        "Fields are aligned as the compiler aligns a struct.",
        'Struct("<" + "".join(self.codes))',
        'Struct("@" + "".join(self.codes))',
    ),
    model(
        "reason-in-one-byte",
        "DIGEST_LAYOUT",
        "The reason is written in one byte, like the action.",
        "Annotated[KernelReason, U16_WIDTH]",
        "Annotated[KernelReason, U8_WIDTH]",
    ),
    model(
        "action-in-two-bytes",
        "DIGEST_LAYOUT",
        "The action is written in two bytes, like the reason.",
        "Annotated[KernelAction, U8_WIDTH]",
        "Annotated[KernelAction, U16_WIDTH]",
    ),
    model(
        "neighbours-exchanged",
        "DIGEST_LAYOUT",
        "Risk and confidence are written in the other order.",
        "    risk_bps: U16\n    confidence_bps: U16\n",
        "    confidence_bps: U16\n    risk_bps: U16\n",
    ),
    layout(
        "last-field-missing",
        "DIGEST_LAYOUT",
        "The last field of a record is left out.",
        "table = [column for column in columns(record) if column.width]",
        "table = [column for column in columns(record) if column.width][:-1]",
    ),
    layout(
        "count-hashed",
        "DIGEST_COUNT_HASHED",
        "The number of models is hashed, as serializers do.",
        "POLICY.pack(snapshot), *map(",
        'POLICY.pack(snapshot), len(models).to_bytes(4, "little"), *map(',
    ),
    layout(
        "models-as-given",
        "DIGEST_CATALOG_ORDER",
        "Models are hashed in the order of the catalog.",
        _SORTED,
        "    models = snapshot.models\n",
    ),
    layout(
        "models-sorted-as-text",
        "DIGEST_CATALOG_ORDER",
        "The ids are sorted as text: 10 before 9.",
        _SORTED,
        "    models = sorted(snapshot.models, key=lambda model: str(model.model_id))\n",
    ),
    layout(
        "models-sorted-by-bytes",
        "DIGEST_CATALOG_ORDER",
        "The packed models are sorted, little-endian ids first.",
        "*map(MODEL.pack, models)]",
        "*sorted(map(MODEL.pack, models))]",
    ),
)

HEX = (
    digest(
        "uppercase-decoded",
        "HEX_LENIENT",
        "Uppercase is decoded, as in early releases.",
        'frozenset(b"0123456789abcdef")',
        'frozenset(b"0123456789abcdefABCDEF")',
    ),
    digest(
        "white-space-decoded",
        "HEX_LENIENT",
        "The text is trimmed first.",
        'data = text.encode("utf-8", "surrogatepass")',
        'text = text.strip()\n    data = text.encode("utf-8", "surrogatepass")',
    ),
    digest(
        "prefix-decoded",
        "HEX_LENIENT",
        "A prefix 0x is skipped.",
        'data = text.encode("utf-8", "surrogatepass")',
        'text = text.removeprefix("0x")\n    data = text.encode("utf-8", "surrogatepass")',
    ),
    digest(
        "length-before-characters",
        "HEX_ORDER",
        "The length is checked before the characters.",
        "    for index, byte in enumerate(data):\n",
        _LENGTH + "    for index, byte in enumerate(data):\n",
    ),
    digest(
        "odd-length-last",
        "HEX_ORDER",
        "An odd length is found after a bad character.",
        _ODD,
        "    if len(data) % 2 and all(byte in _HEX_CHARACTERS for byte in data):\n" + _ODD.split("\n", 1)[1],
    ),
    digest(
        "index-in-characters",
        "HEX_CHARACTER_INDEX",
        "Lengths and positions are counted in characters.",
        'data = text.encode("utf-8", "surrogatepass")',
        "data = [ord(character) for character in text]",
    ),
)

VERIFICATION = (
    verify(
        "only-the-selection-compared",
        "VERIFY_SHALLOW",
        "A decision verifies when action and model are right.",
        "Valid() if expected == decision else",
        "Valid() if (expected.action, expected.selected_model_id)"
        " == (decision.action, decision.selected_model_id) else",
    ),
    verify(
        "epochs-not-compared",
        "VERIFY_SHALLOW",
        "The epochs are left out of the comparison.",
        "Valid() if expected == decision else",
        "Valid() if {**expected.to_dict(), 'policy_epoch': 0, 'catalog_epoch': 0} == "
        "{**decision.to_dict(), 'policy_epoch': 0, 'catalog_epoch': 0} else",
    ),
    verify(
        "claim-lowercased",
        "VERIFY_DIGEST_LENIENT",
        "A claim in uppercase is accepted.",
        "if own_hex == claimed_hex else",
        "if own_hex == claimed_hex.lower() else",
    ),
    verify(
        "claim-trimmed",
        "VERIFY_DIGEST_LENIENT",
        "A claim with white space around it is accepted.",
        "if own_hex == claimed_hex else",
        "if own_hex == claimed_hex.strip() else",
    ),
    verify(
        "claim-prefix",
        "VERIFY_DIGEST_LENIENT",
        "The first characters of a digest are enough.",
        "if own_hex == claimed_hex else",
        "if own_hex.startswith(claimed_hex) else",
    ),
    verify(
        "replay-trusted",
        "BUNDLE_REPLAY_TRUSTED",
        "Every decision is said to replay.",
        _REPLAYS,
        "return True",
    ),
    verify(
        "bundle-of-the-replayed-decision",
        "BUNDLE_REPLAY_TRUSTED",
        "The bundle holds the digest of the replayed decision.",
        "decision_digest_hex=decision_digest(decision).hex()",
        "decision_digest_hex=decision_digest(kernel.prescribe(snapshot, request)).hex()",
    ),
    verify(
        "certificate-of-the-replayed-decision",
        "BUNDLE_REPLAY_TRUSTED",
        "The certificate names the model of the replayed decision.",
        "selected_model_id=decision.selected_model_id",
        "selected_model_id=kernel.prescribe(snapshot, request).selected_model_id",
    ),
    verify(
        "producer-unchecked",
        "CANONICAL_ORDER",
        "The producer of a bundle is not checked.",
        '    ("created_by", PRODUCER, "VERIFY_BUNDLE_PRODUCER_UNKNOWN"),\n',
        "",
    ),
    verify(
        "replay-checked-first",
        "CANONICAL_ORDER",
        "A bundle that does not replay is refused before its schema is looked at.",
        "        for field, canonical, code in _CANONICAL_VALUES:\n",
        "        for field, canonical, code in reversed(_CANONICAL_VALUES):\n",
    ),
    verify(
        "one-digest-unchecked",
        "CANONICAL_ORDER",
        "The digest of the request is not checked.",
        '("policy_digest_hex", "input_digest_hex", "decision_digest_hex")',
        '("policy_digest_hex", "decision_digest_hex")',
    ),
    verify(
        "digest-length-only",
        "CANONICAL_ORDER",
        "A digest is checked for its length only.",
        "                decode_hex32(value)\n",
        "                decode_hex32('00' * (len(value) // 2))\n",
    ),
)

MUTANTS = BYTES + HEX + VERIFICATION
