/** Operations of logs, proof envelopes and recovery. */

import { fromUtf8, toHex } from "../bytes.js";
import { decide } from "../decide.js";
import { readInteger } from "../integers.js";
import { isComplete, ProofEnvelopeBuilder, validateComplete } from "../proof.js";
import type { ProofEnvelope } from "../proof.js";
import { appendAudited, appendVerifiedAudited, replayAuditedWal } from "../record.js";
import { recoveryPlan } from "../recovery.js";
import { LogWriter, verifyLog } from "../wal.js";
import type { Anchor, Appended } from "../wal.js";
import {
  readKey,
  readOptionalU64,
  readParts,
  readPolicy,
  readRequest,
  readSnapshot,
  show,
  showMembers,
} from "./values.js";
import type { Answer, Json, Question } from "./values.js";

function readAnchor(json: Json): Anchor | null {
  return json === null ? null : { ...json, sequence: readInteger("u64", json.sequence, "anchor.sequence") };
}

function readEnvelope(json: Json): ProofEnvelope {
  return {
    ...json,
    proof_version: readInteger("u16", json.proof_version, "proof_version"),
    wal_sequence: readOptionalU64(json.wal_sequence, "wal_sequence"),
    budget_snapshot_version: readOptionalU64(json.budget_snapshot_version, "budget_snapshot_version"),
    selected_model_id: readInteger("u32", json.selected_model_id, "selected_model_id"),
    counterfactual_model_id: readInteger("u32", json.counterfactual_model_id, "counterfactual_model_id"),
    estimated_cost_microunits: readInteger("u64", json.estimated_cost_microunits, "estimated_cost_microunits"),
    expected_utility_microunits: readInteger("i64", json.expected_utility_microunits, "expected_utility_microunits"),
  };
}

function showAppended({ sequence, entry_hash, added }: Appended): Answer {
  return { sequence: show(sequence), entry_hash, added_hex: toHex(added) };
}

/** The JSON text of a payload that came as parts. */
function textOf(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new Error("a payload that is not UTF-8");
  return text;
}

const writerOf = (input: Json): LogWriter => new LogWriter(readParts(input.log), readKey(input.key_hex));

function proofSeal({ given, input }: Question): Answer {
  const policy = readPolicy(given.policy);
  const decision = decide(policy, readRequest(input.decided_for));
  const builder = new ProofEnvelopeBuilder(policy, readRequest(input.request), decision);
  const { wal, budget } = input;
  if (wal !== null) builder.wal(readInteger("u64", wal.sequence, "wal.sequence"), wal.entry_hash);
  if (budget !== null) builder.budget(readInteger("u64", budget.version, "budget.version"), budget.ledger_digest_hex);
  const envelope = builder.build();
  return { envelope: showMembers(envelope), is_complete: isComplete(envelope) };
}

export const LOGS: Readonly<Record<string, (question: Question) => Answer>> = {
  "wal.append": ({ input }) => showAppended(writerOf(input).append(input.data)),
  "wal.append_parts": ({ input }) => showAppended(writerOf(input).append(textOf(readParts(input.data)))),
  "wal.append_audited": ({ given, input }) => {
    const policy = readPolicy(given.policy);
    const decision = decide(policy, readRequest(input.decided_for));
    const append = input.verified ? appendVerifiedAudited : appendAudited;
    return showAppended(append(writerOf(input), policy, readRequest(input.request), decision, input.metadata));
  },
  "wal.verify": ({ input }) =>
    showMembers(verifyLog(readParts(input.log), readKey(input.key_hex), readAnchor(input.anchor))),
  "wal.replay": ({ given, input }) => {
    const policies = given.policies.map(readPolicy);
    return { verdicts: show(replayAuditedWal(readParts(input.log), policies, readKey(input.key_hex))) };
  },
  "proof.seal": proofSeal,
  "proof.validate": ({ input }) => {
    validateComplete(readEnvelope(input.envelope));
    return {};
  },
  "recovery.plan": ({ input }) => {
    const log = readParts(input.log);
    const plan = recoveryPlan(readSnapshot(input.snapshot), log, readKey(input.key_hex), readAnchor(input.anchor));
    const { snapshot: _, ...shown } = plan;
    return showMembers(shown);
  },
};
