/** CONFIG-1 to CONFIG-3: the configuration, its defaults and bounds. */

import { Refusal } from "./refusal.js";
import type { Ledger } from "./ledger.js";
import { MAX_BPS, MAX_RISK_PENALTY_MULTIPLIER_BPS } from "./types.js";

export interface Config {
  readonly latency_penalty_microunits_per_ms: bigint;
  readonly hard_risk_limit_bps: number;
  readonly minimum_confidence_bps: number;
  readonly risk_penalty_multiplier_bps: number;
  readonly default_exposure_cap_microcents: bigint;
  readonly wal_sync_on_append: boolean;
  readonly max_catalog_size: bigint;
}

/** CONFIG-1 */
export const DEFAULT_CONFIG: Config = Object.freeze({
  latency_penalty_microunits_per_ms: 2n,
  hard_risk_limit_bps: 9_600,
  minimum_confidence_bps: 5_500,
  risk_penalty_multiplier_bps: 3_500,
  default_exposure_cap_microcents: 0n,
  wal_sync_on_append: false,
  max_catalog_size: 1_024n,
});

/** CONFIG-2: the first bound that does not hold is refused at its field. */
export function validateConfig(config: Config): void {
  const bounds = [
    ["hard_risk_limit_bps", MAX_BPS],
    ["minimum_confidence_bps", MAX_BPS],
    ["risk_penalty_multiplier_bps", MAX_RISK_PENALTY_MULTIPLIER_BPS],
  ] as const;
  for (const [field, largest] of bounds) {
    if (config[field] > largest) throw new Refusal("CONFIG_BPS_OUT_OF_RANGE", field);
  }
  if (config.max_catalog_size === 0n) throw new Refusal("CONFIG_CATALOG_SIZE_ZERO", "max_catalog_size");
  if (config.default_exposure_cap_microcents < 0n) {
    throw new Refusal("CONFIG_EXPOSURE_CAP_NEGATIVE", "default_exposure_cap_microcents");
  }
}

/** CONFIG-3: the tenant, and its cap when the configuration has one. */
export function ensureTenant(config: Config, ledger: Ledger, tenant: string, amount: bigint): void {
  ledger.ensureTenant(tenant, amount);
  if (config.default_exposure_cap_microcents > 0n) {
    ledger.setMaxReserved(tenant, config.default_exposure_cap_microcents);
  }
}
