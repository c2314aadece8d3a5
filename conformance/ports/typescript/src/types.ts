/**
 * TYPES-2 to TYPES-8: the records, their codes and constants.
 *
 * The fields bear the names of the specification, so that a table here is the layout of a digest, the keys of a record
 * in the log, and the fields of a value in the language.
 */

import type { RecordOf, Table } from "./integers.js";

/** TYPES-8 */
export const MAX_BPS = 10_000;
export const MAX_RISK_PENALTY_MULTIPLIER_BPS = 50_000;
export const MAX_PROVIDER_ID = 63;
export const MAX_CATALOG_MODELS = 65_535;
export const ALL_PROVIDERS = 2n ** 64n - 1n;
export const ALL_REGIONS = 2n ** 64n - 1n;
export const MICROCENTS_PER_CENT = 1_000_000n;

/** TYPES-2 */
export const MODEL = {
  model_id: "u32",
  provider_id: "u16",
  quality_bps: "u16",
  risk_ceiling_bps: "u16",
  enabled: "u8",
  p95_latency_ms: "u32",
  capabilities: "u64",
  region_mask: "u64",
  input_cost_microunits_per_million_tokens: "u64",
  output_cost_microunits_per_million_tokens: "u64",
} as const satisfies Table;

/** TYPES-3 */
export const REQUEST = {
  request_sequence: "u64",
  requested_model_id: "u32",
  input_tokens: "u32",
  output_tokens: "u32",
  business_value_microunits: "i64",
  budget_limit_microunits: "u64",
  risk_bps: "u16",
  confidence_bps: "u16",
  minimum_quality_bps: "u16",
  max_p95_latency_ms: "u32",
  required_capabilities: "u64",
  allowed_provider_mask: "u64",
  required_region_mask: "u64",
} as const satisfies Table;

/** TYPES-4, all but the catalog */
export const POLICY = {
  policy_epoch: "u64",
  catalog_epoch: "u64",
  hard_risk_limit_bps: "u16",
  minimum_confidence_bps: "u16",
  risk_penalty_multiplier_bps: "u16",
  latency_penalty_microunits_per_ms: "u64",
} as const satisfies Table;

/** TYPES-5 */
export const DECISION = {
  request_sequence: "u64",
  action: "u8",
  reason: "u16",
  selected_model_id: "u32",
  selected_model_index: "u16",
  estimated_cost_microunits: "u64",
  expected_utility_microunits: "i64",
  counterfactual_model_id: "u32",
  counterfactual_utility_microunits: "i64",
  evaluated_models: "u16",
  eligible_models: "u16",
  policy_epoch: "u64",
  catalog_epoch: "u64",
} as const satisfies Table;

/** LEDGER-1, all but the id */
export const AMOUNTS = {
  initial_microcents: "i64",
  remaining_microcents: "i64",
  reserved_microcents: "i64",
  committed_microcents: "i64",
} as const satisfies Table;

export type Model = RecordOf<typeof MODEL>;
export type Request = RecordOf<typeof REQUEST>;
export type PolicyFields = RecordOf<typeof POLICY>;
export type Policy = PolicyFields & { readonly models: readonly Model[] };
export type Decision = RecordOf<typeof DECISION>;

/** LEDGER-1 */
export type Tenant = RecordOf<typeof AMOUNTS> & { readonly tenant_id: string };

/** LEDGER-9 */
export interface LedgerSnapshot {
  readonly version: bigint;
  readonly tenants: readonly Tenant[];
  readonly active_reservations: bigint;
  readonly wal_high_watermark: bigint | null;
}

/** The two names of a code: the display form, and the form in a log record. */
export interface Names {
  readonly display: string;
  readonly record: string;
}

export const EXECUTE_REQUESTED = 1;
export const SUBSTITUTE = 2;
export const REJECT = 3;

/** TYPES-6 */
export const ACTIONS: ReadonlyMap<number, Names> = new Map([
  [EXECUTE_REQUESTED, { display: "execute_requested", record: "ExecuteRequested" }],
  [SUBSTITUTE, { display: "substitute", record: "Substitute" }],
  [REJECT, { display: "reject", record: "Reject" }],
]);

/** TYPES-7 */
export const REASONS: ReadonlyMap<number, Names> = new Map([
  [1, { display: "requested_model_maximizes_utility", record: "RequestedModelMaximizesUtility" }],
  [2, { display: "alternative_maximizes_utility", record: "AlternativeMaximizesUtility" }],
  [100, { display: "risk_hard_limit", record: "RiskHardLimit" }],
  [101, { display: "confidence_hard_limit", record: "ConfidenceHardLimit" }],
  [102, { display: "no_enabled_model", record: "NoEnabledModel" }],
  [103, { display: "quality_constraint", record: "QualityConstraint" }],
  [104, { display: "latency_constraint", record: "LatencyConstraint" }],
  [105, { display: "capability_constraint", record: "CapabilityConstraint" }],
  [106, { display: "provider_constraint", record: "ProviderConstraint" }],
  [107, { display: "region_constraint", record: "RegionConstraint" }],
  [108, { display: "budget_constraint", record: "BudgetConstraint" }],
  [109, { display: "non_positive_utility", record: "NonPositiveUtility" }],
  [110, { display: "risk_ceiling_constraint", record: "RiskCeilingConstraint" }],
]);

/** The name of a code in one of its two forms. */
export function nameOf(names: ReadonlyMap<number, Names>, code: number, form: keyof Names): string {
  const found = names.get(code);
  if (found === undefined) throw new RangeError(`no code ${code}`);
  return found[form];
}

/** The code of a name in one of its two forms; undefined when there is none. */
export function codeOf(names: ReadonlyMap<number, Names>, name: string, form: keyof Names): number | undefined {
  for (const [code, known] of names) {
    if (known[form] === name) return code;
  }
  return undefined;
}
