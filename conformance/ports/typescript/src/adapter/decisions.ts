/** Operations of records, decisions, digests, verification, configuration and builders. */

import { InputBuilder, ModelBuilder, PolicyBuilder } from "../builders.js";
import { toHex } from "../bytes.js";
import { DEFAULT_CONFIG, validateConfig } from "../config.js";
import type { Config } from "../config.js";
import { decide, explain, trace, utilityForModel } from "../decide.js";
import { decisionDigestHex, decodeHex32, policyDigestHex } from "../digest.js";
import { validateInput } from "../input.js";
import { readInteger } from "../integers.js";
import type { Width } from "../integers.js";
import type { Policy } from "../types.js";
import {
  auditBundle,
  certifyDecision,
  validateCanonical,
  verifiedAuditBundle,
  verifyDecision,
  verifyDecisionDigest,
} from "../verify.js";
import {
  readBytes,
  readDecision,
  readModel,
  readPolicy,
  readRequest,
  show,
  showDecision,
  showMembers,
} from "./values.js";
import type { Answer, Json, Question } from "./values.js";

function echo({ input: { type, value } }: Question): Answer {
  if (type === "text") return { value };
  if (type === "bytes_hex") return { value: toHex(readBytes(value)) };
  return { value: show(readInteger(type as Width, value, "value")) };
}

function catalog(policy: Policy): Answer {
  const { models } = policy;
  return {
    model_count: String(models.length),
    first_model_id: show(models[0]?.model_id ?? null),
    last_model_id: show(models[models.length - 1]?.model_id ?? null),
  };
}

function decidedFor({ given, input }: Question): Parameters<typeof auditBundle> {
  const policy = readPolicy(given.policy);
  return [policy, readRequest(input.request), decide(policy, readRequest(input.decided_for))];
}

function verifyBundle(question: Question): Answer {
  const [policy, request, decision] = decidedFor(question);
  const verified = verifiedAuditBundle(policy, request, decision);
  const bundle = showMembers(auditBundle(policy, request, decision));
  return { status: "status" in verified ? verified.status : "valid", bundle };
}

function verifyDigest({ input }: Question): Answer {
  const decision = readDecision(input.decision);
  const { status } = verifyDecisionDigest(decision, input.claimed_hex);
  return { status, expected_hex: decisionDigestHex(decision), actual_hex: input.claimed_hex };
}

export function readBundle(json: Json): Parameters<typeof validateCanonical>[0] {
  return {
    ...json,
    proof_version: readInteger("u16", json.proof_version, "proof_version"),
    policy_epoch: readInteger("u64", json.policy_epoch, "policy_epoch"),
    catalog_epoch: readInteger("u64", json.catalog_epoch, "catalog_epoch"),
  };
}

const CONFIG_WIDTHS: Readonly<Record<string, Width>> = {
  latency_penalty_microunits_per_ms: "u64",
  hard_risk_limit_bps: "u16",
  minimum_confidence_bps: "u16",
  risk_penalty_multiplier_bps: "u16",
  default_exposure_cap_microcents: "i64",
  max_catalog_size: "u64",
};

function readConfig(json: Json): Config {
  const set = Object.entries(json as Record<string, string>).map(([key, value]) => {
    const width = CONFIG_WIDTHS[key];
    return [key, width === undefined ? value : readInteger(width, value, key)];
  });
  return { ...DEFAULT_CONFIG, ...Object.fromEntries(set) };
}

function configValidate({ input }: Question): Answer {
  const config = readConfig(input.config);
  validateConfig(config);
  return showMembers(config);
}

type Methods<B> = Readonly<Record<string, (builder: B, ...given: Json[]) => B>>;

const INPUT_METHODS: Methods<InputBuilder> = {
  tokens: (builder, input, output) => builder.tokens(Number(input), Number(output)),
  business_value: (builder, value) => builder.businessValue(BigInt(value)),
  budget_limit: (builder, limit) => builder.budgetLimit(BigInt(limit)),
  risk: (builder, risk, confidence) => builder.risk(Number(risk), Number(confidence)),
  minimum_quality: (builder, quality) => builder.minimumQuality(Number(quality)),
  max_latency: (builder, latency) => builder.maxLatency(Number(latency)),
  capabilities: (builder, mask) => builder.capabilities(BigInt(mask)),
  providers: (builder, mask) => builder.providers(BigInt(mask)),
  regions: (builder, mask) => builder.regions(BigInt(mask)),
};

const MODEL_METHODS: Methods<ModelBuilder> = {
  quality: (builder, quality) => builder.quality(Number(quality)),
  risk_ceiling: (builder, ceiling) => builder.riskCeiling(Number(ceiling)),
  enabled: (builder, yes) => builder.enabled(yes),
  latency: (builder, latency) => builder.latency(Number(latency)),
  capabilities: (builder, mask) => builder.capabilities(BigInt(mask)),
  regions: (builder, mask) => builder.regions(BigInt(mask)),
  cost: (builder, input, output) => builder.cost(BigInt(input), BigInt(output)),
};

const POLICY_METHODS: Methods<PolicyBuilder> = {
  epochs: (builder, policy, catalog) => builder.epochs(BigInt(policy), BigInt(catalog)),
  model: (builder, model) => builder.model(readModel(model)),
  models: (builder, models) => builder.models(models.map((model: Json) => readModel(model))),
};

/** Calls the methods of a builder in the order of the question. */
function call<B>(builder: B, methods: Methods<B>, calls: Json): B {
  for (const { method, arguments: given } of calls) methods[method]!(builder, ...given);
  return builder;
}

function inputBuild({ input }: Question): Answer {
  const sequence = readInteger("u64", input.request_sequence, "request_sequence");
  const requested = readInteger("u32", input.requested_model_id, "requested_model_id");
  return showMembers(call(new InputBuilder(sequence, requested), INPUT_METHODS, input.calls).build());
}

function modelBuild({ input }: Question): Answer {
  const id = readInteger("u32", input.model_id, "model_id");
  const provider = readInteger("u16", input.provider_id, "provider_id");
  return showMembers(call(new ModelBuilder(id, provider), MODEL_METHODS, input.calls).build());
}

function policyBuild({ input }: Question): Answer {
  const policy = call(new PolicyBuilder(readConfig(input.config)), POLICY_METHODS, input.calls).build();
  const { models: _, ...scalars } = policy;
  return { ...showMembers(scalars), ...catalog(policy), policy_digest_hex: policyDigestHex(policy) };
}

export const DECISIONS: Readonly<Record<string, (question: Question) => Answer>> = {
  echo,
  integer: ({ input }) => ({ value: show(readInteger(input.type as Width, input.value, "value")) }),
  "policy.validate": ({ input }) => catalog(readPolicy(input.policy)),
  "input.validate": ({ input }) => {
    validateInput(readRequest(input.request));
    return {};
  },
  decide: ({ given, input }) => showDecision(decide(readPolicy(given.policy), readRequest(input.request))),
  trace: ({ given, input }) => {
    const { decision, ...counts } = trace(readPolicy(given.policy), readRequest(input.request));
    return { decision: showDecision(decision), ...showMembers(counts) };
  },
  utility: ({ given, input }) => ({
    utility_microunits: show(
      utilityForModel(
        readPolicy(given.policy),
        readRequest(input.request),
        readInteger("u32", input.model_id, "model_id"),
      ),
    ),
  }),
  explain: ({ given, input }) => ({
    candidates: show(explain(readPolicy(given.policy), readRequest(input.request))),
  }),
  "hex.decode": ({ input }) => ({ bytes_hex: toHex(decodeHex32(input.text)) }),
  "verify.decision": ({ given, input }) => {
    const policy = readPolicy(given.policy);
    const request = readRequest(input.request);
    const { status } = verifyDecision(policy, request, readDecision(input.decision));
    return { status, expected: showDecision(decide(policy, request)) };
  },
  "verify.digest": verifyDigest,
  "verify.bundle": verifyBundle,
  "verify.canonical": ({ input }) => {
    validateCanonical(readBundle(input.bundle));
    return {};
  },
  "verify.certificate": (question) => showMembers(certifyDecision(...decidedFor(question))),
  "config.validate": configValidate,
  "input.build": inputBuild,
  "model.build": modelBuild,
  "policy.build": policyBuild,
};
