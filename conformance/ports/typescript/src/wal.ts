/** LOG-1 to LOG-6, LOG-8 and LOG-11: a log in which every entry carries the hash of the one before. */

import { concat, fromUtf8, toHex, utf8 } from "./bytes.js";
import { U64_MAX } from "./integers.js";
import { JsonReader, Malformed } from "./jsontext.js";
import { payloadBytes, printPayload } from "./payload.js";
import { Refusal } from "./refusal.js";
import { hmacSha256, sha256 } from "./sha256.js";
import { attempt, readObject, readPlainInteger, readWholeText } from "./strict.js";

export const GENESIS = "genesis";
export const ANCHOR_SCHEMA = "calybris.wal-anchor.v1";

/** LOG-5 and LOG-6 */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const MIN_KEY_BYTES = 32;

const LINE_FEED = 0x0a;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0c]);

/** LOG-4: the last sequence and the last hash. */
export interface Head {
  readonly sequence: bigint;
  readonly last_hash: string;
}

/** An entry that holds; `line` counts all lines from 0. */
export interface Entry {
  readonly line: number;
  readonly sequence: bigint;
  readonly entry_hash: string;
  readonly data: Uint8Array;
}

/** LOG-11 */
export interface Anchor {
  readonly schema_version: string;
  readonly sequence: bigint;
  readonly last_hash: string;
  readonly keyed: boolean;
}

/** LOG-8: what an append wrote, and the bytes that it added to the log. */
export interface Appended {
  readonly sequence: bigint;
  readonly entry_hash: string;
  readonly added: Uint8Array;
}

const EMPTY: Head = { sequence: 0n, last_hash: GENESIS };

/** LOG-1 */
const LINE = {
  sequence: readPlainInteger("u64"),
  previous_hash: readWholeText,
  entry_hash: readWholeText,
  data: (reader: JsonReader) => reader.value(),
};

/** LOG-2: over the bytes of the payload as they stand in the line. */
export function entryHash(previousHash: string, data: Uint8Array, key: Uint8Array | null): string {
  const previous = utf8(previousHash);
  return toHex(key === null ? sha256(previous, data) : hmacSha256(key, previous, data));
}

/** LOG-4 and LOG-11: the key, the anchor's schema, the log, the anchor; the head of a log that holds, and that ends where its anchor says. */
export function verifyLog(log: Uint8Array, key: Uint8Array | null = null, anchor: Anchor | null = null): Head {
  checkKey(key);
  if (anchor !== null && anchor.schema_version !== ANCHOR_SCHEMA) {
    throw new Refusal("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version");
  }
  let head = EMPTY;
  for (const { sequence, entry_hash } of entries(log, key)) head = { sequence, last_hash: entry_hash };
  if (anchor === null) return head;
  if (head.sequence !== anchor.sequence) throw new Refusal("LOG_ANCHOR_MISMATCH", "anchor.sequence");
  if (head.last_hash !== anchor.last_hash) throw new Refusal("LOG_ANCHOR_MISMATCH", "anchor.last_hash");
  if ((key !== null) !== anchor.keyed) throw new Refusal("LOG_ANCHOR_MISMATCH", "anchor.keyed");
  return head;
}

/** LOG-4: entry after entry, each checked before it is given; the first line that does not hold is refused. */
export function* entries(log: Uint8Array, key: Uint8Array | null): Generator<Entry> {
  checkKey(key);
  let head = EMPTY;
  let line = 0;
  for (let from = 0; from < log.length; line += 1) {
    const lineFeed = log.indexOf(LINE_FEED, from);
    const next = lineFeed < 0 ? log.length : lineFeed + 1;
    const at = `lines[${line}]`;
    if (next - from > MAX_LINE_BYTES) throw new Refusal("LOG_LINE_TOO_LONG", at);
    const content = log.subarray(from, lineFeed < 0 ? next : lineFeed);
    from = next;
    if (content.every((byte) => BLANKS.has(byte))) continue;
    const read = attempt(() => readLine(content));
    if (read === undefined) throw new Refusal("LOG_LINE_MALFORMED", at);
    if (read.sequence !== head.sequence + 1n) throw new Refusal("LOG_SEQUENCE_UNEXPECTED", `${at}.sequence`);
    if (!isSameText(read.previous_hash, head.last_hash)) throw new Refusal("LOG_CHAIN_BROKEN", `${at}.previous_hash`);
    if (!isSameText(read.entry_hash, entryHash(read.previous_hash, read.data, key))) {
      throw new Refusal("LOG_CHAIN_BROKEN", `${at}.entry_hash`);
    }
    head = { sequence: read.sequence, last_hash: read.entry_hash };
    yield { line, sequence: read.sequence, entry_hash: read.entry_hash, data: read.data };
  }
}

/** LOG-8: appends to a log, whose bytes its caller keeps; it was verified before the first append. */
export class LogWriter {
  private readonly key: Uint8Array | null;
  private head: Head;
  private isTorn: boolean;

  constructor(log: Uint8Array, key: Uint8Array | null = null) {
    this.key = key;
    this.head = verifyLog(log, key);
    this.isTorn = log.length > 0 && log[log.length - 1] !== LINE_FEED;
  }

  /** Appends a payload that is given as JSON text. */
  append(text: string): Appended {
    return this.appendPrinted(printPayload(text));
  }

  /** Appends a payload that was printed; when it is refused nothing changes. */
  appendPrinted(printed: string): Appended {
    const data = payloadBytes(printed);
    if (this.head.sequence === U64_MAX) throw new Refusal("LOG_SEQUENCE_EXHAUSTED", "sequence");
    const sequence = this.head.sequence + 1n;
    const previous_hash = this.head.last_hash;
    const entry_hash = entryHash(previous_hash, data, this.key);
    const start = `{"sequence":${sequence},"previous_hash":"${previous_hash}","entry_hash":"${entry_hash}","data":`;
    const added = concat([utf8(this.isTorn ? "\n" : ""), utf8(start), data, utf8("}\n")]);
    this.head = { sequence, last_hash: entry_hash };
    this.isTorn = false;
    return { sequence, entry_hash, added };
  }
}

/** LOG-6 */
function checkKey(key: Uint8Array | null): void {
  if (key !== null && key.length < MIN_KEY_BYTES) throw new Refusal("LOG_KEY_TOO_SHORT", "key_hex");
}

/** LOG-3: one object with exactly the four keys. */
function readLine(content: Uint8Array): { sequence: bigint; previous_hash: string; entry_hash: string; data: Uint8Array } {
  if (fromUtf8(content) === undefined) throw new Malformed("not UTF-8");
  const reader = new JsonReader(content);
  const line = readObject(reader, LINE);
  reader.end();
  return line;
}

/** LOG-4: compares texts in a time that does not tell where they differ. */
function isSameText(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let at = 0; at < given.length; at += 1) {
    difference |= given.charCodeAt(at) ^ expected.charCodeAt(at % expected.length);
  }
  return difference === 0;
}
