// Mutates every file of the library and asks the vectors, which are the only tests. Every mutant meets the quick files of
// the vectors, by Stryker; one that survives meets the slow ones, planted alone, because all switches of all mutants
// together make a long case much longer. Run in the folder of the port:
//
//   npm ci && npm run build && npm ci --prefix mutants && node mutants/run.mjs [file …]
//
// A run takes about an hour; what survives is written to mutants/out/survivors.json.

import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

import { Stryker } from "@stryker-mutator/core";

import ts from "../node_modules/typescript/lib/typescript.js";

const FOLDER = "mutants/out/alone";
const files = process.argv.slice(2);

const mutants = await new Stryker({
  testRunner: "command",
  commandRunner: { command: "node tests/vectors.mjs --quick" },
  buildCommand: "npx --no-install tsc -p tsconfig.json",
  mutate: files.length > 0 ? files : ["src/*.ts", "!src/adapter.ts"],
  concurrency: 1,
  timeoutMS: 120_000,
  reporters: ["progress-append-only"],
  ignorePatterns: ["dist", "mutants"],
  tempDirName: "mutants/out/sandbox",
  allowConsoleColors: false,
}).runMutationTest();

for (const folder of ["dist", "tests"]) cpSync(folder, `${FOLDER}/${folder}`, { recursive: true });
const survivors = mutants.filter(({ status }) => status === "Survived").filter(survivesAlone);
rmSync(FOLDER, { recursive: true });

writeFileSync("mutants/out/survivors.json", `${JSON.stringify(survivors.map(described), null, 2)}\n`);
for (const file of [...new Set(mutants.map(({ fileName }) => fileName))].sort()) {
  const of = ({ fileName }) => fileName === file;
  console.log(`${basename(file)}: ${mutants.filter(of).length} mutants, ${survivors.filter(of).length} survive`);
}
const score = (100 * (mutants.length - survivors.length)) / mutants.length;
console.log(`${mutants.length} mutants, ${survivors.length} survive: ${score.toFixed(1)} % found`);

/** Whether the slow vectors, too, are answered rightly by the port with this mutant alone. */
function survivesAlone({ fileName, location, replacement }) {
  const source = readFileSync(fileName, "utf8");
  const mutated = source.slice(0, offset(source, location.start)) + replacement + source.slice(offset(source, location.end));
  const built = `${FOLDER}/dist/${basename(fileName, ".ts")}.js`;
  const honest = readFileSync(built);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true };
  writeFileSync(built, ts.transpileModule(mutated, { compilerOptions }).outputText);
  const { status } = spawnSync("node", [`${FOLDER}/tests/vectors.mjs`, "--slow"]);
  writeFileSync(built, honest);
  console.log(`${basename(fileName)}:${location.start.line} ${status === 0 ? "survives" : "is found by the slow vectors"}`);
  return status === 0;
}

/** The place in a text of a line and a column, which a result counts from 1. */
function offset(text, { line, column }) {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

function described({ fileName, location: { start, end }, mutatorName, replacement }) {
  const source = readFileSync(fileName, "utf8");
  return {
    at: `${basename(fileName)}:${start.line}:${start.column}`,
    mutator: mutatorName,
    original: source.slice(offset(source, start), offset(source, end)),
    replacement,
  };
}
