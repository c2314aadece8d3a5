/** A port of Calybris: the decision kernel, the ledger and the log. It asks nothing of its host but the language. */

export * from "./builders.js";
export * from "./config.js";
export * from "./conservation.js";
export * from "./decide.js";
export * from "./digest.js";
export * from "./finance.js";
export * from "./input.js";
export { makeRecord, readInteger } from "./integers.js";
export type { IntegerOf, RecordOf, Table, Width } from "./integers.js";
export * from "./ledger.js";
export * from "./policy.js";
export * from "./proof.js";
export * from "./record.js";
export * from "./recovery.js";
export * from "./refusal.js";
export * from "./snapshot.js";
export * from "./types.js";
export * from "./verify.js";
export * from "./wal.js";
