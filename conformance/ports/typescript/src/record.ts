/** LOG-9 and LOG-10: audited decisions in a log. */

import { decisionDigestHex, inputDigestHex, policyDigestHex } from "./digest.js";
import type { RecordOf, Table } from "./integers.js";
import { JsonReader, Malformed } from "./jsontext.js";
import { printPayload, printText } from "./payload.js";
import { Refusal } from "./refusal.js";
import { attempt, readBoolean, readObject, readPlainInteger, readWholeText } from "./strict.js";
import type { Shape } from "./strict.js";
import { ACTIONS, codeOf, DECISION, nameOf, REASONS, REQUEST } from "./types.js";
import type { Decision, Names, Policy, Request } from "./types.js";
import { auditBundle, replays, validateCanonical } from "./verify.js";
import type { AuditBundle } from "./verify.js";
import type { Appended, LogWriter } from "./wal.js";
import { entries } from "./wal.js";

/** LOG-10: in an answer all four are true, because anything else was refused. */
export interface ReplayVerdict {
  readonly sequence: bigint;
  readonly replay_valid: true;
  readonly policy_digest_match: true;
  readonly input_digest_match: true;
  readonly decision_digest_match: true;
}

/** A policy with its digest. */
interface Known {
  readonly policy: Policy;
  readonly digest: string;
}

interface AuditedRecord {
  readonly audit: AuditBundle;
  readonly input: Request;
  readonly decision: Decision;
  readonly metadata: Uint8Array;
}

/** LOG-9: writes the record as it is; metadata is JSON text. */
export function appendAudited(
  writer: LogWriter,
  policy: Policy,
  request: Request,
  decision: Decision,
  metadata: string,
): Appended {
  const named = {
    ...decision,
    action: nameOf(ACTIONS, decision.action, "record"),
    reason: nameOf(REASONS, decision.reason, "record"),
  };
  const printed = [
    `"audit":${printRecord(BUNDLE_SHAPE, auditBundle(policy, request, decision))}`,
    `"input":${printRecord(REQUEST, request)}`,
    `"decision":${printRecord(DECISION, named)}`,
    `"metadata":${printPayload(metadata, "data.metadata", 1)}`,
  ];
  return writer.appendPrinted(`{${printed.join(",")}}`);
}

/** LOG-9: refuses a decision that does not replay, and writes nothing. */
export function appendVerifiedAudited(
  writer: LogWriter,
  policy: Policy,
  request: Request,
  decision: Decision,
  metadata: string,
): Appended {
  if (!replays(policy, request, decision)) throw new Refusal("LOG_DECISION_NOT_REPLAYED", "decision");
  return appendAudited(writer, policy, request, decision, metadata);
}

/** LOG-10: verifies the whole chain, then replays entry after entry. */
export function replayAuditedWal(
  log: Uint8Array,
  policies: readonly Policy[],
  key: Uint8Array | null = null,
): ReplayVerdict[] {
  const chain = [...entries(log, key)];
  const known = policies.map((policy) => ({ policy, digest: policyDigestHex(policy) }));
  return chain.map(({ line, sequence, data }) => {
    replayRecord(data, known, `lines[${line}].data`);
    return {
      sequence,
      replay_valid: true,
      policy_digest_match: true,
      input_digest_match: true,
      decision_digest_match: true,
    };
  });
}

/** LOG-10: the checks of one record, in the order of the clause. */
function replayRecord(data: Uint8Array, known: readonly Known[], at: string): void {
  const record = attempt(() => readRecord(data));
  if (record === undefined) throw new Refusal("LOG_RECORD_MALFORMED", at);
  const { audit, input, decision } = record;
  try {
    validateCanonical(audit);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal("LOG_AUDIT_NOT_CANONICAL", `${at}.audit.${error.at}`) : error;
  }
  const policy = known.find(({ policy: { policy_epoch, catalog_epoch }, digest }) =>
    policy_epoch === audit.policy_epoch && catalog_epoch === audit.catalog_epoch && digest === audit.policy_digest_hex,
  )?.policy;
  if (policy === undefined) throw new Refusal("LOG_AUDIT_POLICY_UNKNOWN", `${at}.audit.policy_digest_hex`);
  if (inputDigestHex(input) !== audit.input_digest_hex) {
    throw new Refusal("LOG_AUDIT_INPUT_MISMATCH", `${at}.audit.input_digest_hex`);
  }
  if (decisionDigestHex(decision) !== audit.decision_digest_hex) {
    throw new Refusal("LOG_AUDIT_DECISION_MISMATCH", `${at}.audit.decision_digest_hex`);
  }
  if (!replays(policy, input, decision)) throw new Refusal("LOG_AUDIT_NOT_REPLAYED", `${at}.decision`);
}

/** How the fields of a table are read; those of `named` in another way. */
function shapeOf<T extends Table>(table: T, named: Partial<Shape<RecordOf<T>>> = {}): Shape<RecordOf<T>> {
  const read = Object.entries(table).map(([field, width]) => [field, readPlainInteger(width)]);
  return { ...Object.fromEntries(read), ...named } as Shape<RecordOf<T>>;
}

/** TYPES-6 and TYPES-7: a name in the form of a log record, as its code. */
function readName(names: ReadonlyMap<number, Names>): (reader: JsonReader) => number {
  return (reader) => {
    const code = codeOf(names, readWholeText(reader), "record");
    if (code === undefined) throw new Malformed("no such name");
    return code;
  };
}

const BUNDLE_SHAPE: Shape<AuditBundle> = {
  schema_version: readWholeText,
  digest_algorithm: readWholeText,
  proof_version: readPlainInteger("u16"),
  policy_epoch: readPlainInteger("u64"),
  catalog_epoch: readPlainInteger("u64"),
  created_by: readWholeText,
  policy_digest_hex: readWholeText,
  input_digest_hex: readWholeText,
  decision_digest_hex: readWholeText,
  replay_valid: readBoolean,
};
const REQUEST_SHAPE = shapeOf(REQUEST);
const DECISION_SHAPE = shapeOf(DECISION, { action: readName(ACTIONS), reason: readName(REASONS) });

const RECORD_SHAPE: Shape<AuditedRecord> = {
  audit: (reader) => readObject(reader, BUNDLE_SHAPE),
  input: (reader) => readObject(reader, REQUEST_SHAPE),
  decision: (reader) => readObject(reader, DECISION_SHAPE),
  metadata: (reader) => reader.value(),
};

/** LOG-10: the record of LOG-9; the grammar of its bytes was checked with the line. */
function readRecord(data: Uint8Array): AuditedRecord {
  return readObject(new JsonReader(data), RECORD_SHAPE);
}

/** LOG-9: the members in the order of the table's keys; integers are JSON numbers. */
function printRecord<K extends string>(
  table: Readonly<Record<K, unknown>>,
  record: Readonly<Record<K, string | number | bigint | boolean>>,
): string {
  const members = (Object.keys(table) as K[]).map((key) => {
    const value = record[key];
    return `"${key}":${typeof value === "string" ? printText(value) : value}`;
  });
  return `{${members.join(",")}}`;
}
