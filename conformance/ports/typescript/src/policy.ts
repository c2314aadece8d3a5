/** POLICY-1 to POLICY-8: which policies are accepted, and in which order the catalog then stands. */

import { makeRecord } from "./integers.js";
import { Refusal } from "./refusal.js";
import { MAX_BPS, MAX_CATALOG_MODELS, MAX_PROVIDER_ID, MAX_RISK_PENALTY_MULTIPLIER_BPS, MODEL, POLICY } from "./types.js";
import type { Model, Policy, PolicyFields } from "./types.js";

/** What every constructor takes; the records hold integers of any size until their widths are checked. */
export type PolicyValues = { readonly [K in keyof PolicyFields]: number | bigint } & {
  readonly models: readonly { readonly [K in keyof Model]: number | bigint }[];
};

/** A model with its place in the catalog as it was given. */
interface Placed {
  readonly model: Model;
  readonly place: number;
}

/** POLICY-1, in order */
const SCALAR_BOUNDS = [
  ["hard_risk_limit_bps", MAX_BPS],
  ["minimum_confidence_bps", MAX_BPS],
  ["risk_penalty_multiplier_bps", MAX_RISK_PENALTY_MULTIPLIER_BPS],
] as const;

/** POLICY-6 and POLICY-8: nothing but the widths is checked, and the order is kept. */
export function newUnchecked(values: PolicyValues): Policy {
  const models = values.models.map((model, place) => makeRecord(MODEL, model, `models[${place}].`));
  return Object.freeze({ ...makeRecord(POLICY, values), models: Object.freeze(models) });
}

/** POLICY-5: the checks POLICY-1 to POLICY-4; the order is kept. */
export function tryNew(values: PolicyValues): Policy {
  const policy = newUnchecked(values);
  check(policy, placed(policy.models));
  return policy;
}

/** POLICY-7: the strictest checks, then ascending ids. Models are visited sorted and named by their place as given. */
export function tryNewTrusted(values: PolicyValues): Policy {
  const policy = newUnchecked(values);
  if (policy.models.length > MAX_CATALOG_MODELS) throw new Refusal("POLICY_CATALOG_TOO_LARGE", "models");
  const reserved = policy.models.findIndex((model) => model.model_id === 0);
  if (reserved >= 0) throw new Refusal("POLICY_MODEL_ID_RESERVED", `models[${reserved}].model_id`);
  const notBoolean = policy.models.findIndex((model) => model.enabled > 1);
  if (notBoolean >= 0) throw new Refusal("POLICY_ENABLED_OUT_OF_RANGE", `models[${notBoolean}].enabled`);
  const sorted = placed(policy.models).sort((a, b) => a.model.model_id - b.model.model_id);
  check(policy, sorted);
  return Object.freeze({ ...policy, models: Object.freeze(sorted.map(({ model }) => model)) });
}

function placed(models: readonly Model[]): Placed[] {
  return models.map((model, place) => ({ model, place }));
}

/** POLICY-1 to POLICY-4 */
function check(policy: PolicyFields, models: readonly Placed[]): void {
  for (const [field, largest] of SCALAR_BOUNDS) {
    if (policy[field] > largest) throw new Refusal("POLICY_BPS_OUT_OF_RANGE", field);
  }
  if (models.length === 0) throw new Refusal("POLICY_CATALOG_EMPTY", "models");
  const seen = new Set<number>();
  for (const { model, place } of models) {
    const at = `models[${place}]`;
    if (seen.has(model.model_id)) throw new Refusal("POLICY_MODEL_ID_DUPLICATE", `${at}.model_id`);
    seen.add(model.model_id);
    if (model.provider_id > MAX_PROVIDER_ID) throw new Refusal("POLICY_PROVIDER_ID_OUT_OF_RANGE", `${at}.provider_id`);
    if (model.quality_bps > MAX_BPS) throw new Refusal("POLICY_BPS_OUT_OF_RANGE", `${at}.quality_bps`);
    if (model.risk_ceiling_bps > MAX_BPS) throw new Refusal("POLICY_BPS_OUT_OF_RANGE", `${at}.risk_ceiling_bps`);
  }
  if (models.every(({ model }) => model.enabled === 0)) throw new Refusal("POLICY_MODELS_ALL_DISABLED", "models");
}
