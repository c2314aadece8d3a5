/** BUILD-1 to BUILD-3: builders of requests, models and policies. A method that is called twice keeps the later value. */

import { validateConfig } from "./config.js";
import type { Config } from "./config.js";
import { validateInput } from "./input.js";
import { makeRecord } from "./integers.js";
import { tryNew } from "./policy.js";
import { Refusal } from "./refusal.js";
import { ALL_PROVIDERS, ALL_REGIONS, MODEL, REQUEST } from "./types.js";
import type { Model, Policy, Request } from "./types.js";

type Values<R> = { [K in keyof R]: number | bigint };

/** BUILD-1 */
export class InputBuilder {
  private readonly values: Values<Request>;

  constructor(request_sequence: bigint, requested_model_id: number) {
    this.values = {
      request_sequence,
      requested_model_id,
      input_tokens: 0,
      output_tokens: 0,
      business_value_microunits: 0n,
      budget_limit_microunits: 2n ** 64n - 1n,
      risk_bps: 0,
      confidence_bps: 10_000,
      minimum_quality_bps: 0,
      max_p95_latency_ms: 0,
      required_capabilities: 0n,
      allowed_provider_mask: ALL_PROVIDERS,
      required_region_mask: 0n,
    };
  }

  tokens(input_tokens: number, output_tokens: number): this {
    return this.set({ input_tokens, output_tokens });
  }

  businessValue(business_value_microunits: bigint): this {
    return this.set({ business_value_microunits });
  }

  budgetLimit(budget_limit_microunits: bigint): this {
    return this.set({ budget_limit_microunits });
  }

  risk(risk_bps: number, confidence_bps: number): this {
    return this.set({ risk_bps, confidence_bps });
  }

  minimumQuality(minimum_quality_bps: number): this {
    return this.set({ minimum_quality_bps });
  }

  maxLatency(max_p95_latency_ms: number): this {
    return this.set({ max_p95_latency_ms });
  }

  capabilities(required_capabilities: bigint): this {
    return this.set({ required_capabilities });
  }

  providers(allowed_provider_mask: bigint): this {
    return this.set({ allowed_provider_mask });
  }

  regions(required_region_mask: bigint): this {
    return this.set({ required_region_mask });
  }

  build(): Request {
    const request = makeRecord(REQUEST, this.values);
    validateInput(request);
    return request;
  }

  private set(values: Partial<Values<Request>>): this {
    Object.assign(this.values, values);
    return this;
  }
}

/** BUILD-2 */
export class ModelBuilder {
  private readonly values: Values<Model>;

  constructor(model_id: number, provider_id: number) {
    this.values = {
      model_id,
      provider_id,
      quality_bps: 8_000,
      risk_ceiling_bps: 9_500,
      enabled: 1,
      p95_latency_ms: 200,
      capabilities: 0n,
      region_mask: ALL_REGIONS,
      input_cost_microunits_per_million_tokens: 0n,
      output_cost_microunits_per_million_tokens: 0n,
    };
  }

  quality(quality_bps: number): this {
    return this.set({ quality_bps });
  }

  riskCeiling(risk_ceiling_bps: number): this {
    return this.set({ risk_ceiling_bps });
  }

  enabled(yes: boolean): this {
    return this.set({ enabled: yes ? 1 : 0 });
  }

  latency(p95_latency_ms: number): this {
    return this.set({ p95_latency_ms });
  }

  capabilities(capabilities: bigint): this {
    return this.set({ capabilities });
  }

  regions(region_mask: bigint): this {
    return this.set({ region_mask });
  }

  cost(input: bigint, output: bigint): this {
    return this.set({
      input_cost_microunits_per_million_tokens: input,
      output_cost_microunits_per_million_tokens: output,
    });
  }

  build(): Model {
    return makeRecord(MODEL, this.values);
  }

  private set(values: Partial<Values<Model>>): this {
    Object.assign(this.values, values);
    return this;
  }
}

/** BUILD-3 */
export class PolicyBuilder {
  private readonly config: Config;
  private readonly catalog: Model[] = [];
  private policyEpoch = 1n;
  private catalogEpoch = 1n;

  constructor(config: Config) {
    this.config = config;
  }

  epochs(policy: bigint, catalog: bigint): this {
    this.policyEpoch = policy;
    this.catalogEpoch = catalog;
    return this;
  }

  model(model: Model): this {
    this.catalog.push(model);
    return this;
  }

  models(models: readonly Model[]): this {
    for (const model of models) this.model(model);
    return this;
  }

  build(): Policy {
    validateConfig(this.config);
    if (BigInt(this.catalog.length) > this.config.max_catalog_size) {
      throw new Refusal("BUILD_CATALOG_TOO_LARGE", "models");
    }
    return tryNew({
      policy_epoch: this.policyEpoch,
      catalog_epoch: this.catalogEpoch,
      hard_risk_limit_bps: this.config.hard_risk_limit_bps,
      minimum_confidence_bps: this.config.minimum_confidence_bps,
      risk_penalty_multiplier_bps: this.config.risk_penalty_multiplier_bps,
      latency_penalty_microunits_per_ms: this.config.latency_penalty_microunits_per_ms,
      models: this.catalog,
    });
  }
}
