/** Bytes: little endian, hex, UTF-8. */

import type { RecordOf, Table, Width } from "./integers.js";
import { WIDTHS } from "./integers.js";

const ENCODER = new TextEncoder();
// a byte order mark is a character like any other: it is neither taken away nor a sign
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** The text of UTF-8 bytes; undefined when they are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** LEDGER-1: texts in the order of their UTF-8 bytes, which is not that of their UTF-16 units. */
export function compareUtf8(a: string, b: string): number {
  const left = utf8(a);
  const right = utf8(b);
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    if (left[at] !== right[at]) return left[at]! - right[at]!;
  }
  return left.length - right.length;
}

/** DIGEST-2: an integer in as many bytes as its type has, least significant first; two's complement. */
export function littleEndian(width: Width, value: number | bigint): Uint8Array {
  const eight = new DataView(new ArrayBuffer(8));
  eight.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(eight.buffer, 0, WIDTHS[width].bytes);
}

/** DIGEST-2: the fields of a record in the order of its table, without padding. */
export function layout<T extends Table>(table: T, record: RecordOf<T>): Uint8Array {
  return concat(Object.entries(table).map(([field, width]) => littleEndian(width, record[field] as number | bigint)));
}
