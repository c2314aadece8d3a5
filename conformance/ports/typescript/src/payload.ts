/** LOG-7: how a writer prints a payload. */

import { utf8 } from "./bytes.js";
import { decimalWithin } from "./integers.js";
import { hasLoneSurrogate, JsonReader } from "./jsontext.js";
import { Refusal } from "./refusal.js";

const MAX_DEPTH = 100;

/** LOG-5: a line of 16 MiB has room for this, and for its sequence and hashes. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024 - 512;

/**
 * LOG-7: a JSON text without white space, in the one form that a writer writes; the first of its values that has none
 * is refused. `path` and `depth` say where the text will stand.
 */
export function printPayload(text: string, path = "data", depth = 0): string {
  // half of a surrogate pair has no UTF-8; as an escape it is found again below
  const whole = text.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
  const reader = new JsonReader(utf8(whole));
  const printed = printValue(reader, path, depth);
  reader.end();
  return printed;
}

/** LOG-7: a text in quotes; it holds no half of a surrogate pair, so only what MUST be escaped is. */
export function printText(text: string): string {
  return JSON.stringify(text);
}

/** LOG-5: the bytes of a payload that was printed. */
export function payloadBytes(printed: string): Uint8Array {
  const bytes = utf8(printed);
  if (bytes.length > MAX_PAYLOAD_BYTES) throw new Refusal("LOG_PAYLOAD_TOO_LARGE", "data");
  return bytes;
}

function printValue(reader: JsonReader, path: string, depth: number): string {
  switch (reader.kind()) {
    case "object":
      return `{${printMembers(reader, path, deeper(path, depth)).join(",")}}`;
    case "list":
      return `[${printElements(reader, path, deeper(path, depth)).join(",")}]`;
    case "text":
      return printText(wholeText(reader.text(), path));
    case "number":
      return printNumber(reader.number(), path);
    case "literal":
      return reader.literal();
  }
}

function deeper(path: string, depth: number): number {
  if (depth === MAX_DEPTH) throw new Refusal("LOG_PAYLOAD_TOO_DEEP", path);
  return depth + 1;
}

function printMembers(reader: JsonReader, path: string, depth: number): string[] {
  const printed: string[] = [];
  const seen = new Set<string>();
  reader.object((key) => {
    wholeText(key, path);
    const at = `${path}.${key}`;
    if (seen.has(key)) throw new Refusal("LOG_PAYLOAD_KEY_DUPLICATE", at);
    seen.add(key);
    printed.push(`${printText(key)}:${printValue(reader, at, depth)}`);
  });
  return printed;
}

function printElements(reader: JsonReader, path: string, depth: number): string[] {
  const printed: string[] = [];
  reader.list((place) => printed.push(printValue(reader, `${path}[${place}]`, depth)));
  return printed;
}

function wholeText(text: string, at: string): string {
  if (hasLoneSurrogate(text)) throw new Refusal("LOG_PAYLOAD_TEXT_INVALID", at);
  return text;
}

function printNumber(text: string, at: string): string {
  if (/[.eE]/.test(text)) throw new Refusal("LOG_PAYLOAD_FLOAT", at);
  const value = decimalWithin("i64", text) ?? decimalWithin("u64", text);
  if (value === undefined) throw new Refusal("LOG_PAYLOAD_INTEGER_OUT_OF_RANGE", at);
  return value.toString();
}
