/** SNAP-1 and SNAP-2: the ledger as a file. */

import { fromUtf8, utf8 } from "./bytes.js";
import { JsonReader, Malformed } from "./jsontext.js";
import { printText } from "./payload.js";
import { Refusal } from "./refusal.js";
import { attempt, readObject, readPlainInteger, readWholeText } from "./strict.js";
import type { Shape } from "./strict.js";
import { AMOUNTS } from "./types.js";
import type { LedgerSnapshot, Tenant } from "./types.js";

export const MAX_SNAPSHOT_BYTES = 16 * 1024 * 1024;

const TENANT_KEYS = Object.keys(AMOUNTS) as (keyof typeof AMOUNTS)[];

const TENANT_SHAPE: Shape<Tenant> = {
  tenant_id: readWholeText,
  initial_microcents: readPlainInteger("i64"),
  remaining_microcents: readPlainInteger("i64"),
  reserved_microcents: readPlainInteger("i64"),
  committed_microcents: readPlainInteger("i64"),
};

const SNAPSHOT_SHAPE: Shape<LedgerSnapshot> = {
  version: readPlainInteger("u64"),
  tenants: readTenants,
  active_reservations: readPlainInteger("u64"),
  wal_high_watermark: readWatermark,
};

/** SNAP-1: the bytes of the file. */
export function saveSnapshot(snapshot: LedgerSnapshot): Uint8Array {
  const tenants = snapshot.tenants.map(printTenant).join(",\n");
  return utf8(
    [
      "{",
      `  "version": ${snapshot.version},`,
      `  "tenants": ${tenants === "" ? "[]" : `[\n${tenants}\n  ]`},`,
      `  "active_reservations": ${snapshot.active_reservations},`,
      `  "wal_high_watermark": ${snapshot.wal_high_watermark}`,
      "}",
    ].join("\n"),
  );
}

/** SNAP-2: the form is checked, and nothing else. */
export function loadSnapshot(file: Uint8Array): LedgerSnapshot {
  if (file.length > MAX_SNAPSHOT_BYTES) throw new Refusal("SNAPSHOT_TOO_LARGE", "file");
  const snapshot = attempt(() => readSnapshot(file));
  if (snapshot === undefined) throw new Refusal("SNAPSHOT_MALFORMED", "file");
  return snapshot;
}

function printTenant(tenant: Tenant): string {
  const amounts = TENANT_KEYS.map((key) => `      "${key}": ${tenant[key]}`);
  return ["    {", [`      "tenant_id": ${printText(tenant.tenant_id)}`, ...amounts].join(",\n"), "    }"].join("\n");
}

function readSnapshot(file: Uint8Array): LedgerSnapshot {
  if (fromUtf8(file) === undefined) throw new Malformed("not UTF-8");
  const reader = new JsonReader(file);
  // older writers did not have the watermark
  const snapshot = readObject(reader, SNAPSHOT_SHAPE, { wal_high_watermark: null });
  reader.end();
  return snapshot;
}

function readTenants(reader: JsonReader): Tenant[] {
  const tenants: Tenant[] = [];
  reader.list(() => tenants.push(readObject(reader, TENANT_SHAPE)));
  return tenants;
}

function readWatermark(reader: JsonReader): bigint | null {
  if (reader.kind() === "number") return readPlainInteger("u64")(reader);
  if (reader.literal() !== "null") throw new Malformed("no watermark");
  return null;
}
