/** Values of the protocol: every integer is a text in canonical decimal, and what is absent is null. */

import { makeRecord, readInteger } from "../integers.js";
import type { RecordOf, Table } from "../integers.js";
import { newUnchecked, tryNew, tryNewTrusted } from "../policy.js";
import { ACTIONS, AMOUNTS, codeOf, DECISION, MODEL, nameOf, POLICY, REASONS, REQUEST } from "../types.js";
import type { Decision, LedgerSnapshot, Model, Policy, Request, Tenant } from "../types.js";

/** What JSON may hold, with keys that are asked for by name. */
// the judge sends what docs/operations.md says, and a value of another form is a fault
export type Json = any;

export interface Question {
  readonly given: Json;
  readonly input: Json;
}

/** What an operation answers. */
export type Answer = Record<string, unknown>;

const CONSTRUCTORS: Readonly<Record<string, typeof tryNew>> = {
  validated: tryNew,
  try_new: tryNew,
  try_new_trusted: tryNewTrusted,
  unchecked: newUnchecked,
};

/** The fields of a record, each a text, as a record whose widths hold. */
export function readRecord<T extends Table>(table: T, json: Json, prefix = ""): RecordOf<T> {
  const read = Object.entries(table).map(([field, width]) => [
    field,
    readInteger(width, json[field], prefix + field),
  ]);
  return Object.fromEntries(read) as RecordOf<T>;
}

export const readModel = (json: Json, prefix = ""): Model => readRecord(MODEL, json, prefix);
export const readRequest = (json: Json): Request => readRecord(REQUEST, json);

export function readDecision(json: Json): Decision {
  return readRecord(DECISION, {
    ...json,
    action: String(codeOf(ACTIONS, json.action, "display")),
    reason: String(codeOf(REASONS, json.reason, "display")),
  });
}

export function readPolicy(json: Json): Policy {
  const fields = readRecord(POLICY, json);
  return CONSTRUCTORS[json.constructor]!({ ...fields, models: readModels(json.models) });
}

/** The catalog, or the series that stands for it. */
function readModels(json: Json): Model[] {
  if (Array.isArray(json)) return json.map((model, i) => readModel(model, `models[${i}].`));
  const { count, first, step } = json.series;
  const start = readModel(first);
  const steps = Object.entries(step as Record<string, string>).map(([field, by]) => [field, BigInt(by)] as const);
  return Array.from({ length: Number(count) }, (_, k) => {
    const moved = steps.map(([field, by]) => [field, BigInt(first[field]) + BigInt(k) * by]);
    return makeRecord(MODEL, { ...start, ...Object.fromEntries(moved) }, `models[${k}].`);
  });
}

export const readOptionalU64 = (json: Json, at: string): bigint | null =>
  json === null ? null : readInteger("u64", json, at);

export function readTenant(json: Json, prefix: string): Tenant {
  return { tenant_id: json.tenant_id, ...readRecord(AMOUNTS, json, prefix) };
}

export function readSnapshot(json: Json): LedgerSnapshot {
  return {
    version: readInteger("u64", json.version, "version"),
    tenants: json.tenants.map((tenant: Json, i: number) => readTenant(tenant, `tenants[${i}].`)),
    active_reservations: readInteger("u64", json.active_reservations, "active_reservations"),
    wal_high_watermark: readOptionalU64(json.wal_high_watermark, "wal_high_watermark"),
  };
}

export function readBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

export const readKey = (hex: string | null): Uint8Array | null => (hex === null ? null : readBytes(hex));

/** A log or a file: each part, as often as it says. */
export function readParts(parts: Json): Uint8Array {
  const read: { bytes: Uint8Array; times: number }[] = parts.map((part: Json) => ({
    bytes: readBytes(part.hex),
    times: Number(part.times),
  }));
  const whole = new Uint8Array(read.reduce((sum, { bytes, times }) => sum + bytes.length * times, 0));
  let offset = 0;
  for (const { bytes, times } of read) {
    const end = offset + bytes.length * times;
    if (times > 0) whole.set(bytes, offset);
    // what is there already is copied behind itself, twice as much each time
    for (let done = bytes.length; offset + done < end; done *= 2) {
      whole.copyWithin(offset + done, offset, Math.min(offset + done, end - done));
    }
    offset = end;
  }
  return whole;
}

/** Any value of the library for an answer: integers as texts, lists and records member by member. */
export function show(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (Array.isArray(value)) return value.map(show);
  return typeof value === "object" && value !== null ? showMembers(value) : value;
}

export function showMembers(record: object): Answer {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, show(value)]));
}

export function showDecision(decision: Decision): Answer {
  return {
    ...showMembers(decision),
    action: nameOf(ACTIONS, decision.action, "display"),
    reason: nameOf(REASONS, decision.reason, "display"),
  };
}
