/** DECIDE-1 to DECIDE-8, TRACE-1, TRACE-2, UTIL-1 and EXPL-1 to EXPL-4: the decision and its inside. */

import { assess, FIELD_GATES, hardLimit } from "./gates.js";
import type { Assessment, FieldGateName, GateName } from "./gates.js";
import { Podium } from "./rank.js";
import { EXECUTE_REQUESTED, REJECT, SUBSTITUTE } from "./types.js";
import type { Decision, Model, Policy, Request } from "./types.js";

const U16_MAX = 65_535;

/** TRACE-1: one count per gate, in the order of the record. */
export type Rejections = Readonly<Record<GateName, number>>;

export interface Trace {
  readonly decision: Decision;
  readonly rejections: Rejections;
  readonly evaluated_models: number;
  readonly eligible_models: number;
}

/** EXPL-1: what became of one model. */
export interface Row {
  readonly model_id: number;
  readonly model_index: number;
  readonly status: "eligible" | "non_positive_utility" | "over_budget" | "rejected";
  readonly gate: FieldGateName | null;
  readonly measured: bigint | null;
  readonly limit: bigint | null;
  readonly cost_microunits: bigint | null;
  readonly quality_adjusted_microunits: bigint | null;
  readonly risk_penalty_microunits: bigint | null;
  readonly latency_penalty_microunits: bigint | null;
  readonly utility_microunits: bigint | null;
}

/** DECIDE-3: on equal counts the last of this list gives the reason. */
const DOMINANCE: readonly (readonly [GateName, number])[] = [
  ["capability", 105],
  ["region", 107],
  ["provider", 106],
  ["quality", 103],
  ["risk_ceiling", 110],
  ["latency", 104],
  ["budget", 108],
  ["utility", 109],
  ["disabled", 102],
];

/** INPUT-2: gives a decision for every policy and request whose fields fit their widths. */
export function decide(policy: Policy, request: Request): Decision {
  return trace(policy, request).decision;
}

/** DECIDE-7 */
export function decideBatch(policy: Policy, requests: readonly Request[]): Decision[] {
  return requests.map((request) => decide(policy, request));
}

/** TRACE-1 and TRACE-2: the decision, and how many models failed which gate. */
export function trace(policy: Policy, request: Request): Trace {
  const rejections = noRejections();
  const limited = hardLimit(policy, request);
  if (limited !== null) {
    return {
      decision: rejection(policy, request, limited, 0),
      rejections,
      evaluated_models: 0,
      eligible_models: 0,
    };
  }
  const podium = new Podium();
  let eligible = 0;
  policy.models.forEach((model, place) => {
    const assessed = assess(policy, request, model);
    if (assessed.gate !== null) {
      rejections[assessed.gate] = upToU16(rejections[assessed.gate] + 1);
    } else {
      eligible += 1;
      podium.add({ model, place, cost: assessed.cost, utility: assessed.worth.utility });
    }
  });
  const evaluated_models = upToU16(policy.models.length);
  const eligible_models = upToU16(eligible);
  const decision =
    podium.winner === null
      ? rejection(policy, request, dominantReason(rejections), evaluated_models)
      : execution(policy, request, podium, evaluated_models, eligible_models);
  return { decision, rejections, evaluated_models, eligible_models };
}

/** UTIL-1: the utility of the first model with this id when it is eligible, else null. */
export function utilityForModel(policy: Policy, request: Request, modelId: number): bigint | null {
  if (hardLimit(policy, request) !== null) return null;
  const model = policy.models.find(({ model_id }) => model_id === modelId);
  if (model === undefined) return null;
  const assessed = assess(policy, request, model);
  return assessed.gate === null ? assessed.worth.utility : null;
}

/** EXPL-1 to EXPL-4: a row for each model in catalog order, none after a hard limit. */
export function explain(policy: Policy, request: Request): Row[] {
  if (hardLimit(policy, request) !== null) return [];
  return policy.models.map((model, model_index) => ({
    ...EMPTY_ROW,
    model_id: model.model_id,
    model_index,
    ...findings(assess(policy, request, model), request, model),
  }));
}

/** What a row holds beside its name: what is absent is null, never 0. */
const EMPTY_ROW = {
  gate: null,
  measured: null,
  limit: null,
  cost_microunits: null,
  quality_adjusted_microunits: null,
  risk_penalty_microunits: null,
  latency_penalty_microunits: null,
  utility_microunits: null,
};

/** EXPL-1 to EXPL-3 */
function findings(assessed: Assessment, request: Request, model: Model): Pick<Row, "status"> & Partial<Row> {
  if ("worth" in assessed) {
    return {
      status: assessed.gate === null ? "eligible" : "non_positive_utility",
      cost_microunits: assessed.cost,
      quality_adjusted_microunits: assessed.worth.quality_term,
      risk_penalty_microunits: assessed.worth.risk_term,
      latency_penalty_microunits: assessed.worth.latency_term,
      utility_microunits: assessed.worth.utility,
    };
  }
  if (assessed.gate === "budget") {
    return { status: "over_budget", limit: request.budget_limit_microunits, cost_microunits: assessed.cost };
  }
  const { measured, limit } = FIELD_GATES[assessed.gate];
  return {
    status: "rejected",
    gate: assessed.gate,
    measured: measured(request, model),
    limit: limit(request, model),
  };
}

/** DECIDE-5 */
function upToU16(count: number): number {
  return Math.min(count, U16_MAX);
}

function noRejections(): Record<GateName, number> {
  return {
    disabled: 0,
    quality: 0,
    risk_ceiling: 0,
    latency: 0,
    capability: 0,
    provider: 0,
    region: 0,
    budget: 0,
    utility: 0,
  };
}

/** DECIDE-3, and DECIDE-4: of no model at all the last of the list is the reason. */
function dominantReason(rejections: Rejections): number {
  let highest = 0;
  let dominant = 0;
  for (const [gate, reason] of DOMINANCE) {
    if (rejections[gate] >= highest) {
      highest = rejections[gate];
      dominant = reason;
    }
  }
  return dominant;
}

/** DECIDE-2 */
function rejection(policy: Policy, request: Request, reason: number, evaluated_models: number): Decision {
  return Object.freeze({
    request_sequence: request.request_sequence,
    action: REJECT,
    reason,
    selected_model_id: 0,
    selected_model_index: U16_MAX,
    estimated_cost_microunits: 0n,
    expected_utility_microunits: 0n,
    counterfactual_model_id: 0,
    counterfactual_utility_microunits: 0n,
    evaluated_models,
    eligible_models: 0,
    policy_epoch: policy.policy_epoch,
    catalog_epoch: policy.catalog_epoch,
  });
}

/** DECIDE-1, DECIDE-6, DECIDE-8 and RANK-3 */
function execution(
  policy: Policy,
  request: Request,
  podium: Podium,
  evaluated_models: number,
  eligible_models: number,
): Decision {
  const winner = podium.winner!;
  const requested = winner.model.model_id === request.requested_model_id;
  return Object.freeze({
    request_sequence: request.request_sequence,
    action: requested ? EXECUTE_REQUESTED : SUBSTITUTE,
    reason: requested ? 1 : 2,
    selected_model_id: winner.model.model_id,
    selected_model_index: upToU16(winner.place),
    estimated_cost_microunits: winner.cost,
    expected_utility_microunits: winner.utility,
    counterfactual_model_id: podium.runnerUp?.model.model_id ?? 0,
    counterfactual_utility_microunits: podium.runnerUp?.utility ?? 0n,
    evaluated_models,
    eligible_models,
    policy_epoch: policy.policy_epoch,
    catalog_epoch: policy.catalog_epoch,
  });
}
