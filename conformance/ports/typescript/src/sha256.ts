/** SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104), so that the library asks nothing of its host. */

const BLOCK = 64;
const FRACTION_BITS = 32;

/** The first 32 bits of the fractional part of the `root`-th root of each of the first `count` primes. */
function fractions(count: number, root: bigint): Int32Array {
  const words: number[] = [];
  for (let prime = 2n; words.length < count; prime += 1n) {
    let isPrime = true;
    for (let divisor = 2n; divisor * divisor <= prime; divisor += 1n) isPrime &&= prime % divisor !== 0n;
    if (isPrime) words.push(Number(BigInt.asIntN(32, integerRoot(prime << (BigInt(FRACTION_BITS) * root), root))));
  }
  return Int32Array.from(words);
}

/** The largest integer whose `root`-th power is not above the value. */
function integerRoot(value: bigint, root: bigint): bigint {
  let found = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) {
    if ((found | bit) ** root <= value) found |= bit;
  }
  return found;
}

const START = fractions(8, 2n);
const ROUND = fractions(BLOCK, 3n);

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** A hash that takes its bytes part by part. */
export class Sha256 {
  private readonly state = Int32Array.from(START);
  private readonly words = new Int32Array(BLOCK);
  private readonly waiting = new Uint8Array(BLOCK);
  private waitingLength = 0;
  private total = 0;

  update(bytes: Uint8Array): this {
    this.total += bytes.length;
    let at = 0;
    if (this.waitingLength > 0) {
      at = Math.min(BLOCK - this.waitingLength, bytes.length);
      this.waiting.set(bytes.subarray(0, at), this.waitingLength);
      this.waitingLength += at;
      if (this.waitingLength < BLOCK) return this;
      this.compress(this.waiting, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) this.compress(bytes, at);
    this.waiting.set(bytes.subarray(at));
    this.waitingLength = bytes.length - at;
    return this;
  }

  digest(): Uint8Array {
    const padding = new Uint8Array(((119 - (this.total % BLOCK)) % BLOCK) + 9);
    const view = new DataView(padding.buffer);
    view.setUint8(0, 0x80);
    view.setBigUint64(padding.length - 8, BigInt(this.total) * 8n);
    this.update(padding);
    const digest = new Uint8Array(32);
    const written = new DataView(digest.buffer);
    this.state.forEach((word, index) => written.setInt32(4 * index, word));
    return digest;
  }

  private compress(bytes: Uint8Array, from: number): void {
    const { state, words } = this;
    for (let i = 0; i < 16; i += 1) {
      const at = from + 4 * i;
      words[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
    for (let i = 16; i < BLOCK; i += 1) {
      const early = words[i - 15]!;
      const late = words[i - 2]!;
      const early0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
      const late1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
      words[i] = (words[i - 16]! + early0 + words[i - 7]! + late1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [
      number, number, number, number, number, number, number, number,
    ];
    for (let i = 0; i < BLOCK; i += 1) {
      const mixed = (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g));
      const first = (h + mixed + ROUND[i]! + words[i]!) | 0;
      const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] = state[index]! + word));
  }
}

/** The 32 bytes of SHA-256 over the parts one after another. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = new Sha256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** HMAC-SHA256 over the parts one after another. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(key.length > BLOCK ? sha256(key) : key);
  const inner = sha256(block.map((byte) => byte ^ 0x36), ...parts);
  return sha256(block.map((byte) => byte ^ 0x5c), inner);
}
