"""A keyed log of decisions over a change of policy, and an auditor who was not there.

Shows: a log written by a service; an auditor who has the log, the key, the anchor and the policies, and nothing else;
a copy in which one byte was changed, where the damage begins; a copy that lost its tail, which only the anchor shows.
"""

import json
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path

from calybris_ref import (
    AnchorMismatch,
    AuditedRecord,
    EngineConfig,
    InputBuilder,
    ModelBuilder,
    PolicyBuilder,
    PolicySnapshot,
    WalError,
    WalWriter,
    load_anchor,
    read_verified_wal,
    replay_audited_wal,
    save_anchor,
    verify_wal,
)

NAMES = {0: "nobody", 1: "small", 2: "large"}


def build_policy(epoch: int, hard_risk_limit_bps: int) -> PolicySnapshot:
    """Two candidates under a risk limit that changes from one epoch to the next."""
    small = ModelBuilder(1, provider_id=0).quality(7_200).latency(180).cost(150_000, 600_000).build()
    large = ModelBuilder(2, provider_id=1).quality(9_300).latency(600).cost(2_500_000, 10_000_000).build()
    config = EngineConfig().hard_risk_limit(hard_risk_limit_bps)
    return PolicyBuilder(config).epochs(epoch, catalog_epoch=5).models([small, large]).build()


def serve(log: Path, vault: Path) -> None:
    """What the service does: decide, append, and leave key, policies and anchor where nobody changes them."""
    key = secrets.token_bytes(32)
    (vault / "log.key").write_bytes(key)
    with WalWriter.open_keyed(log, key) as writer:
        for policy in (build_policy(12, 9_600), build_policy(13, 3_000)):
            (vault / f"policy-{policy.policy_epoch}.json").write_text(json.dumps(policy.to_dict()), encoding="utf-8")
            for number in range(1, 5):
                request = InputBuilder(writer.sequence + 1, requested_model_id=1).tokens(1_000, 200 * number)
                asked = request.business_value(30_000).risk(1_000 * number, confidence_bps=9_000).build()
                writer.append_verified_audited(policy, asked, policy.prescribe(asked), {"customer": f"c{number}"})
        save_anchor(writer.anchor(), vault / "anchor.json")


def audit(log: Path, vault: Path) -> None:
    """What the auditor does, from files only: first the chain and its end, then every decision again."""
    key = (vault / "log.key").read_bytes()
    policies = [
        PolicySnapshot.from_dict(json.loads(file.read_text(encoding="utf-8")))
        for file in sorted(vault.glob("policy-*.json"))
    ]
    head = verify_wal(log, key, load_anchor(vault / "anchor.json"))
    print(f"the chain holds, and ends where the anchor says: entry {head.sequence}")
    replayed = sum(verdict.replay_valid for verdict in replay_audited_wal(log, policies, key))
    print(f"decisions that their policy takes again: {replayed} of {head.sequence}")
    found = Counter[str]()
    for entry in read_verified_wal(log, key):
        decision = AuditedRecord.from_data(entry.data).decision
        found[f"policy {decision.policy_epoch}: {NAMES[decision.selected_model_id]}, {decision.reason.label}"] += 1
    for line, count in sorted(found.items()):
        print(f"  {count} x {line}")


def damaged_copy(log: Path, copy: Path) -> int:
    """Somebody makes another customer of one, and later does it again; the place of the first byte that changed."""
    good = log.read_bytes()
    lines = good.splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"c3"', b'"c2"')
    lines[5] = lines[5].replace(b'"c2"', b'"c1"')
    copy.write_bytes(b"".join(lines))
    return next(place for place, (old, new) in enumerate(zip(good, copy.read_bytes(), strict=True)) if old != new)


def main(folder: Path) -> None:
    """Write, audit, and look at two copies that are not what they seem."""
    log, vault = folder / "service" / "decisions.wal", folder / "vault"
    for part in (log.parent, vault):
        part.mkdir(parents=True, exist_ok=True)
    if log.exists():
        sys.exit(f"{log} is there already: name another folder")
    serve(log, vault)
    audit(log, vault)
    key, anchor = (vault / "log.key").read_bytes(), load_anchor(vault / "anchor.json")

    damaged = folder / "damaged.wal"
    place = damaged_copy(log, damaged)
    try:
        verify_wal(damaged, key, anchor)
    except WalError as error:
        print(f"\ndamaged copy, changed at byte {place} and later")
        print(f"  {error.code} at {error.at}: entry {error.sequence}, whose line begins at byte {error.offset}")
        print(f"  the right hash is told to nobody: {error.expected}")

    cut = folder / "cut.wal"
    cut.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-2]))
    print(f"\ncut copy: the chain holds up to entry {verify_wal(cut, key).sequence}")
    try:
        verify_wal(cut, key, anchor)
    except AnchorMismatch as error:
        print(f"  {error.code}: it should end with entry {error.expected}, and ends with {error.found}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
