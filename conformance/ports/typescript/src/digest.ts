/** DIGEST-1 to DIGEST-8: the bytes that are hashed. */

import { compareUtf8, concat, layout, littleEndian, toHex, utf8 } from "./bytes.js";
import { Refusal } from "./refusal.js";
import { sha256 } from "./sha256.js";
import { AMOUNTS, DECISION, MODEL, POLICY, REQUEST } from "./types.js";
import type { Decision, LedgerSnapshot, Policy, Request } from "./types.js";

const WATERMARK_TAG = "calybris.ledger.wal-watermark.v1\0";

/** DIGEST-3: the models stand in ascending id, whatever their order in the snapshot; equal ids keep theirs. */
export function policyPreimage(policy: Policy): Uint8Array {
  const sorted = [...policy.models].sort((a, b) => a.model_id - b.model_id);
  return concat([utf8("calypol1\0"), layout(POLICY, policy), ...sorted.map((model) => layout(MODEL, model))]);
}

/** DIGEST-4 */
export function inputPreimage(request: Request): Uint8Array {
  return concat([utf8("calyinp1\0"), layout(REQUEST, request)]);
}

/** DIGEST-5 */
export function decisionPreimage(decision: Decision): Uint8Array {
  return concat([utf8("calydcn1\0"), layout(DECISION, decision)]);
}

/** DIGEST-8: the tenants stand in the order of the bytes of their ids; a watermark, also 0, adds its own part. */
export function ledgerPreimage(snapshot: LedgerSnapshot): Uint8Array {
  const parts = [
    utf8("calyldg1\0"),
    littleEndian("u64", snapshot.version),
    littleEndian("u64", snapshot.tenants.length),
    littleEndian("u64", snapshot.active_reservations),
  ];
  for (const tenant of [...snapshot.tenants].sort((a, b) => compareUtf8(a.tenant_id, b.tenant_id))) {
    const id = utf8(tenant.tenant_id);
    parts.push(littleEndian("u32", id.length), id, layout(AMOUNTS, tenant));
  }
  if (snapshot.wal_high_watermark !== null) {
    parts.push(utf8(WATERMARK_TAG), littleEndian("u64", snapshot.wal_high_watermark));
  }
  return concat(parts);
}

export const policyDigest = (policy: Policy): Uint8Array => sha256(policyPreimage(policy));
export const inputDigest = (request: Request): Uint8Array => sha256(inputPreimage(request));
export const decisionDigest = (decision: Decision): Uint8Array => sha256(decisionPreimage(decision));
export const ledgerDigest = (snapshot: LedgerSnapshot): Uint8Array => sha256(ledgerPreimage(snapshot));

/** The digests as text: 64 lowercase hex characters. */
export const policyDigestHex = (policy: Policy): string => toHex(policyDigest(policy));
export const inputDigestHex = (request: Request): string => toHex(inputDigest(request));
export const decisionDigestHex = (decision: Decision): string => toHex(decisionDigest(decision));
export const ledgerDigestHex = (snapshot: LedgerSnapshot): string => toHex(ledgerDigest(snapshot));

/** Whether a text is 64 characters of 0-9a-f. */
export function isDigestHex(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** DIGEST-7: 64 lowercase hex characters as 32 bytes; the checks are made on the UTF-8 bytes of the text. */
export function decodeHex32(text: string): Uint8Array {
  const characters = utf8(text);
  if (characters.length % 2 !== 0) throw new Refusal("DIGEST_HEX_LENGTH_ODD", "text");
  const digits = Array.from(characters, (byte) => "0123456789abcdef".indexOf(String.fromCharCode(byte)));
  const invalid = digits.indexOf(-1);
  if (invalid >= 0) throw new Refusal("DIGEST_HEX_CHARACTER_INVALID", `text[${invalid}]`);
  if (digits.length !== 64) throw new Refusal("DIGEST_HEX_LENGTH_INVALID", "text");
  return Uint8Array.from({ length: 32 }, (_, at) => 16 * digits[2 * at]! + digits[2 * at + 1]!);
}
