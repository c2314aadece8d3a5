/** GATE-1 to GATE-12: who is eligible. */

import { costOf, worthOf } from "./money.js";
import type { Worth } from "./money.js";
import { MAX_PROVIDER_ID } from "./types.js";
import type { Model, PolicyFields, Request } from "./types.js";

/** A gate that looks at the fields of a request and a model, with what EXPL-2 shows of it. */
interface FieldGate {
  readonly fails: (request: Request, model: Model) => boolean;
  readonly measured: (request: Request, model: Model) => bigint;
  readonly limit: (request: Request, model: Model) => bigint;
}

/** GATE-3: the seven gates before the money, in the order in which they are tested. */
export const FIELD_GATES = {
  disabled: {
    fails: (_, model) => model.enabled === 0,
    measured: () => 0n,
    limit: () => 1n,
  },
  quality: {
    fails: (request, model) => model.quality_bps < request.minimum_quality_bps,
    measured: (_, model) => BigInt(model.quality_bps),
    limit: (request) => BigInt(request.minimum_quality_bps),
  },
  latency: {
    fails: (request, model) => request.max_p95_latency_ms > 0 && model.p95_latency_ms > request.max_p95_latency_ms,
    measured: (_, model) => BigInt(model.p95_latency_ms),
    limit: (request) => BigInt(request.max_p95_latency_ms),
  },
  capability: {
    fails: (request, model) => (model.capabilities & request.required_capabilities) !== request.required_capabilities,
    measured: (_, model) => model.capabilities,
    limit: (request) => request.required_capabilities,
  },
  provider: {
    fails: (request, model) => isBeyondMask(model) || !isAllowed(request, model),
    measured: (_, model) => BigInt(model.provider_id),
    limit: (request, model) => (isBeyondMask(model) ? BigInt(MAX_PROVIDER_ID) : request.allowed_provider_mask),
  },
  region: {
    fails: (request, model) =>
      request.required_region_mask !== 0n && (model.region_mask & request.required_region_mask) === 0n,
    measured: (_, model) => model.region_mask,
    limit: (request) => request.required_region_mask,
  },
  risk_ceiling: {
    fails: (request, model) => request.risk_bps > model.risk_ceiling_bps,
    measured: (request) => BigInt(request.risk_bps),
    limit: (_, model) => BigInt(model.risk_ceiling_bps),
  },
} as const satisfies Record<string, FieldGate>;

export type FieldGateName = keyof typeof FIELD_GATES;
export type GateName = FieldGateName | "budget" | "utility";

const FIELD_GATE_ORDER = Object.entries(FIELD_GATES) as [FieldGateName, FieldGate][];

/** What became of a model: the first gate that it fails, if any, and the money as far as it was looked at. */
export type Assessment =
  | { readonly gate: FieldGateName }
  | { readonly gate: "budget"; readonly cost: bigint }
  | { readonly gate: "utility" | null; readonly cost: bigint; readonly worth: Worth };

/** GATE-1 and GATE-2: the reason of the hard limit that the request fails, the risk first. */
export function hardLimit(policy: PolicyFields, request: Request): number | null {
  if (request.risk_bps >= policy.hard_risk_limit_bps) return 100;
  return request.confidence_bps < policy.minimum_confidence_bps ? 101 : null;
}

/** GATE-3: a model is counted under the first gate that it fails; one that fails none is eligible. */
export function assess(policy: PolicyFields, request: Request, model: Model): Assessment {
  for (const [gate, { fails }] of FIELD_GATE_ORDER) {
    if (fails(request, model)) return { gate };
  }
  const cost = costOf(request, model);
  if (cost > request.budget_limit_microunits) return { gate: "budget", cost };
  const worth = worthOf(policy, request, model, cost);
  return { gate: worth.utility <= 0n ? "utility" : null, cost, worth };
}

/** GATE-8: no bit stands for a provider above 63. */
function isBeyondMask(model: Model): boolean {
  return model.provider_id > MAX_PROVIDER_ID;
}

function isAllowed(request: Request, model: Model): boolean {
  return ((request.allowed_provider_mask >> BigInt(model.provider_id)) & 1n) === 1n;
}
