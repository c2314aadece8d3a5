/** Values read strictly from JSON: for the lines of a log, its records, and snapshots. What is not right is `Malformed`. */

import { decimalWithin, isCanonicalDecimal } from "./integers.js";
import type { IntegerOf, Width } from "./integers.js";
import { hasLoneSurrogate, JsonReader, Malformed } from "./jsontext.js";

/** How the value of each key is read. */
export type Shape<R> = { readonly [K in keyof R]: (reader: JsonReader) => R[K] };

/** Reads an object with exactly these keys, in any order, each once; one that has a default may be missing. */
export function readObject<R extends object>(reader: JsonReader, shape: Shape<R>, defaults: Partial<R> = {}): R {
  const found = new Map<string, unknown>();
  reader.object((key) => {
    if (!Object.hasOwn(shape, key) || found.has(key)) throw new Malformed(`key ${key}`);
    found.set(key, shape[key as keyof R](reader));
  });
  const record = { ...defaults, ...Object.fromEntries(found) };
  if (Object.keys(record).length !== Object.keys(shape).length) throw new Malformed("a key is missing");
  return record as R;
}

/** A number without fraction, exponent or minus zero, within a width. */
export function readPlainInteger<W extends Width>(width: W): (reader: JsonReader) => IntegerOf<W> {
  return (reader) => {
    const text = reader.number();
    const value = isCanonicalDecimal(text) ? decimalWithin(width, text) : undefined;
    if (value === undefined) throw new Malformed("no plain integer of its width");
    return value;
  };
}

/** A text without half of a surrogate pair. */
export function readWholeText(reader: JsonReader): string {
  const text = reader.text();
  if (hasLoneSurrogate(text)) throw new Malformed("half of a surrogate pair");
  return text;
}

export function readBoolean(reader: JsonReader): boolean {
  const word = reader.literal();
  if (word === "null") throw new Malformed("no boolean");
  return word === "true";
}

/** Runs a reader; undefined when what it reads is malformed. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
