/** Frames (`decide.rows`): many requests in one question, each a row of 13 canonical decimals. */

import { decideBatch } from "../decide.js";
import { readInteger } from "../integers.js";
import { Refusal } from "../refusal.js";
import { DECISION, REQUEST } from "../types.js";
import type { Decision, Policy, Request } from "../types.js";
import { readPolicy } from "./values.js";
import type { Answer, Json, Question } from "./values.js";

const MOST_ROWS = 4_096;
const FIELDS = Object.entries(REQUEST);
const ANSWERED = Object.keys(DECISION) as (keyof Decision)[];

/** The policy of the frame before, and how it stood there: a campaign asks thousands of frames about one. */
let last: { readonly asked: string; readonly policy: Policy } | undefined;

/** What was refused is not kept. */
function keptPolicy(json: Json): Policy {
  const asked = JSON.stringify(json);
  if (last?.asked !== asked) last = { asked, policy: readPolicy(json) };
  return last.policy;
}

/** Every row is read before the first is decided. */
export function decideRows({ given, input }: Question): Answer {
  const policy = keptPolicy(given.policy);
  const rows: readonly string[] = input.rows;
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === "string")) throw new TypeError("rows are texts");
  if (rows.length === 0 || rows.length > MOST_ROWS) throw new Refusal("INTEGER_OUT_OF_RANGE", "rows");
  const requests = rows.map((row, place) => placed(() => readRow(row), place));
  return { rows: decideBatch(policy, requests).map(writeRow) };
}

/** A row is cut at its first twelve spaces: what is too much belongs to the last field, what is missing is empty. */
function readRow(row: string): Request {
  const request: Record<string, number | bigint> = {};
  let from = 0;
  FIELDS.forEach(([field, width], index) => {
    const space = index < FIELDS.length - 1 ? row.indexOf(" ", from) : -1;
    const end = space < 0 ? row.length : space;
    request[field] = readInteger(width, row.slice(from, end), field);
    from = end + 1;
  });
  return request as Request;
}

/** Puts the place of the row in front of the field that is refused. */
function placed<T>(read: () => T, place: number): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.code, `rows[${place}].${error.at}`) : error;
  }
}

/** A decision as a row: action and reason are codes already. */
function writeRow(decision: Decision): string {
  return ANSWERED.map((field) => decision[field]).join(" ");
}
