"""Mutants of audited decisions, proof envelopes and recovery: records, their replay, what is sealed and planned."""

from tests.mutants.mutation import bugs_in

record = bugs_in("calybris_ref/wal_record.py")
replay = bugs_in("calybris_ref/wal_replay.py")
json_text = bugs_in("calybris_ref/wal_json.py")
proof = bugs_in("calybris_ref/proof.py")
persistence = bugs_in("calybris_ref/persistence.py")
adapter = bugs_in("conformance/calybris_conformance/adapters/reference_log.py")

_CANONICAL = """    try:
        bundle.validate_canonical()
    except VerificationError as error:
        raise _failed("LOG_AUDIT_NOT_CANONICAL", f"audit.{error.at}", error.detail) from None
"""
_INPUT = "    if input_digest(record.request).hex() != bundle.input_digest_hex:\n"
_DECISION = "    if decision_digest(record.decision).hex() != bundle.decision_digest_hex:\n"
_REPLAYED = "    if kernel.prescribe(snapshot, record.request) != record.decision:\n"
_WANTED = "        wanted = (bundle.policy_epoch, bundle.catalog_epoch, bundle.policy_digest_hex)\n"
_FOUND = "        return self._known.get(wanted)\n"
_VERIFIED = "    verify_log(log, key)\n    book = PolicyBook(policies)\n"
_DECISION_READ = 'KernelDecision.from_dict(flat_object(parts["decision"])),\n'
_REPLAYS = "replay_valid=bundle.replay_valid"
_COMPLETE = "return self.replay_valid and all(getattr(self, field) is not None for field in _ATTACHED)"
_ATTACHED = '_ATTACHED = ("wal_sequence", "wal_entry_hash", "budget_snapshot_version", "ledger_digest_hex")'
_WATERMARK = "    watermark = snapshot.wal_high_watermark or 0\n"

RECORDS = (
    record(
        "verified-writes-everything",
        "AUDIT_NOT_VERIFIED",
        "The verified append writes a decision that does not replay.",
        "    if not bundle.replay_valid:\n",
        "    if False:\n",
    ),
    adapter(
        "unverified-refuses",
        "AUDIT_NOT_VERIFIED",
        "The plain append refuses a decision that does not replay.",
        '    if question["verified"]:\n',
        "    if True:\n",
    ),
    record(
        "record-with-more-keys",
        "RECORD_LENIENT",
        "A key that no record has is ignored.",
        "        if key not in _KEYS or key in parts:\n",
        "        if key not in _KEYS:\n            continue\n        if key in parts:\n",
    ),
    record(
        "last-of-equal-parts",
        "RECORD_LENIENT",
        "Of a part that stands twice the last counts.",
        "if key not in _KEYS or key in parts:",
        "if key not in _KEYS:",
    ),
    record(
        "metadata-may-be-missing",
        "RECORD_LENIENT",
        "A record without metadata has null.",
        "    if len(parts) != len(_KEYS):\n",
        '    parts.setdefault("metadata", "null")\n    if len(parts) != len(_KEYS):\n',
    ),
    json_text(
        "last-of-equal-fields",
        "RECORD_LENIENT",
        "Of a field that stands twice the last counts.",
        "    if len(values) != len(pairs):\n",
        "    if False:\n",
    ),
    json_text(
        "whole-fractions-read",
        "RECORD_LENIENT",
        "A number such as 1000.0 or 1e0 in a record is the integer that it is.",
        "object_pairs_hook=_distinct, parse_int=_plain_integer, parse_float=_refuse_fraction",
        "object_pairs_hook=_distinct, parse_int=_plain_integer, parse_float=lambda text: int(float(text))",
    ),
    json_text(
        "negative-zero-read",
        "RECORD_LENIENT",
        "A -0 in a record is 0.",
        're.compile(r"0|-?[1-9][0-9]{0,19}")',
        're.compile(r"-?0|-?[1-9][0-9]{0,19}")',
    ),
    record(
        "names-in-snake-case",
        "RECORD_NAMES",
        "An action may stand in display form.",
        _DECISION_READ,
        "KernelDecision.from_dict({\n"
        "                    key: ''.join(map(str.capitalize, value.split('_'))) if '_' in str(value) else value\n"
        '                    for key, value in flat_object(parts["decision"]).items()\n'
        "                }),\n",
    ),
    record(
        "names-without-case",
        "RECORD_NAMES",
        "The case of an action does not matter.",
        _DECISION_READ,
        "KernelDecision.from_dict({\n"
        "                    key: {'executerequested': 'ExecuteRequested'}.get(str(value).lower(), value)\n"
        '                    for key, value in flat_object(parts["decision"]).items()\n'
        "                }),\n",
    ),
    record(
        "metadata-as-a-payload",
        "RECORD_METADATA",
        "Metadata must be what a writer writes.",
        '                parts["metadata"].encode(),\n',
        '                payload_bytes(__import__("calybris_ref").JsonText(parts["metadata"])),\n',
    ),
)

REPLAYS = (
    replay(
        "canonical-after-policy",
        "REPLAY_ORDER",
        "The policy is looked for before the bundle is checked.",
        _CANONICAL + "    snapshot = book.find(bundle)\n    if snapshot is None:\n",
        "    snapshot = book.find(bundle)\n    if snapshot is not None:\n"
        + "".join(f"    {line}\n" for line in _CANONICAL.splitlines())
        + "    if snapshot is None:\n",
    ),
    replay(
        "decision-before-input",
        "REPLAY_ORDER",
        "The decision's digest is compared before the request's.",
        _INPUT,
        _DECISION
        + '        raise _failed("LOG_AUDIT_DECISION_MISMATCH", "audit.decision_digest_hex", "another digest")\n'
        + _INPUT,
    ),
    replay(
        "replayed-before-digests",
        "REPLAY_ORDER",
        "The decision is replayed before the digests are compared.",
        _INPUT,
        _REPLAYED + '        raise _failed("LOG_AUDIT_NOT_REPLAYED", "decision", "another decision")\n' + _INPUT,
    ),
    replay(
        "entries-judged-on-the-way",
        "REPLAY_ORDER",
        "An entry is judged before the rest of the chain is read.",
        _VERIFIED,
        "    book = PolicyBook(policies)\n",
    ),
    replay("bundle-unchecked", "REPLAY_ORDER", "The bundle is not checked.", _CANONICAL, ""),
    replay(
        "request-digest-unchecked", "REPLAY_SHALLOW", "The request's digest is not compared.", _INPUT, "    if False:\n"
    ),
    replay(
        "decision-digest-unchecked",
        "REPLAY_SHALLOW",
        "The decision's digest is not compared.",
        _DECISION,
        "    if False:\n",
    ),
    replay("not-replayed", "REPLAY_SHALLOW", "The decision is not taken again.", _REPLAYED, "    if False:\n"),
    replay(
        "only-the-choice-replayed",
        "REPLAY_SHALLOW",
        "Only the choice of the replayed decision is compared.",
        _REPLAYED,
        "    if kernel.prescribe(snapshot, record.request).action != record.decision.action:\n",
    ),
    replay(
        "policy-by-epochs",
        "REPLAY_POLICY",
        "A policy is found by its epochs alone.",
        _FOUND,
        "        return next((found for key, found in self._known.items() if key[:2] == wanted[:2]), None)\n",
    ),
    replay(
        "policy-by-digest",
        "REPLAY_POLICY",
        "A policy is found by its digest alone.",
        _FOUND,
        "        return next((found for key, found in self._known.items() if key[2] == wanted[2]), None)\n",
    ),
    replay(
        "policy-always-the-first",
        "REPLAY_POLICY",
        "Every entry is held against the first policy.",
        _FOUND,
        "        first = next(iter(self._known), None)\n"
        "        return self._known[first] if first == wanted else None\n",
    ),
)

ENVELOPES = (
    proof(
        "replay-said",
        "ENVELOPE_REPLAY",
        "Every envelope says that its decision replays.",
        _REPLAYS,
        "replay_valid=True",
    ),
    proof(
        "replayed-decision-sealed",
        "ENVELOPE_REPLAY",
        "The decision is taken again and sealed.",
        "    bundle = audit_bundle(snapshot, request, decision)\n",
        "    decision = snapshot.prescribe(request)\n    bundle = audit_bundle(snapshot, request, decision)\n",
    ),
    proof(
        "zero-is-absent",
        "ENVELOPE_COMPLETE",
        "A zero or an empty text counts as absent.",
        _COMPLETE,
        "return self.replay_valid and all(getattr(self, field) for field in _ATTACHED)",
    ),
    proof(
        "complete-without-replay",
        "ENVELOPE_COMPLETE",
        "An envelope is complete when its parts are there.",
        _COMPLETE,
        "return all(getattr(self, field) is not None for field in _ATTACHED)",
    ),
    proof(
        "complete-without-ledger",
        "ENVELOPE_COMPLETE",
        "An envelope is complete with its place in the log.",
        _COMPLETE,
        "return self.replay_valid and self.wal_sequence is not None",
    ),
    proof(
        "parts-in-another-order",
        "ENVELOPE_ORDER",
        "The ledger's parts are asked for first.",
        _ATTACHED,
        '_ATTACHED = ("budget_snapshot_version", "ledger_digest_hex", "wal_sequence", "wal_entry_hash")',
    ),
    proof(
        "sequence-zero-accepted",
        "ENVELOPE_ORDER",
        "The sequence 0 is taken.",
        "        if self.wal_sequence == 0:\n",
        "        if False:\n",
    ),
    proof(
        "replay-after-parts",
        "ENVELOPE_ORDER",
        "Whether it replays is asked last.",
        "        if not self.replay_valid:\n",
        "        if not self.replay_valid and None not in [getattr(self, field) for field in _ATTACHED]:\n",
    ),
    proof(
        "ledger-digest-unchecked",
        "ENVELOPE_ORDER",
        "The ledger's digest is not checked.",
        '"wal_entry_hash", "ledger_digest_hex")\n\n',
        '"wal_entry_hash")\n\n',
    ),
)

RECOVERY = (
    persistence(
        "watermark-read-again",
        "RECOVERY_WATERMARK",
        "The entry at the watermark is replayed again.",
        "last_sequence - watermark, watermark)",
        "last_sequence - max(watermark - 1, 0), watermark)",
    ),
    persistence(
        "watermark-at-the-end-refused",
        "RECOVERY_WATERMARK",
        "A watermark at the end of the log is refused.",
        "    if watermark > last_sequence:\n",
        "    if watermark >= last_sequence > 0:\n",
    ),
    persistence(
        "watermark-beyond-accepted",
        "RECOVERY_WATERMARK",
        "A watermark beyond the end leaves nothing to do.",
        "    if watermark > last_sequence:\n",
        "    last_sequence = max(watermark, last_sequence)\n    if watermark > last_sequence:\n",
    ),
    persistence(
        "watermark-default-off",
        "RECOVERY_WATERMARK",
        "Without a watermark nothing is left to do.",
        _WATERMARK,
        "    watermark = last_sequence if snapshot.wal_high_watermark is None else snapshot.wal_high_watermark\n",
    ),
    adapter(
        "plan-without-anchor",
        "RECOVERY_UNVERIFIED",
        "A plan does not look at the anchor.",
        "    head = calybris_ref.verify_log(*_log(question), _anchor(question))\n    plan",
        "    head = calybris_ref.verify_log(*_log(question))\n    plan",
    ),
    adapter(
        "plan-counts-lines",
        "RECOVERY_UNVERIFIED",
        "A plan counts the lines of the log.",
        "    head = calybris_ref.verify_log(*_log(question), _anchor(question))\n    plan"
        " = plan_recovery(snapshot, head.sequence)\n",
        "    plan = plan_recovery(snapshot, sum(map(bool, _log(question)[0].splitlines())))\n",
    ),
)

MUTANTS = RECORDS + REPLAYS + ENVELOPES + RECOVERY
