/** Operations of ledgers: snapshots, scripts, proofs. */

import { toHex } from "../bytes.js";
import { conservationStatus } from "../conservation.js";
import { certifyLedger, certifySnapshot, proveConservation, proveSnapshot } from "../finance.js";
import { readInteger } from "../integers.js";
import { Ledger } from "../ledger.js";
import { Refusal } from "../refusal.js";
import { loadSnapshot, saveSnapshot } from "../snapshot.js";
import { compareUtf8 } from "../bytes.js";
import { readParts, readSnapshot, show, showMembers } from "./values.js";
import type { Answer, Json, Question } from "./values.js";

const microcents = (text: string): bigint => readInteger("i64", text, "value");

/** No ledger issues this id. */
const NEVER_ISSUED = 0n;

/** A script on a new engine: what its steps named, and how each is done. */
class Script {
  private readonly ledger = new Ledger();
  private readonly tenants = new Set<string>();
  private readonly labels = new Map<string, bigint>();

  private readonly steps: Readonly<Record<string, (step: Json) => Answer>> = {
    ensure_tenant: ({ tenant_id, budget_microcents }) => {
      this.ledger.ensureTenant(tenant_id, microcents(budget_microcents));
      return {};
    },
    top_up_tenant: ({ tenant_id, amount_microcents }) =>
      showMembers(this.ledger.topUpTenant(tenant_id, microcents(amount_microcents))),
    set_max_reserved: ({ tenant_id, max_reserved_microcents }) => {
      this.ledger.setMaxReserved(tenant_id, microcents(max_reserved_microcents));
      return {};
    },
    try_reserve: ({ tenant_id, cost_microcents, label }) => {
      const outcome = this.ledger.tryReserve(tenant_id, microcents(cost_microcents));
      this.labels.delete(label);
      if (outcome.status !== "reserved") return showMembers(outcome);
      const { reservation, ...shown } = outcome;
      this.labels.set(label, reservation);
      return showMembers(shown);
    },
    commit: ({ label, actual_microcents }) =>
      showMembers(this.ledger.commit(this.reservation(label), microcents(actual_microcents))),
    release: ({ label }) => showMembers(this.ledger.release(this.reservation(label))),
    query: ({ tenant_id }) => this.query(tenant_id),
    snapshot: () => ({ snapshot: show(this.ledger.snapshot()) }),
    restore: ({ snapshot }) => {
      for (const tenant of snapshot.tenants) this.tenants.add(tenant.tenant_id);
      this.ledger.restore(readSnapshot(snapshot));
      return {};
    },
    prove: () => showMembers(proveConservation(this.ledger)),
    certify: () => showMembers(certifyLedger(this.ledger)),
  };

  /** The answer to one step, with the state after it. */
  answer(step: Json): Answer {
    if (step.tenant_id !== undefined) this.tenants.add(step.tenant_id);
    try {
      return { ok: this.steps[step.op]!(step), state: this.state() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { error: { code: error.code, at: error.at }, state: this.state() };
    }
  }

  private reservation(label: string): bigint {
    return this.labels.get(label) ?? NEVER_ISSUED;
  }

  private query(tenantId: string): Answer {
    const { ledger } = this;
    const tenant = ledger.tenant(tenantId);
    return showMembers({
      initial_microcents: tenant?.initial_microcents ?? null,
      remaining_microcents: tenant?.remaining_microcents ?? null,
      reserved_microcents: ledger.reservedMicrocents(tenantId),
      committed_microcents: tenant?.committed_microcents ?? null,
      tenant_count: ledger.tenantCount,
      active_reservations: ledger.activeReservations,
      total_committed_microcents: ledger.totalCommittedMicrocents,
      total_committed_checked_microcents: ledger.totalCommittedChecked ?? null,
      committed_since_last_certificate: ledger.committedSinceLastCertificate,
      snapshot_version: ledger.snapshotVersion,
    });
  }

  private state(): Answer {
    const named = [...this.tenants].sort(compareUtf8).map((id) => this.ledger.tenant(id));
    return showMembers({
      tenants: named.filter((tenant) => tenant !== undefined),
      active_reservations: this.ledger.activeReservations,
    });
  }
}

function conservation({ input }: Question): Answer {
  const { status, ...finding } = conservationStatus(readSnapshot(input.snapshot));
  const violation = "tenant_id" in finding ? finding : { tenant_id: null, delta_microcents: null };
  return { status, tenant_id: violation.tenant_id, delta_microcents: show(violation.delta_microcents) };
}

export const LEDGERS: Readonly<Record<string, (question: Question) => Answer>> = {
  "ledger.conservation": conservation,
  "ledger.restore": ({ input }) => {
    const ledger = new Ledger();
    ledger.restore(readSnapshot(input.snapshot));
    return { snapshot: show(ledger.snapshot()) };
  },
  "budget.script": ({ input }) => {
    const script = new Script();
    return { steps: input.steps.map((step: Json) => script.answer(step)) };
  },
  "finance.prove": ({ input }) => showMembers(proveSnapshot(readSnapshot(input.snapshot))),
  "finance.certify": ({ input }) =>
    showMembers(
      certifySnapshot(
        readSnapshot(input.snapshot),
        input.conservation_balanced,
        microcents(input.committed_since_last_certificate),
      ),
    ),
  "snapshot.save": ({ input }) => ({ file_hex: toHex(saveSnapshot(readSnapshot(input.snapshot))) }),
  "snapshot.load": ({ input }) => ({ snapshot: show(loadSnapshot(readParts(input.file))) }),
};
