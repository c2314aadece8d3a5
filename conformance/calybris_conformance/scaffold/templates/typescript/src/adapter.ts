// The adapter of a port: it puts an implementation behind the protocol CAP/1, so that a judge can ask it.
//
// It answers `hello` and `echo`, and says `unsupported` to the rest. JSON.parse is enough: in a request every integer
// is a text, and becomes a bigint here, because a number holds 53 bits. TypeScript is needed to build, not to run.
// To add an operation, write a function in part 2 and name it in OPERATIONS.

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- requests have the shapes of docs/operations.md
type Json = Record<string, any>;

/** The refusal that the specification asks for; whatever else is thrown is a fault. */
class Refused extends Error {
  constructor(readonly code: string, readonly at: string) {
    super(`${code} at ${at}`);
  }
}

// 1. Values. Each is read into the type that the port uses, and printed again.

function printed(type: string, value: string): string {
  switch (type) {
    case "u8":
    case "u16":
    case "u32":
      return String(Number(value));
    case "u64":
    case "i64":
      return String(BigInt(value));
    case "text":
      return value;
    case "bytes_hex":
      return Buffer.from(value, "hex").toString("hex");
  }
  throw new Error(`there is no type ${type}`);
}

// 2. The implementation: one function per operation, from (given, input) to the answer.

function echo(_given: Json, input: Json): Json {
  return { value: printed(input.type, input.value) };
}

const OPERATIONS = new Map<string, (given: Json, input: Json) => Json>([["echo", echo]]);

// 3. The protocol: a line in, a line out.

const who = { name: "my-port", version: "0.1.0", language: "typescript", source: "src/adapter.ts" };
const features = [...OPERATIONS.keys()];
const READY = { type: "ready", protocol: 1, implementation: who, spec: "1.0", features, max_in_flight: 64 };

function answer(message: Json): Json {
  const operation = OPERATIONS.get(message.op);
  if (operation === undefined) return { unsupported: { feature: message.op } };
  try {
    return { ok: operation(message.given, message.input) };
  } catch (thrown) {
    if (thrown instanceof Refused) return { error: { code: thrown.code, at: thrown.at } };
    return { fault: { detail: String(thrown), trace: thrown instanceof Error ? thrown.stack ?? "" : "" } };
  }
}

/** Lines end at a line feed only; node:readline ends them at U+2028 as well, which a text may hold. */
async function* lines(): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  for await (let chunk of process.stdin as AsyncIterable<Buffer>) {
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
      yield Buffer.concat([...parts, chunk.subarray(0, end)]).toString("utf8");
      [parts, chunk] = [[], chunk.subarray(end + 1)];
    }
    parts.push(chunk);
  }
}

for await (const line of lines()) {
  const message: Json = JSON.parse(line);
  if (message.type === "bye") break;
  const reply = message.type === "hello" ? READY : { type: "result", seq: message.seq, ...answer(message) };
  process.stdout.write(JSON.stringify(reply) + "\n");
}
