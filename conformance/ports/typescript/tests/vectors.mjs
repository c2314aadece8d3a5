// Asks the port every vector in this process and stops at the first wrong answer. `node tests/vectors.mjs [--all]`
// goes on after it. The judge asks the same through the adapter; this is for a quick look, and for mutants.

import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import { answer } from "../dist/adapter/operations.js";

const VECTORS = new URL("../../../../vectors/v1/", import.meta.url);
const SLOW = new Set(["accumulate/market-22/count-1000000"]);
const goesOn = process.argv.includes("--all");

const files = readdirSync(VECTORS, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .sort()
  .map((name) => JSON.parse(readFileSync(new URL(name, VECTORS), "utf8")));
// what is quick is asked first, so that a wrong answer is found soon
files.sort((a, b) => (a.timeout_seconds ?? 0) - (b.timeout_seconds ?? 0));

let asked = 0;
let wrong = 0;
for (const { op, groups } of files) {
  for (const { given, cases } of groups) {
    for (const { id, input, expect } of cases) {
      if (SLOW.has(id)) continue;
      asked += 1;
      const given_answer = answer(op, { given, input });
      if (isRight(given_answer, expect)) continue;
      wrong += 1;
      console.log(`${id}\n  expected ${JSON.stringify(expect)}\n  answered ${JSON.stringify(given_answer)}`);
      if (!goesOn) process.exit(1);
    }
  }
}
console.log(`${asked} asked, ${wrong} wrong`);
process.exit(wrong > 0 || asked === 0 ? 1 : 0);

function isRight({ ok, error }, expect) {
  if (expect.error !== undefined) return error?.code === expect.error.code && error.at === expect.error.at;
  return isDeepStrictEqual(ok, expect.steps === undefined ? expect.ok : { steps: expect.steps });
}
