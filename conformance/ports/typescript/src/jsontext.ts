/**
 * JSON (RFC 8259) read from bytes, piece by piece.
 *
 * A reader of logs cannot use the parser of its language: the bytes of a value count, keys may stand twice, numbers have
 * 64 bits, and values may be nested a million deep. Nothing here is recursive but what its caller makes recursive.
 */

import { fromUtf8, utf8 } from "./bytes.js";

/** Thrown for bytes that are not the JSON that was asked for; never leaves the library. */
export class Malformed extends Error {}

export type JsonKind = "object" | "list" | "text" | "number" | "literal";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST_OPEN = 0x5b;
const LIST_CLOSE = 0x5d;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;
const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, LINE_FEED, 0x0d]);
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const LITERALS = ["true", "false", "null"] as const;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const NUMBER_BYTES: ReadonlySet<number | undefined> = new Set(utf8("+-.0123456789Ee"));

/** Whether a text holds half of a surrogate pair. */
export function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

export class JsonReader {
  readonly bytes: Uint8Array;
  /** where the next piece begins */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The kind of the next value, after white space. */
  kind(): JsonKind {
    this.space();
    switch (this.bytes[this.at]) {
      case OBJECT_OPEN:
        return "object";
      case LIST_OPEN:
        return "list";
      case QUOTE:
        return "text";
      default:
        return NUMBER_BYTES.has(this.bytes[this.at]) ? "number" : "literal";
    }
  }

  /** Reads an object; `member` is called for each key and must read the value behind it. */
  object(member: (key: string) => void): void {
    this.expect("object");
    this.at += 1;
    if (this.closes(OBJECT_CLOSE)) return;
    do {
      const key = this.text();
      this.space();
      this.take(COLON);
      member(key);
    } while (this.goesOn(OBJECT_CLOSE));
  }

  /** Reads a list; `element` is called for each place and must read the value that is there. */
  list(element: (place: number) => void): void {
    this.expect("list");
    this.at += 1;
    if (this.closes(LIST_CLOSE)) return;
    let place = 0;
    do {
      element(place);
      place += 1;
    } while (this.goesOn(LIST_CLOSE));
  }

  /** Reads a text; half of a surrogate pair that was written as an escape stands in it as it is. */
  text(): string {
    this.expect("text");
    const from = this.at + 1;
    this.skipText();
    const raw = fromUtf8(this.bytes.subarray(from, this.at - 1));
    if (raw === undefined) throw new Malformed("not UTF-8");
    if (!raw.includes("\\")) return raw;
    return raw.replace(/\\(?:u(....)|(.))/gs, (_, hex: string | undefined, short: string) =>
      hex === undefined ? ESCAPES.get(short)! : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }

  /** Reads a number, as the characters that stand there. */
  number(): string {
    this.expect("number");
    const from = this.at;
    while (NUMBER_BYTES.has(this.bytes[this.at])) this.at += 1;
    const text = String(fromUtf8(this.bytes.subarray(from, this.at)));
    if (!NUMBER.test(text)) throw new Malformed("no number");
    return text;
  }

  /** Reads `true`, `false` or `null`. */
  literal(): (typeof LITERALS)[number] {
    this.expect("literal");
    for (const word of LITERALS) {
      if (fromUtf8(this.bytes.subarray(this.at, this.at + word.length)) === word) {
        this.at += word.length;
        return word;
      }
    }
    throw new Malformed("no JSON value");
  }

  /** Reads a value of any kind and depth, and gives its bytes. */
  value(): Uint8Array {
    this.space();
    const from = this.at;
    const open: number[] = [];
    do {
      this.skipToScalarEnd(open);
      // a value has ended: close what it closes, or go on to the next one beside it
      while (open.length > 0 && !this.goesOn(open[open.length - 1]!)) open.pop();
      if (open[open.length - 1] === OBJECT_CLOSE) this.skipKey();
    } while (open.length > 0);
    return this.bytes.subarray(from, this.at);
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.space();
    if (this.at < this.bytes.length) throw new Malformed("text behind the value");
  }

  /** Opens lists and objects until a value ends: a scalar, or an empty list or object. */
  private skipToScalarEnd(open: number[]): void {
    for (;;) {
      const kind = this.kind();
      if (kind === "text") return this.skipText();
      if (kind === "number") return void this.number();
      if (kind === "literal") return void this.literal();
      this.at += 1;
      const closing = kind === "object" ? OBJECT_CLOSE : LIST_CLOSE;
      if (this.closes(closing)) return;
      open.push(closing);
      if (kind === "object") this.skipKey();
    }
  }

  private skipKey(): void {
    this.expect("text");
    this.skipText();
    this.space();
    this.take(COLON);
  }

  /** Moves behind a text whose first quote is here. */
  private skipText(): void {
    this.at += 1;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined || byte < 0x20) throw new Malformed("no end of the text");
      this.at += 1;
      if (byte === QUOTE) return;
      if (byte === BACKSLASH) this.skipEscape();
    }
  }

  private skipEscape(): void {
    const letter = String.fromCharCode(this.bytes[this.at]!);
    this.at += 1;
    if (ESCAPES.has(letter)) return;
    const hex = String.fromCharCode(...this.bytes.subarray(this.at, this.at + 4));
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) throw new Malformed("no escape");
    this.at += 4;
  }

  private space(): void {
    while (SPACES.has(this.bytes[this.at])) this.at += 1;
  }

  private expect(kind: JsonKind): void {
    if (this.kind() !== kind) throw new Malformed(`no ${kind}`);
  }

  private take(byte: number): void {
    if (this.bytes[this.at] !== byte) throw new Malformed("another character was due");
    this.at += 1;
  }

  /** Whether the closing character stands next; then it is read. */
  private closes(closing: number): boolean {
    this.space();
    if (this.bytes[this.at] !== closing) return false;
    this.at += 1;
    return true;
  }

  /** Whether a comma stands next, and not the closing character; one of them is read. */
  private goesOn(closing: number): boolean {
    if (this.closes(closing)) return false;
    this.take(COMMA);
    return true;
  }
}
