// The library runs where there is nothing but the language, TextEncoder and TextDecoder: no module of Node.js, no
// global of it. Every module that the entry reaches is linked by hand into an empty context and decides there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const entry = new URL("../dist/index.js", import.meta.url);
const context = vm.createContext({ TextEncoder, TextDecoder });
const modules = new Map();

function load(url) {
  if (!modules.has(url.href)) {
    const source = readFileSync(url, "utf8");
    modules.set(url.href, new vm.SourceTextModule(source, { context, identifier: url.href }));
  }
  return modules.get(url.href);
}

const library = load(entry);
await library.link((specifier, { identifier }) => {
  assert.match(specifier, /^\.\//, `${identifier} imports ${specifier}`);
  return load(new URL(specifier, identifier));
});
await library.evaluate();
context.calybris = library.namespace;

// the running example of docs/spec/README.md
const decided = vm.runInContext(
  `
  const model = (model_id, provider_id, quality_bps, risk_ceiling_bps, p95_latency_ms, capabilities, region_mask, input, output) => ({
    model_id, provider_id, quality_bps, risk_ceiling_bps, enabled: 1, p95_latency_ms, capabilities, region_mask,
    input_cost_microunits_per_million_tokens: input, output_cost_microunits_per_million_tokens: output,
  });
  const policy = calybris.tryNew({
    policy_epoch: 12n, catalog_epoch: 5n, hard_risk_limit_bps: 9_600, minimum_confidence_bps: 5_500,
    risk_penalty_multiplier_bps: 3_500, latency_penalty_microunits_per_ms: 2n,
    models: [
      model(1, 0, 7_200, 9_500, 180, 0b001n, 0b01n, 150_000n, 600_000n),
      model(2, 1, 8_800, 9_000, 420, 0b011n, 0b11n, 2_500_000n, 10_000_000n),
      model(3, 2, 9_600, 8_000, 950, 0b111n, 0b01n, 15_000_000n, 75_000_000n),
    ],
  });
  const request = new calybris.InputBuilder(7n, 2).tokens(1_200, 350).businessValue(50_000n).budgetLimit(20_000n)
    .risk(900, 9_000).minimumQuality(7_000).maxLatency(1_500).capabilities(1n).providers(15n).regions(3n).build();
  const decision = calybris.decide(policy, request);
  const writer = new calybris.LogWriter(new Uint8Array(), new Uint8Array(32));
  const { added } = calybris.appendVerifiedAudited(writer, policy, request, decision, "null");
  ({
    utilities: [decision.expected_utility_microunits, decision.counterfactual_utility_microunits].join(),
    digest: calybris.decisionDigestHex(decision),
    replayed: calybris.replayAuditedWal(added, [policy], new Uint8Array(32)).length,
  })
  `,
  context,
);
assert.equal(decided.utilities, "30685,30075");
assert.equal(decided.digest, "dcf63ad1c6e7f67426055b9f8034640bd5a0aa04ab336157f492062110ca89df");
assert.equal(decided.replayed, 1);
console.log(`${modules.size} modules run without Node.js`);
