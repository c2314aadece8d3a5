/** VERIFY-1 to VERIFY-6: replay, audit bundles, certificates. */

import { decide } from "./decide.js";
import { decisionDigestHex, inputDigestHex, isDigestHex, policyDigestHex } from "./digest.js";
import { Refusal } from "./refusal.js";
import { ACTIONS, DECISION, nameOf, REASONS } from "./types.js";
import type { Decision, Policy, Request } from "./types.js";

export { utilityForModel as counterfactualUtility } from "./decide.js";

export type Verdict =
  | { readonly status: "valid" }
  | { readonly status: "mismatch"; readonly expected: Decision; readonly actual: Decision };

export type DigestVerdict =
  | { readonly status: "valid" }
  | { readonly status: "digest_mismatch"; readonly expected_hex: string; readonly actual_hex: string };

/** VERIFY-3 */
export interface AuditBundle {
  readonly schema_version: string;
  readonly digest_algorithm: string;
  readonly proof_version: number;
  readonly policy_epoch: bigint;
  readonly catalog_epoch: bigint;
  readonly created_by: string;
  readonly policy_digest_hex: string;
  readonly input_digest_hex: string;
  readonly decision_digest_hex: string;
  readonly replay_valid: boolean;
}

/** VERIFY-6 */
export interface DecisionCertificate {
  readonly policy_fingerprint: string;
  readonly input_fingerprint: string;
  readonly decision_fingerprint: string;
  readonly decision_sequence: bigint;
  readonly selected_model_id: number;
  readonly action: string;
  readonly reason: string;
  readonly replay_valid: boolean;
  readonly evaluated_models: number;
  readonly eligible_models: number;
  readonly counterfactual_model_id: number;
  readonly counterfactual_utility_microunits: bigint;
}

const BUNDLE_SCHEMA = "calybris.audit.v1";
const BUNDLE_ALGORITHM = "sha256";
const BUNDLE_PRODUCER = "calybris";
const PROOF_VERSION = 1;

/** VERIFY-1: decides again and compares all thirteen fields. */
export function verifyDecision(policy: Policy, request: Request, decision: Decision): Verdict {
  const expected = decide(policy, request);
  const fields = Object.keys(DECISION) as (keyof Decision)[];
  if (fields.every((field) => expected[field] === decision[field])) return { status: "valid" };
  return { status: "mismatch", expected, actual: decision };
}

/** Whether the policy takes this decision for this request. */
export function replays(policy: Policy, request: Request, decision: Decision): boolean {
  return verifyDecision(policy, request, decision).status === "valid";
}

/** VERIFY-2: compares texts; every text that is not the digest is a mismatch, none is refused. */
export function verifyDecisionDigest(decision: Decision, claimed_hex: string): DigestVerdict {
  const expected_hex = decisionDigestHex(decision);
  if (claimed_hex === expected_hex) return { status: "valid" };
  return { status: "digest_mismatch", expected_hex, actual_hex: claimed_hex };
}

/** VERIFY-3: does not fail; a decision that does not replay is said not to. */
export function auditBundle(policy: Policy, request: Request, decision: Decision): AuditBundle {
  return {
    schema_version: BUNDLE_SCHEMA,
    digest_algorithm: BUNDLE_ALGORITHM,
    proof_version: PROOF_VERSION,
    policy_epoch: policy.policy_epoch,
    catalog_epoch: policy.catalog_epoch,
    created_by: BUNDLE_PRODUCER,
    policy_digest_hex: policyDigestHex(policy),
    input_digest_hex: inputDigestHex(request),
    decision_digest_hex: decisionDigestHex(decision),
    replay_valid: replays(policy, request, decision),
  };
}

/** VERIFY-4: the same bundle, or the mismatch. A verified bundle that does not replay does not exist. */
export function verifiedAuditBundle(
  policy: Policy,
  request: Request,
  decision: Decision,
): AuditBundle | Exclude<Verdict, { status: "valid" }> {
  const verdict = verifyDecision(policy, request, decision);
  return verdict.status === "valid" ? auditBundle(policy, request, decision) : verdict;
}

/** VERIFY-5: whether a bundle that came from elsewhere is well formed, in the order of the clause. */
export function validateCanonical(bundle: AuditBundle): void {
  if (bundle.schema_version !== BUNDLE_SCHEMA) throw new Refusal("VERIFY_BUNDLE_SCHEMA_UNKNOWN", "schema_version");
  if (bundle.digest_algorithm !== BUNDLE_ALGORITHM) {
    throw new Refusal("VERIFY_BUNDLE_ALGORITHM_UNKNOWN", "digest_algorithm");
  }
  if (bundle.proof_version !== PROOF_VERSION) throw new Refusal("VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN", "proof_version");
  if (bundle.created_by !== BUNDLE_PRODUCER) throw new Refusal("VERIFY_BUNDLE_PRODUCER_UNKNOWN", "created_by");
  if (!bundle.replay_valid) throw new Refusal("VERIFY_BUNDLE_REPLAY_INVALID", "replay_valid");
  for (const field of ["policy_digest_hex", "input_digest_hex", "decision_digest_hex"] as const) {
    if (!isDigestHex(bundle[field])) throw new Refusal("VERIFY_BUNDLE_DIGEST_NOT_CANONICAL", field);
  }
}

/** VERIFY-6: the fingerprint of a snapshot. */
export const fingerprint = policyDigestHex;

/** VERIFY-6: every value comes from the decision as given; does not fail. */
export function certifyDecision(policy: Policy, request: Request, decision: Decision): DecisionCertificate {
  return {
    policy_fingerprint: fingerprint(policy),
    input_fingerprint: inputDigestHex(request),
    decision_fingerprint: decisionDigestHex(decision),
    decision_sequence: decision.request_sequence,
    selected_model_id: decision.selected_model_id,
    action: nameOf(ACTIONS, decision.action, "display"),
    reason: nameOf(REASONS, decision.reason, "display"),
    replay_valid: replays(policy, request, decision),
    evaluated_models: decision.evaluated_models,
    eligible_models: decision.eligible_models,
    counterfactual_model_id: decision.counterfactual_model_id,
    counterfactual_utility_microunits: decision.counterfactual_utility_microunits,
  };
}
