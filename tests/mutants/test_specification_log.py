"""Wrong rules planted into the log, the envelope and recovery: the proof gate must refuse every one.

The machinery is that of test_specification.py. Rules about whole texts (the tokens of JSON, the layout of a file) are
held by tests and vectors instead, and are not here.
"""

from pathlib import Path

import pytest

from tests.mutants.planting import SOURCE, Mutant, refuse

CHAIN = ("theorems.chain",)
JSON = ("json_text", "theorems.json_text")
LOG = ("log", "theorems.log")
PAYLOAD = ("payload", "theorems.log")
AUDITED = ("audited", "theorems.audited")
ENVELOPE = ("theorems.envelope",)
RECOVERY = ("recovery", "theorems.recovery")
MUTANTS = {
    "a-gap-is-no-gap": Mutant(
        "chain.py", "entry.sequence != head.sequence + 1,", "entry.sequence <= head.sequence,", CHAIN
    ),
    "sequence-from-0": Mutant(
        "chain.py", "entry.sequence != head.sequence + 1,", "entry.sequence != head.sequence,", CHAIN
    ),
    "link-not-compared": Mutant(
        "chain.py", "            entry.previous_hash != head.last_hash,\n", "            False,\n", CHAIN
    ),
    "hash-not-compared": Mutant("chain.py", "            entry.entry_hash != digest,\n", "            False,\n", CHAIN),
    "link-before-sequence": Mutant(
        "chain.py",
        "            entry.sequence != head.sequence + 1,\n            entry.previous_hash != head.last_hash,\n",
        "            entry.previous_hash != head.last_hash,\n            entry.sequence != head.sequence + 1,\n",
        CHAIN,
    ),
    "head-is-the-link": Mutant(
        "chain.py",
        "Run(Head(entry.sequence, entry.entry_hash), NONE)",
        "Run(Head(entry.sequence, entry.previous_hash), NONE)",
        CHAIN,
    ),
    "head-moves-past-a-bad-entry": Mutant(
        "chain.py",
        "return Run(run.head, problem) if",
        "return Run(Head(entry.sequence, entry.entry_hash), problem) if",
        CHAIN,
    ),
    "a-broken-chain-heals": Mutant("chain.py", "    if run.problem != NONE:\n        return run\n", "", CHAIN),
    "appended-with-the-same-number": Mutant(
        "chain.py", "return Entry(head.sequence + 1, head", "return Entry(head.sequence, head", CHAIN
    ),
    "appended-without-the-link": Mutant("chain.py", "head.last_hash, digest, data)", "digest, digest, data)", CHAIN),
    "exhausted-one-early": Mutant("chain.py", "head.sequence >= U64_MAX", "head.sequence >= U64_MAX - 1", CHAIN),
    "exhausted-never": Mutant("chain.py", "head.sequence >= U64_MAX", "head.sequence > U64_MAX", CHAIN),
    "anchor-of-a-shorter-log": Mutant(
        "chain.py", "head.sequence != anchor.sequence,", "head.sequence < anchor.sequence,", CHAIN
    ),
    "anchor-without-hash": Mutant(
        "chain.py", "            head.last_hash != anchor.last_hash,\n", "            False,\n", CHAIN
    ),
    "anchor-without-key": Mutant("chain.py", "keyed != anchor_keyed,", "keyed & no(anchor_keyed),", CHAIN),
    "anchor-hash-first": Mutant(
        "chain.py",
        "            head.sequence != anchor.sequence,\n            head.last_hash != anchor.last_hash,\n",
        "            head.last_hash != anchor.last_hash,\n            head.sequence != anchor.sequence,\n",
        CHAIN,
    ),
    "malformed-before-too-long": Mutant(
        "log.py",
        "first((is_long, is_entry ^ True, problem != NONE))",
        "first((is_entry ^ True, is_long, problem != NONE))",
        LOG,
    ),
    "fields-of-a-line-swapped": Mutant(
        "chain.py",
        'Refusal("LOG_CHAIN_BROKEN", "previous_hash"),\n    Refusal("LOG_CHAIN_BROKEN", "entry_hash"),',
        'Refusal("LOG_CHAIN_BROKEN", "entry_hash"),\n    Refusal("LOG_CHAIN_BROKEN", "previous_hash"),',
        LOG,
    ),
    "line-feed-not-counted": Mutant(
        "log.py", "return size > MOST_LINE_BYTES", "return size > MOST_LINE_BYTES + 1", LOG
    ),
    "key-of-31-bytes": Mutant("log.py", "return size < KEY_BYTES", "return size < KEY_BYTES - 1", LOG),
    "line-with-white-space": Mutant("log.py", '"data":{entry.data}', '"data": {entry.data}', LOG),
    "payload-as-long-as-a-line": Mutant(
        "payload.py", "MOST_PAYLOAD_BYTES = MOST_LINE_BYTES - 512", "MOST_PAYLOAD_BYTES = MOST_LINE_BYTES - 1", PAYLOAD
    ),
    "levels-counted-from-0": Mutant("payload.py", "return level >= MOST_LEVELS", "return level > MOST_LEVELS", PAYLOAD),
    "repetition-before-text": Mutant(
        "payload.py",
        "(NONE, TEXT_INVALID, KEY_DUPLICATE)[first((is_text ^ True, is_repeat))]",
        "(NONE, KEY_DUPLICATE, TEXT_INVALID)[first((is_repeat, is_text ^ True))]",
        PAYLOAD,
    ),
    "range-before-form": Mutant(
        "payload.py",
        "(NONE, FLOAT, OUT_OF_RANGE)[first((is_plain ^ True, holds ^ True))]",
        "(NONE, OUT_OF_RANGE, FLOAT)[first((holds ^ True, is_plain ^ True))]",
        PAYLOAD,
    ),
    "trailing-comma": Mutant(
        "json_text.py",
        "    (VALUE, TEXT): ENDED,\n",
        "    (VALUE, TEXT): ENDED,\n    (VALUE, CLOSE_LIST): ENDED,\n",
        JSON,
    ),
    "trailing-comma-in-an-object": Mutant(
        "json_text.py",
        "    (KEY, TEXT): BEHIND_KEY,\n",
        "    (KEY, TEXT): BEHIND_KEY,\n    (KEY, CLOSE_OBJECT): ENDED,\n",
        JSON,
    ),
    "any-key": Mutant(
        "json_text.py",
        "    (KEY, TEXT): BEHIND_KEY,\n",
        "    (KEY, TEXT): BEHIND_KEY,\n    (KEY, SCALAR): BEHIND_KEY,\n",
        JSON,
    ),
    "text-behind-the-value": Mutant(
        "json_text.py", "    (VALUE, TEXT): ENDED,\n", "    (VALUE, TEXT): ENDED,\n    (NOTHING, TEXT): ENDED,\n", JSON
    ),
    "brackets-swapped": Mutant("json_text.py", "(BEHIND_ITEM, CLOSE_LIST)", "(BEHIND_ITEM, CLOSE_OBJECT)", JSON),
    "pairs-from-0": Mutant("json_text.py", "return 0x10000 + (high", "return (high", JSON),
    "half-a-pair-is-kept": Mutant(
        "json_text.py", "return None if _HALF.search(meaning) else meaning", "return meaning", JSON
    ),
    "escapes-in-capitals": Mutant("json_text.py", '"0123456789abcdef"', '"0123456789ABCDEF"', JSON),
    "control-characters-stand": Mutant("json_text.py", """["\\\\\\x00-\\x1f]')""", """["\\\\\\x00-\\x1e]')""", JSON),
    "policy-before-bundle": Mutant(
        "audited.py",
        "first(\n        (no(is_record), bundle_problem != NONE, no(has_policy),",
        "first(\n        (no(is_record), no(has_policy), bundle_problem != NONE,",
        AUDITED,
    ),
    "replay-not-asked": Mutant("audited.py", "no(is_replayed))", "False)", AUDITED),
    "bundle-field-of-the-row-before": Mutant(
        "audited.py", "return MALFORMED + bundle_problem if", "return bundle_problem if", AUDITED
    ),
    "names-in-display-form": Mutant("audited.py", "word.capitalize()", "word", AUDITED),
    "digests-swapped": Mutant(
        "envelope.py",
        "policy_digest, input_digest, decision_digest = digests",
        "policy_digest, decision_digest, input_digest = digests",
        ENVELOPE,
    ),
    "counterfactual-selected": Mutant(
        "envelope.py",
        "selected_model_id=decision.selected_model_id",
        "selected_model_id=decision.counterfactual_model_id",
        ENVELOPE,
    ),
    "budget-overwrites-the-log": Mutant(
        "envelope.py", "_replace(budget_snapshot_version=version,", "_replace(wal_sequence=version,", ENVELOPE
    ),
    "complete-without-replay": Mutant("envelope.py", "return envelope.replay_valid & no(", "return no(", ENVELOPE),
    "version-0-is-missing": Mutant(
        "envelope.py",
        "envelope.budget_snapshot_version is None,",
        "(envelope.budget_snapshot_version or None) is None,",
        ENVELOPE,
    ),
    "sequence-0-is-missing": Mutant(
        "envelope.py", "envelope.wal_sequence is None,", "(envelope.wal_sequence or None) is None,", ENVELOPE
    ),
    "parts-before-replay": Mutant(
        "envelope.py",
        "            no(envelope.replay_valid),\n            *missing(envelope),\n",
        "            *missing(envelope),\n            no(envelope.replay_valid),\n",
        ENVELOPE,
    ),
    "ledger-digest-not-checked": Mutant(
        "envelope.py", '            no(is_canonical_digest(envelope.ledger_digest_hex or "")),\n', "", ENVELOPE
    ),
    "size-after-form": Mutant(
        "recovery.py",
        "first((size > MOST_FILE_BYTES, no(is_snapshot)))",
        "(0, 2, 1)[first((no(is_snapshot), size > MOST_FILE_BYTES))]",
        RECOVERY,
    ),
    "watermark-replayed-again": Mutant(
        "recovery.py", "last_sequence - watermark, watermark)", "last_sequence - watermark + 1, watermark)", RECOVERY
    ),
    "everything-replayed": Mutant(
        "recovery.py", "last_sequence - watermark, watermark)", "last_sequence, watermark)", RECOVERY
    ),
    "behind-at-the-last-entry": Mutant(
        "recovery.py", "return last_sequence < watermark", "return last_sequence <= watermark", RECOVERY
    ),
    "checkpoint-of-what-cannot-be-restored": Mutant(
        "recovery.py", "first((restore_problem != NONE, file", "first((restore_problem == 1, file", RECOVERY
    ),
    "checkpoint-of-what-cannot-be-loaded": Mutant(
        "recovery.py",
        "file_problem(size, is_snapshot=True) != NONE))",
        "file_problem(size, is_snapshot=True) > 1))",
        RECOVERY,
    ),
    "checkpoint-without-its-watermark": Mutant(
        "recovery.py", "file_text(snapshot._replace(wal_high_watermark=sequence))", "file_text(snapshot)", RECOVERY
    ),
    "empty-block-on-two-lines": Mutant(
        "recovery.py", "    if len(lines) == 0:\n        return brackets\n", "", RECOVERY
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_rule_is_refused(name: str, tmp_path: Path) -> None:
    refuse(MUTANTS[name], tmp_path)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_changes_what_stands_there(name: str) -> None:
    mutant = MUTANTS[name]
    assert mutant.right in (SOURCE / mutant.file).read_text("utf-8")
    assert mutant.right != mutant.wrong
