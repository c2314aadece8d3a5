/** docs/operations.md: every operation of the judge, from a question to its answer. Knows nothing of lines. */

import { toHex } from "../bytes.js";
import { decisionPreimage, inputPreimage, ledgerPreimage, policyPreimage } from "../digest.js";
import { Refusal } from "../refusal.js";
import { sha256 } from "../sha256.js";
import { accumulate } from "./accumulate.js";
import { DECISIONS } from "./decisions.js";
import { LEDGERS } from "./ledgers.js";
import { LOGS } from "./logs.js";
import { decideRows } from "./rows.js";
import { readBytes, readDecision, readPolicy, readRequest, readSnapshot } from "./values.js";
import type { Answer, Json, Question } from "./values.js";

/** The digests, by the bytes that they hash. */
const PREIMAGES: Readonly<Record<string, (input: Json) => Uint8Array>> = {
  "digest.policy": ({ policy }) => policyPreimage(readPolicy(policy)),
  "digest.input": ({ request }) => inputPreimage(readRequest(request)),
  "digest.decision": ({ decision }) => decisionPreimage(readDecision(decision)),
  "digest.ledger": ({ snapshot }) => ledgerPreimage(readSnapshot(snapshot)),
};

const OPERATIONS: ReadonlyMap<string, (question: Question) => Answer> = new Map(
  Object.entries({
    ...DECISIONS,
    ...LEDGERS,
    ...LOGS,
    "decide.rows": decideRows,
    accumulate: ({ given, input }: Question): Answer => ({
      digest_hex: toHex(accumulate(readPolicy(given.policy), readBytes(input.seed_hex), Number(input.count))),
    }),
  }),
);

/** What the port claims beside its operations. */
const EXTRA_FEATURES = [
  "accumulate.million",
  "append.unverified",
  "budget.query",
  "budget.snapshot",
  "catalog.series",
  "constructor.try_new",
  "constructor.try_new_trusted",
  "constructor.unchecked",
  "input.unchecked",
  "replay.policies",
  "widths.named",
];

export const FEATURES: readonly string[] = [...OPERATIONS.keys(), ...Object.keys(PREIMAGES), ...EXTRA_FEATURES];

/** The answer to one question: ok, error, fault or unsupported. */
export function answer(op: string, question: Question): Answer {
  try {
    const preimage = PREIMAGES[op]?.(question.input);
    if (preimage !== undefined) return { ok: { digest_hex: toHex(sha256(preimage)) }, preimage_hex: toHex(preimage) };
    const operation = OPERATIONS.get(op);
    return operation === undefined ? { unsupported: { feature: op } } : { ok: operation(question) };
  } catch (error) {
    if (error instanceof Refusal) return { error: { code: error.code, at: error.at, detail: error.message } };
    return { fault: { detail: String(error), trace: error instanceof Error ? String(error.stack) : "" } };
  }
}
