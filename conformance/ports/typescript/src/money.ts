/** MONEY-1 to MONEY-6: what a model costs for a request and what it is worth. Exact until a rule rounds or limits. */

import { saturateI64, saturateU64 } from "./integers.js";
import type { Model, PolicyFields, Request } from "./types.js";

const TOKENS_PER_RATE = 1_000_000n;
const BPS_SQUARED = 10_000n * 10_000n;

/** What the utility is made of; all terms are exact and not negative. */
export interface Worth {
  readonly quality_term: bigint;
  readonly risk_term: bigint;
  readonly latency_term: bigint;
  readonly utility: bigint;
}

/** MONEY-1 and MONEY-2: each side rounded up on its own; the sum saturates. */
export function costOf(request: Request, model: Model): bigint {
  return saturateU64(
    side(request.input_tokens, model.input_cost_microunits_per_million_tokens) +
      side(request.output_tokens, model.output_cost_microunits_per_million_tokens),
  );
}

function side(tokens: number, rate: bigint): bigint {
  return (BigInt(tokens) * rate + TOKENS_PER_RATE - 1n) / TOKENS_PER_RATE;
}

/** MONEY-3: a negative value counts as 0, so every quotient below is one of numbers that are not negative. */
function valueOf(request: Request): bigint {
  return request.business_value_microunits > 0n ? request.business_value_microunits : 0n;
}

/** MONEY-4 to MONEY-6: two floors, an exact sum, and one limit at the end. */
export function worthOf(policy: PolicyFields, request: Request, model: Model, cost: bigint): Worth {
  const value = valueOf(request);
  const quality_term = (value * BigInt(request.confidence_bps) * BigInt(model.quality_bps)) / BPS_SQUARED;
  const risk_term = (value * BigInt(request.risk_bps) * BigInt(policy.risk_penalty_multiplier_bps)) / BPS_SQUARED;
  const latency_term = BigInt(model.p95_latency_ms) * policy.latency_penalty_microunits_per_ms;
  const utility = saturateI64(quality_term - risk_term - cost - latency_term);
  return { quality_term, risk_term, latency_term, utility };
}
