/** INPUT-1: which requests are valid. Deciding does not ask (INPUT-2). */

import { Refusal } from "./refusal.js";
import { MAX_BPS } from "./types.js";
import type { Request } from "./types.js";

/** INPUT-1: the first of the three proportions that is above 10,000 is refused. */
export function validateInput(request: Request): void {
  for (const field of ["risk_bps", "confidence_bps", "minimum_quality_bps"] as const) {
    if (request[field] > MAX_BPS) throw new Refusal("INPUT_BPS_OUT_OF_RANGE", field);
  }
}
