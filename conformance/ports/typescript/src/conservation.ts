/** LEDGER-10: whether the money of a snapshot adds up. */

import { isI64 } from "./integers.js";
import type { LedgerSnapshot } from "./types.js";

/** The first finding, with the place of its tenant in the snapshot. */
export type ConservationStatus =
  | { readonly status: "balanced" }
  | { readonly status: "aggregate_overflow"; readonly place: number }
  | {
      readonly status: "violation";
      readonly place: number;
      readonly tenant_id: string;
      readonly delta_microcents: bigint;
    };

/** LEDGER-10: tenant after tenant in the order of the snapshot; the sum is asked before the sign. */
export function conservationStatus(snapshot: LedgerSnapshot): ConservationStatus {
  for (const [place, tenant] of snapshot.tenants.entries()) {
    const sum = tenant.remaining_microcents + tenant.reserved_microcents + tenant.committed_microcents;
    if (!isI64(sum)) return { status: "aggregate_overflow", place };
    const { tenant_id } = tenant;
    const delta_microcents = sum - tenant.initial_microcents;
    if (delta_microcents !== 0n) return { status: "violation", place, tenant_id, delta_microcents };
    if (tenant.remaining_microcents < 0n) {
      return { status: "violation", place, tenant_id, delta_microcents: tenant.remaining_microcents };
    }
  }
  return { status: "balanced" };
}
