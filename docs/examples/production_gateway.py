"""A gateway that loses neither money nor record: it serves, is killed at the worst moment, recovers, and is audited.

Shows: config, policy, decision, verification, hold, append, commit, checkpoint; a real SIGKILL between append and
commit; recovery from checkpoint and log; an audit. The log is written ahead: `admitted` before a model is called, and
`settled` before the ledger is charged. What was never settled may have been billed: a recovery charges what was held.
"""

import json
import logging.handlers
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import calybris_ref as ref
from calybris_ref.instrument import instrument

CONFIG = ref.EngineConfig(wal_sync_on_append=True, default_exposure_cap_microcents=20_000_000)
POLICY = (
    ref.PolicyBuilder(CONFIG)
    .model(ref.ModelBuilder(1, provider_id=0).quality(7_200).latency(180).cost(150_000, 600_000).build())
    .model(ref.ModelBuilder(2, provider_id=1).quality(9_300).latency(600).cost(2_500_000, 10_000_000).build())
    .build()
)
BUDGETS_MICROCENTS, MICROCENTS_PER_MICROUNIT = {"acme": 50_000_000, "globex": 500_000}, 100
# tenant, tokens out, risk in bps
REQUESTS = [("acme", 300, 500), ("globex", 900, 800), ("acme", 400, 9_700), ("globex", 500, 0), ("acme", 800, 900)]
REQUESTS += [("acme", 600, 400), ("acme", 700, 700), ("globex", 100, 0), ("acme", 500, 300)]
CHECKPOINT_EVERY, KILLED_AT = 4, 7


class Gateway:
    """One process that serves; it begins by recovering what the one before it left."""

    def __init__(self, folder: Path, logger: logging.Logger | None = None) -> None:
        self.key = (folder / "vault" / "log.key").read_bytes()
        self.log_file, self.ledger_file = folder / "decisions.wal", folder / "ledger.json"
        self.watched = instrument(logger)
        self.ledger, self.served = ref.BudgetEngine(), 0
        self.policy, self.engine = self.watched.policy(POLICY), self.watched.engine(self.ledger)
        if self.log_file.exists() and ref.torn_tail(self.log_file, self.key):
            ref.repair(self.log_file, self.key)
        self.log = self.watched.log(ref.WalWriter(self.log_file, self.key, sync_on_append=CONFIG.wal_sync_on_append))
        if self.ledger_file.exists():
            self.recover()
        for tenant, budget in BUDGETS_MICROCENTS.items():
            CONFIG.ensure_tenant(self.ledger, tenant, budget)  # a restored ledger has the tenants, and no caps
        ref.checkpoint_with_wal(self.ledger, self.ledger_file, self.log.sequence)

    def recover(self) -> None:
        """The ledger of the checkpoint, brought up to the log; what was open is settled."""
        plan = ref.recovery_plan(self.ledger_file, self.log_file, self.key)
        self.ledger.restore_from_snapshot(plan.snapshot)
        print(f"recovery: {plan.total_wal_entries} entries, {plan.entries_to_replay} behind the checkpoint")
        holds: dict[int, tuple[ref.Reservation | None, int, ref.AuditedRecord, str]] = {}
        for entry in ref.read_verified_wal(self.log_file, self.key):
            record = ref.AuditedRecord.from_data(entry.data)
            note = json.loads(record.metadata)
            self.served = number = record.request.request_sequence
            if entry.sequence > plan.wal_high_watermark and note["event"] == "admitted":
                _, hold = self.engine.try_reserve(note["tenant"], note["microcents"])
                holds[number] = (hold, note["microcents"], record, note["tenant"])
            elif entry.sequence > plan.wal_high_watermark and note["event"] == "settled":
                self.engine.commit(holds.pop(number)[0], note["microcents"])
        for number, (hold, held, record, tenant) in holds.items():
            self.note(record.request, record.decision, tenant, "settled", held)
            print(f"recovery: request {number} of {tenant} was open, {self.engine.commit(hold, held).status} in full")

    def serve(self, number: int, tenant: str, tokens: int, risk_bps: int) -> str:
        """Decide, verify, hold, write down, call the model, write down, charge; what the client is told."""
        asked = ref.InputBuilder(number, 2).tokens(1_000, tokens).business_value(60_000).risk(risk_bps, 9_000).build()
        decision = self.policy.prescribe(asked)
        if self.watched.verify_decision(POLICY, asked, decision) != ref.Valid():
            return "refused"
        if decision.is_rejected:
            self.note(asked, decision, tenant, "rejected", 0)
            return decision.reason.label
        held = decision.estimated_cost_microunits * MICROCENTS_PER_MICROUNIT
        outcome, hold = self.engine.try_reserve(tenant, held)
        if hold is None:
            self.note(asked, decision, tenant, outcome.status, 0)
            return outcome.status
        self.note(asked, decision, tenant, "admitted", held)
        if number == KILLED_AT:
            os.kill(os.getpid(), signal.SIGKILL)
        actual = held * 9 // 10  # the model answers, and its bill comes
        self.note(asked, decision, tenant, "settled", actual)
        return f"model {decision.selected_model_id}, {self.engine.commit(hold, actual).status} {actual}"

    def note(self, asked: ref.KernelInput, done: ref.KernelDecision, tenant: str, event: str, microcents: int) -> None:
        """An entry on the disk: the decision, verified once more, and what was done with it."""
        note = {"tenant": tenant, "event": event, "microcents": microcents}
        self.log.append_verified_audited(POLICY, asked, done, note)

    def work(self) -> None:
        """Serve what was not served yet, and acknowledge each request once all of it is safe."""
        for number, (tenant, tokens, risk_bps) in enumerate(REQUESTS[self.served :], self.served + 1):
            print(f"{number} {tenant}: {self.serve(number, tenant, tokens, risk_bps)}", flush=True)
            if number % CHECKPOINT_EVERY == 0 or number == len(REQUESTS):  # no hold is open between two requests
                ref.checkpoint_with_wal(self.ledger, self.ledger_file, self.log.sequence)


def audit(folder: Path) -> None:
    """From files only: the chain and its end, every decision again, and the ledger against the log."""
    log, vault = folder / "decisions.wal", folder / "vault"
    key = (vault / "log.key").read_bytes()
    policy = ref.PolicySnapshot.from_dict(json.loads((vault / "policy.json").read_bytes()))
    head = ref.verify_wal(log, key, ref.load_anchor(vault / "anchor.json"))
    replayed = sum(verdict.replay_valid for verdict in ref.replay_audited_wal(log, policy, key))
    snapshot = ref.load_snapshot(folder / "ledger.json")
    proof = ref.prove_snapshot(snapshot)
    spent = Counter[str]()
    for entry in ref.read_verified_wal(log, key):
        note = entry.payload["metadata"]
        spent[note["tenant"]] += note["microcents"] if note["event"] == "settled" else 0
    agrees = all(spent[tenant.tenant_id] == tenant.committed_microcents for tenant in snapshot.tenants)
    print(f"audit: {head.sequence} entries hold up to the anchor, {replayed} replay")
    print(f"audit: ledger in balance, {proof.total_committed_microcents} spent, as the log says: {agrees}")


def main(folder: Path) -> None:
    """Start a process that is killed while it serves, take over from it, and audit what is on the disk."""
    vault = folder / "vault"  # elsewhere, in truth: whoever can write the log must not write here
    vault.mkdir(parents=True)
    (vault / "log.key").write_bytes(secrets.token_bytes(32))
    (vault / "policy.json").write_text(json.dumps(POLICY.to_dict()), encoding="utf-8")
    child = subprocess.run([sys.executable, __file__, folder, "serve"], stdout=subprocess.PIPE, text=True, check=False)
    print(f"{child.stdout}{signal.Signals(-child.returncode).name}")

    logger, events = logging.Logger("gateway", logging.INFO), logging.handlers.BufferingHandler(capacity=1_000)
    logger.addHandler(events)
    gateway = Gateway(folder, logger)
    gateway.work()
    ref.save_anchor(gateway.log.anchor(), vault / "anchor.json")
    gateway.log.close()
    audit(folder)
    counted = Counter(vars(record)["calybris"]["event"] for record in events.buffer)
    print("events:", ", ".join(f"{event} {count}" for event, count in sorted(counted.items())))


if __name__ == "__main__":
    if sys.argv[2:] == ["serve"]:
        Gateway(Path(sys.argv[1])).work()
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
