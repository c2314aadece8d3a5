// Asks the port every vector in this process and stops at the first wrong answer; with --all it goes on. With --quick
// it leaves out the files whose cases take long, with --slow all others. The judge asks the same through the adapter;
// this is for a quick look, and for mutants: one that hangs is found after a while, because the questions are asked in a
// thread that the main one watches.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const TOO_LONG = "accumulate/market-22/count-1000000";
const options = new Set(process.argv.slice(2));
const PATIENCE_MILLISECONDS = options.has("--quick") ? 10_000 : 60_000;

if (isMainThread) watch();
else process.exitCode = await ask(workerData, options.has("--all"));

/** Starts the questions, and ends everything when no question is answered for a while. */
function watch() {
  const asked = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: asked, argv: [...options] });
  let seen = -1;
  const timer = setInterval(() => {
    if (asked[0] === seen) {
      console.log(`no answer to question ${seen}`);
      process.exit(1);
    }
    seen = asked[0];
  }, PATIENCE_MILLISECONDS);
  worker.on("error", (error) => {
    console.log(error);
    process.exit(1);
  });
  worker.on("exit", (code) => {
    clearInterval(timer);
    process.exitCode = code;
  });
}

/** Asks all, quick files first, so that a wrong answer is found soon; 1 when there was one, or nothing to ask. */
async function ask(asked, goesOn) {
  // here and not above: the port may hang while it is loaded, and the main thread must see that
  const { answer } = await import("../dist/adapter/operations.js");
  let wrong = 0;
  for (const { op, groups } of files()) {
    for (const { given, cases } of groups) {
      for (const { id, input, expect } of cases) {
        if (id === TOO_LONG) continue;
        asked[0] += 1;
        const answered = answer(op, { given, input });
        if (isRight(answered, expect)) continue;
        wrong += 1;
        console.log(`${id}\n  expected ${JSON.stringify(expect)}\n  answered ${JSON.stringify(answered)}`);
        if (!goesOn) return 1;
      }
    }
  }
  console.log(`${asked[0]} asked, ${wrong} wrong`);
  return wrong > 0 || asked[0] === 0 ? 1 : 0;
}

/** The files of the vectors, in the nearest folder above that has them; each is read when it is its turn. */
function* files() {
  let root = new URL("..", import.meta.url);
  while (!existsSync(new URL("vectors/MANIFEST.json", root))) {
    if (root.pathname === "/") throw new Error("no vectors in any folder above");
    root = new URL("..", root);
  }
  const folder = new URL("vectors/v1/", root);
  const slow = [];
  for (const name of readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".json")).sort()) {
    const file = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    if (file.timeout_seconds !== undefined) slow.push(file);
    else if (!options.has("--slow")) yield file;
  }
  if (!options.has("--quick")) yield* slow;
}

function isRight({ ok, error }, expect) {
  if (expect.error !== undefined) return error?.code === expect.error.code && error.at === expect.error.at;
  return isDeepStrictEqual(ok, expect.steps === undefined ? expect.ok : { steps: expect.steps });
}
