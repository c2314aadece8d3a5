/** LEDGER-1 to LEDGER-9 and LEDGER-11: a budget per tenant, with holds. */

import { compareUtf8 } from "./bytes.js";
import { conservationStatus } from "./conservation.js";
import { I64_MAX, saturateI64, U64_MAX } from "./integers.js";
import { Refusal } from "./refusal.js";
import type { LedgerSnapshot, Tenant } from "./types.js";

type Account = { -readonly [K in keyof Tenant]: Tenant[K] };

/** An open hold; only its id leaves the ledger. */
interface Hold {
  readonly account: Account;
  readonly amount: bigint;
}

export type TopUpOutcome =
  | { readonly status: "invalid_amount" | "missing_tenant" | "overflow" }
  | {
      readonly status: "topped_up";
      readonly added_microcents: bigint;
      readonly new_initial_microcents: bigint;
      readonly remaining_microcents: bigint;
    };

export type ReserveOutcome =
  | { readonly status: "missing_tenant" }
  | { readonly status: "insufficient"; readonly remaining_microcents: bigint; readonly required_microcents: bigint }
  | { readonly status: "overflow"; readonly current_reserved_microcents: bigint }
  | {
      readonly status: "exposure_limit_exceeded";
      readonly current_reserved_microcents: bigint;
      readonly max_reserved_microcents: bigint;
    }
  | { readonly status: "reserved"; readonly remaining_microcents: bigint; readonly reservation: bigint };

export type CommitOutcome =
  | { readonly status: "invalid_amount" | "missing_reservation" }
  | { readonly status: "overflow" | "overrun"; readonly remaining_microcents: bigint }
  | { readonly status: "committed"; readonly remaining_microcents: bigint; readonly actual_microcents: bigint };

export type ReleaseOutcome =
  | { readonly status: "missing_reservation" }
  | { readonly status: "released"; readonly remaining_microcents: bigint; readonly returned_microcents: bigint };

/** A budget engine. An operation that is refused answers with an outcome and changes nothing. */
export class Ledger {
  private accounts = new Map<string, Account>();
  private readonly caps = new Map<string, bigint>();
  private readonly holds = new Map<bigint, Hold>();
  private lastReservation = 0n;
  private version = 0n;
  private baseline = 0n;

  /** LEDGER-2 */
  ensureTenant(tenant_id: string, budget: bigint): void {
    if (budget < 0n || this.accounts.has(tenant_id)) return;
    this.accounts.set(tenant_id, {
      tenant_id,
      initial_microcents: budget,
      remaining_microcents: budget,
      reserved_microcents: 0n,
      committed_microcents: 0n,
    });
  }

  /** LEDGER-3 */
  topUpTenant(tenant_id: string, amount: bigint): TopUpOutcome {
    if (amount <= 0n) return { status: "invalid_amount" };
    const account = this.accounts.get(tenant_id);
    if (account === undefined) return { status: "missing_tenant" };
    if (account.initial_microcents + amount > I64_MAX) return { status: "overflow" };
    account.initial_microcents += amount;
    account.remaining_microcents += amount;
    return {
      status: "topped_up",
      added_microcents: amount,
      new_initial_microcents: account.initial_microcents,
      remaining_microcents: account.remaining_microcents,
    };
  }

  /** LEDGER-4 */
  setMaxReserved(tenant_id: string, cap: bigint): void {
    if (cap > 0n) this.caps.set(tenant_id, cap);
    else this.caps.delete(tenant_id);
  }

  /** LEDGER-5 */
  tryReserve(tenant_id: string, cost: bigint): ReserveOutcome {
    if (cost <= 0n) return { status: "insufficient", remaining_microcents: 0n, required_microcents: cost };
    const account = this.accounts.get(tenant_id);
    if (account === undefined) return { status: "missing_tenant" };
    const current_reserved_microcents = account.reserved_microcents;
    const reserved = current_reserved_microcents + cost;
    if (reserved > I64_MAX) return { status: "overflow", current_reserved_microcents };
    const max_reserved_microcents = this.caps.get(tenant_id);
    if (max_reserved_microcents !== undefined && reserved > max_reserved_microcents) {
      return { status: "exposure_limit_exceeded", current_reserved_microcents, max_reserved_microcents };
    }
    if (cost > account.remaining_microcents) {
      return {
        status: "insufficient",
        remaining_microcents: account.remaining_microcents,
        required_microcents: cost,
      };
    }
    account.reserved_microcents = reserved;
    account.remaining_microcents -= cost;
    this.lastReservation += 1n;
    this.holds.set(this.lastReservation, { account, amount: cost });
    return {
      status: "reserved",
      remaining_microcents: account.remaining_microcents,
      reservation: this.lastReservation,
    };
  }

  /** LEDGER-6 */
  commit(reservation: bigint, actual: bigint): CommitOutcome {
    if (actual < 0n) return { status: "invalid_amount" };
    const hold = this.holds.get(reservation);
    if (hold === undefined) return { status: "missing_reservation" };
    const { account, amount } = hold;
    const { remaining_microcents } = account;
    if (account.committed_microcents + actual > I64_MAX) return { status: "overflow", remaining_microcents };
    if (actual - amount > remaining_microcents) return { status: "overrun", remaining_microcents };
    this.holds.delete(reservation);
    account.reserved_microcents -= amount;
    account.committed_microcents += actual;
    account.remaining_microcents += amount - actual;
    return {
      status: "committed",
      remaining_microcents: account.remaining_microcents,
      actual_microcents: actual,
    };
  }

  /** LEDGER-7 */
  release(reservation: bigint): ReleaseOutcome {
    const hold = this.holds.get(reservation);
    if (hold === undefined) return { status: "missing_reservation" };
    const { account, amount } = hold;
    this.holds.delete(reservation);
    account.reserved_microcents -= amount;
    account.remaining_microcents += amount;
    return {
      status: "released",
      remaining_microcents: account.remaining_microcents,
      returned_microcents: amount,
    };
  }

  /** LEDGER-8: the four amounts of a tenant; undefined for an unknown one. */
  tenant(tenant_id: string): Tenant | undefined {
    const account = this.accounts.get(tenant_id);
    return account === undefined ? undefined : Object.freeze({ ...account });
  }

  /** LEDGER-8: 0 for an unknown tenant, unlike the other amounts. */
  reservedMicrocents(tenant_id: string): bigint {
    return this.accounts.get(tenant_id)?.reserved_microcents ?? 0n;
  }

  /** LEDGER-8 */
  get tenantCount(): bigint {
    return BigInt(this.accounts.size);
  }

  /** LEDGER-8 */
  get activeReservations(): bigint {
    return BigInt(this.holds.size);
  }

  /** LEDGER-8: the sum over all tenants, saturated. */
  get totalCommittedMicrocents(): bigint {
    return saturateI64(this.sumCommitted());
  }

  /** LEDGER-8: the sum over all tenants; undefined when no i64 holds it. */
  get totalCommittedChecked(): bigint | undefined {
    const sum = this.sumCommitted();
    return sum > I64_MAX ? undefined : sum;
  }

  /** LEDGER-8 and FIN-3: the growth of the saturated total since the last certificate. */
  get committedSinceLastCertificate(): bigint {
    const growth = this.totalCommittedMicrocents - this.baseline;
    return growth > 0n ? growth : 0n;
  }

  /** LEDGER-8: the version of the last snapshot that was taken or restored; 0 before the first. */
  get snapshotVersion(): bigint {
    return this.version;
  }

  /** LEDGER-9 */
  snapshot(): LedgerSnapshot {
    if (this.version < U64_MAX) this.version += 1n;
    const tenants = [...this.accounts.values()]
      .map((account) => Object.freeze({ ...account }))
      .sort((a, b) => compareUtf8(a.tenant_id, b.tenant_id));
    return Object.freeze({
      version: this.version,
      tenants: Object.freeze(tenants),
      active_reservations: this.activeReservations,
      wal_high_watermark: null,
    });
  }

  /** FIN-3: the baseline moves to the total, and never back. */
  moveBaseline(): void {
    this.baseline += this.committedSinceLastCertificate;
  }

  /** LEDGER-11: replaces everything, or is refused and changes nothing. No id that was issued is issued again. */
  restore(snapshot: LedgerSnapshot): void {
    checkRestorable(snapshot);
    this.accounts = new Map(snapshot.tenants.map((tenant) => [tenant.tenant_id, { ...tenant }]));
    this.caps.clear();
    this.holds.clear();
    this.version = snapshot.version;
    this.baseline = this.totalCommittedMicrocents;
  }

  private sumCommitted(): bigint {
    let sum = 0n;
    for (const account of this.accounts.values()) sum += account.committed_microcents;
    return sum;
  }
}

/** LEDGER-11: the refusals of a restore, in order; a tenant is checked wholly before the next one. */
export function checkRestorable(snapshot: LedgerSnapshot): void {
  if (snapshot.active_reservations !== 0n) {
    throw new Refusal("RESTORE_RESERVATIONS_ACTIVE", "active_reservations");
  }
  const seen = new Set<string>();
  snapshot.tenants.forEach((tenant, i) => {
    const at = `tenants[${i}]`;
    if (seen.has(tenant.tenant_id)) throw new Refusal("RESTORE_TENANT_DUPLICATE", `${at}.tenant_id`);
    seen.add(tenant.tenant_id);
    if (tenant.reserved_microcents !== 0n) {
      throw new Refusal("RESTORE_RESERVED_WITHOUT_HOLD", `${at}.reserved_microcents`);
    }
    for (const field of ["remaining_microcents", "initial_microcents", "committed_microcents"] as const) {
      if (tenant[field] < 0n) throw new Refusal("RESTORE_FIELD_NEGATIVE", `${at}.${field}`);
    }
  });
  const status = conservationStatus(snapshot);
  if (status.status !== "balanced") throw new Refusal("RESTORE_UNBALANCED", `tenants[${status.place}]`);
}
