/** FIN-1 to FIN-3: what an auditor files about a ledger. */

import { conservationStatus } from "./conservation.js";
import { ledgerDigestHex } from "./digest.js";
import { isI64 } from "./integers.js";
import type { Ledger } from "./ledger.js";
import { Refusal } from "./refusal.js";
import type { LedgerSnapshot } from "./types.js";

/** FIN-1 */
export interface ConservationProof {
  readonly ledger_digest_hex: string;
  readonly snapshot_version: bigint;
  readonly tenant_count: bigint;
  readonly active_reservations: bigint;
  readonly total_initial_microcents: bigint;
  readonly total_committed_microcents: bigint;
  readonly aggregate_totals_representable: boolean;
}

/** FIN-2 */
export interface FinancialCertificate extends ConservationProof {
  readonly conservation_balanced: boolean;
  readonly committed_since_last_certificate: bigint;
}

/** FIN-1: takes a snapshot of the ledger, which advances its version, and proves it. */
export function proveConservation(ledger: Ledger): ConservationProof {
  return proveSnapshot(ledger.snapshot());
}

/** FIN-1: refused for a snapshot that is not balanced, then for totals that no i64 holds. */
export function proveSnapshot(snapshot: LedgerSnapshot): ConservationProof {
  const status = conservationStatus(snapshot);
  if (status.status !== "balanced") throw new Refusal("FINANCE_LEDGER_UNBALANCED", `tenants[${status.place}]`);
  const proof = summary(snapshot);
  if (!proof.aggregate_totals_representable) throw new Refusal("FINANCE_TOTALS_OVERFLOW", "tenants");
  return proof;
}

/** FIN-2: does not fail; when one total does not fit, both are 0 and the certificate says so. */
export function certifySnapshot(
  snapshot: LedgerSnapshot,
  balanced: boolean,
  committed_since_last_certificate: bigint,
): FinancialCertificate {
  const totals = summary(snapshot);
  return {
    ...totals,
    conservation_balanced: balanced && totals.aggregate_totals_representable,
    committed_since_last_certificate,
  };
}

/** FIN-3: takes one snapshot and certifies it; what is committed then counts as certified. */
export function certifyLedger(ledger: Ledger): FinancialCertificate {
  const snapshot = ledger.snapshot();
  const balanced = conservationStatus(snapshot).status === "balanced";
  const certificate = certifySnapshot(snapshot, balanced, ledger.committedSinceLastCertificate);
  ledger.moveBaseline();
  return certificate;
}

function summary(snapshot: LedgerSnapshot): ConservationProof {
  let initial = 0n;
  let committed = 0n;
  for (const tenant of snapshot.tenants) {
    initial += tenant.initial_microcents;
    committed += tenant.committed_microcents;
  }
  const aggregate_totals_representable = isI64(initial) && isI64(committed);
  return {
    ledger_digest_hex: ledgerDigestHex(snapshot),
    snapshot_version: snapshot.version,
    tenant_count: BigInt(snapshot.tenants.length),
    active_reservations: snapshot.active_reservations,
    total_initial_microcents: aggregate_totals_representable ? initial : 0n,
    total_committed_microcents: aggregate_totals_representable ? committed : 0n,
    aggregate_totals_representable,
  };
}
