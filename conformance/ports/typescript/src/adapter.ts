/** docs/protocol.md: reads a JSON object per line from standard input and writes one per line to standard output. */

import { stdin, stdout, versions } from "node:process";

import { answer, FEATURES } from "./adapter/operations.js";

const READY = {
  type: "ready",
  protocol: 1,
  implementation: {
    name: "calybris-typescript",
    version: "0.1.0",
    language: `typescript on node ${versions.node}`,
    source: "conformance/ports/typescript",
  },
  spec: "1.0",
  features: FEATURES,
  max_in_flight: 64,
};

/** The lines of a stream, each without its line feed; a line may come in any number of pieces. */
async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      pieces.push(chunk.subarray(from, end));
      yield Buffer.concat(pieces).toString("utf8");
      pieces = [];
      from = end + 1;
    }
    pieces.push(chunk.subarray(from));
  }
}

for await (const line of lines(stdin)) {
  const message = JSON.parse(line);
  if (message.type === "bye") break;
  const reply = message.type === "hello" ? READY : { type: "result", seq: message.seq, ...answer(message.op, message) };
  stdout.write(`${JSON.stringify(reply)}\n`);
}
