/** docs/accumulate.md: many decisions behind one digest. */

import { littleEndian } from "../bytes.js";
import { decide } from "../decide.js";
import { decisionDigest } from "../digest.js";
import { Sha256, sha256 } from "../sha256.js";
import type { Policy, Request } from "../types.js";

export function accumulate(policy: Policy, seed: Uint8Array, count: number): Uint8Array {
  const hash = new Sha256();
  for (let k = 0; k < count; k += 1) hash.update(decisionDigest(decide(policy, requestAt(seed, k))));
  return hash.digest();
}

/** The k-th request: every field from its own bytes. */
export function requestAt(seed: Uint8Array, k: number): Request {
  const place = littleEndian("u64", k);
  const b = new Uint8Array(64);
  b.set(sha256(seed, place, Uint8Array.of(0)));
  b.set(sha256(seed, place, Uint8Array.of(1)), 32);
  const view = new DataView(b.buffer);
  const u8 = (at: number): number => view.getUint8(at);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u64 = (at: number): bigint => view.getBigUint64(at, true);
  const bit = (place: number): bigint => (place < 64 ? 1n << BigInt(place) : 0n);
  return {
    request_sequence: u64(0),
    requested_model_id: u8(8) % 32,
    input_tokens: u32(9) >>> (u8(13) % 32),
    output_tokens: u32(14) >>> (u8(18) % 32),
    business_value_microunits: BigInt.asIntN(64, u64(19) >> BigInt(u8(27) % 64)),
    budget_limit_microunits: u64(28) >> BigInt(u8(36) % 64),
    risk_bps: u16(37) % 10_001,
    confidence_bps: u16(39) % 10_001,
    minimum_quality_bps: (u8(41) % 101) * 100,
    max_p95_latency_ms: u8(42) * 8,
    required_capabilities: bit(u8(43)) | bit(u8(44)),
    allowed_provider_mask: u64(45) | u64(53),
    required_region_mask: bit(u8(61)) | bit(u8(62)),
  };
}
