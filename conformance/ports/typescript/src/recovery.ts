/** RECOVER-1: what is left to do after a crash. */

import { Refusal } from "./refusal.js";
import type { LedgerSnapshot } from "./types.js";
import { verifyLog } from "./wal.js";
import type { Anchor } from "./wal.js";

export interface RecoveryPlan {
  readonly snapshot: LedgerSnapshot;
  readonly total_wal_entries: bigint;
  readonly entries_to_replay: bigint;
  readonly wal_high_watermark: bigint;
}

/** RECOVER-1: the log is verified first; a watermark above its last sequence says that the log has lost its tail. */
export function recoveryPlan(
  snapshot: LedgerSnapshot,
  log: Uint8Array,
  key: Uint8Array | null = null,
  anchor: Anchor | null = null,
): RecoveryPlan {
  const { sequence } = verifyLog(log, key, anchor);
  const wal_high_watermark = snapshot.wal_high_watermark ?? 0n;
  if (wal_high_watermark > sequence) throw new Refusal("RECOVERY_LOG_BEHIND", "wal_high_watermark");
  return { snapshot, total_wal_entries: sequence, entries_to_replay: sequence - wal_high_watermark, wal_high_watermark };
}
