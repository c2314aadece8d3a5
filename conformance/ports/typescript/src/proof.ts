/** PROOF-1 to PROOF-3: a decision with its place in the log and the ledger. */

import { decisionDigestHex, inputDigestHex, isDigestHex, policyDigestHex } from "./digest.js";
import { Refusal } from "./refusal.js";
import { ACTIONS, nameOf, REASONS } from "./types.js";
import type { Decision, Policy, Request } from "./types.js";
import { replays } from "./verify.js";

const PROOF_VERSION = 1;

/** PROOF-1 */
export interface ProofEnvelope {
  readonly proof_version: number;
  readonly policy_digest_hex: string;
  readonly input_digest_hex: string;
  readonly decision_digest_hex: string;
  readonly replay_valid: boolean;
  readonly wal_sequence: bigint | null;
  readonly wal_entry_hash: string | null;
  readonly budget_snapshot_version: bigint | null;
  readonly ledger_digest_hex: string | null;
  readonly action: string;
  readonly reason: string;
  readonly selected_model_id: number;
  readonly counterfactual_model_id: number;
  readonly estimated_cost_microunits: bigint;
  readonly expected_utility_microunits: bigint;
}

/** PROOF-3, in order */
const PARTS = ["wal_sequence", "wal_entry_hash", "budget_snapshot_version", "ledger_digest_hex"] as const;
const DIGESTS = [
  "policy_digest_hex",
  "input_digest_hex",
  "decision_digest_hex",
  "wal_entry_hash",
  "ledger_digest_hex",
] as const;

/** PROOF-1: does not fail; a decision that does not replay is said not to. */
export function seal(policy: Policy, request: Request, decision: Decision): ProofEnvelope {
  return {
    proof_version: PROOF_VERSION,
    policy_digest_hex: policyDigestHex(policy),
    input_digest_hex: inputDigestHex(request),
    decision_digest_hex: decisionDigestHex(decision),
    replay_valid: replays(policy, request, decision),
    wal_sequence: null,
    wal_entry_hash: null,
    budget_snapshot_version: null,
    ledger_digest_hex: null,
    action: nameOf(ACTIONS, decision.action, "display"),
    reason: nameOf(REASONS, decision.reason, "display"),
    selected_model_id: decision.selected_model_id,
    counterfactual_model_id: decision.counterfactual_model_id,
    estimated_cost_microunits: decision.estimated_cost_microunits,
    expected_utility_microunits: decision.expected_utility_microunits,
  };
}

/** PROOF-2: attaches the log and the ledger; nothing is checked. */
export class ProofEnvelopeBuilder {
  private envelope: ProofEnvelope;

  constructor(policy: Policy, request: Request, decision: Decision) {
    this.envelope = seal(policy, request, decision);
  }

  wal(wal_sequence: bigint, wal_entry_hash: string): this {
    this.envelope = { ...this.envelope, wal_sequence, wal_entry_hash };
    return this;
  }

  budget(budget_snapshot_version: bigint, ledger_digest_hex: string): this {
    this.envelope = { ...this.envelope, budget_snapshot_version, ledger_digest_hex };
    return this;
  }

  build(): ProofEnvelope {
    return this.envelope;
  }
}

/** PROOF-2 */
export function isComplete(envelope: ProofEnvelope): boolean {
  return envelope.replay_valid && PARTS.every((part) => envelope[part] !== null);
}

/** PROOF-3: whether an envelope that came from elsewhere is well formed, in the order of the clause. */
export function validateComplete(envelope: ProofEnvelope): void {
  if (envelope.proof_version !== PROOF_VERSION) throw new Refusal("PROOF_VERSION_UNKNOWN", "proof_version");
  if (!envelope.replay_valid) throw new Refusal("PROOF_REPLAY_INVALID", "replay_valid");
  for (const part of PARTS) {
    if (envelope[part] === null) throw new Refusal("PROOF_PART_MISSING", part);
  }
  if (envelope.wal_sequence === 0n) throw new Refusal("PROOF_SEQUENCE_ZERO", "wal_sequence");
  for (const digest of DIGESTS) {
    if (!isDigestHex(envelope[digest]!)) throw new Refusal("PROOF_DIGEST_NOT_CANONICAL", digest);
  }
}
