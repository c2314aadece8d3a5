/** A refusal of the specification: a code of the closed registry, and the path of what it is about. */
export class Refusal extends Error {
  readonly code: string;
  readonly at: string;

  constructor(code: string, at: string) {
    super(`${code} at ${at}`);
    this.name = "Refusal";
    this.code = code;
    this.at = at;
  }
}
