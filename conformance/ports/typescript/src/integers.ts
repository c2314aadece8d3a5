/** TYPES-1 and TYPES-9: integers have a width, and a value outside it is refused, never wrapped or clipped. */

import { Refusal } from "./refusal.js";

export const I64_MAX = 2n ** 63n - 1n;
export const I64_MIN = -(2n ** 63n);
export const U64_MAX = 2n ** 64n - 1n;

interface Bounds {
  readonly bytes: number;
  readonly smallest: bigint;
  readonly largest: bigint;
}

/** TYPES-1: the types of integers. */
export const WIDTHS = {
  u8: { bytes: 1, smallest: 0n, largest: 2n ** 8n - 1n },
  u16: { bytes: 2, smallest: 0n, largest: 2n ** 16n - 1n },
  u32: { bytes: 4, smallest: 0n, largest: 2n ** 32n - 1n },
  u64: { bytes: 8, smallest: 0n, largest: U64_MAX },
  i64: { bytes: 8, smallest: I64_MIN, largest: I64_MAX },
} as const satisfies Record<string, Bounds>;

export type Width = keyof typeof WIDTHS;

/** A value of up to 32 bits is a number, which holds it exactly; one of 64 bits is a bigint. */
export type IntegerOf<W extends Width> = W extends "u64" | "i64" ? bigint : number;

/** The fields of a record in the order of the specification, with their widths. */
export type Table = Readonly<Record<string, Width>>;

/** A record with the fields of a table. */
export type RecordOf<T extends Table> = { readonly [K in keyof T]: IntegerOf<T[K]> };

const CANONICAL_DECIMAL = /^(?:0|-?[1-9][0-9]*)$/;
const LONGEST_DECIMAL = "-9223372036854775808".length;

/** TYPES-1: whether a text is canonical decimal. */
export function isCanonicalDecimal(text: string): boolean {
  return CANONICAL_DECIMAL.test(text);
}

/** An exact value in the type of a width; undefined when it lies outside. */
export function within<W extends Width>(width: W, value: bigint): IntegerOf<W> | undefined {
  const bounds: Bounds = WIDTHS[width];
  if (value < bounds.smallest || value > bounds.largest) return undefined;
  return (bounds.bytes < 8 ? Number(value) : value) as IntegerOf<W>;
}

/** The value of a decimal text in the type of a width; undefined when it lies outside. */
export function decimalWithin<W extends Width>(width: W, text: string): IntegerOf<W> | undefined {
  // no text that is longer is in any width, and reading millions of digits takes its time
  return text.length > LONGEST_DECIMAL ? undefined : within(width, BigInt(text));
}

/** TYPES-1: canonical decimal as a value; the form is checked before the range. */
export function readInteger<W extends Width>(width: W, text: string, at: string): IntegerOf<W> {
  if (!isCanonicalDecimal(text)) throw new Refusal("INTEGER_NOT_CANONICAL", at);
  return required(decimalWithin(width, text), at);
}

function required<T>(value: T | undefined, at: string): T {
  if (value === undefined) throw new Refusal("INTEGER_OUT_OF_RANGE", at);
  return value;
}

/** TYPES-9: a record whose fields all fit their widths; the first that does not is refused at `prefix` and its name. */
export function makeRecord<T extends Table>(
  table: T,
  values: { readonly [K in keyof T]: number | bigint },
  prefix = "",
): RecordOf<T> {
  const made: Record<string, number | bigint> = {};
  for (const [field, width] of Object.entries(table)) {
    made[field] = required(within(width, BigInt(values[field] as number | bigint)), prefix + field);
  }
  return Object.freeze(made) as RecordOf<T>;
}

/** Limits an exact value to what an i64 holds. */
export function saturateI64(value: bigint): bigint {
  if (value > I64_MAX) return I64_MAX;
  return value < I64_MIN ? I64_MIN : value;
}

/** Limits an exact value, which is not negative, to what a u64 holds. */
export function saturateU64(value: bigint): bigint {
  return value > U64_MAX ? U64_MAX : value;
}

/** Whether an i64 holds an exact value. */
export function isI64(value: bigint): boolean {
  return value === saturateI64(value);
}
