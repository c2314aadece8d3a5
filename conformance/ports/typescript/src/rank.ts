/** RANK-1 to RANK-3: who wins, and who is the runner-up. */

import type { Model } from "./types.js";

export interface Candidate {
  readonly model: Model;
  readonly place: number;
  readonly cost: bigint;
  readonly utility: bigint;
}

/** RANK-1: utility, then cost, then quality, then the id. RANK-2: of equal ones neither is better. */
export function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.utility !== b.utility) return a.utility > b.utility;
  if (a.cost !== b.cost) return a.cost < b.cost;
  if (a.model.quality_bps !== b.model.quality_bps) return a.model.quality_bps > b.model.quality_bps;
  return a.model.model_id < b.model.model_id;
}

/** The best two of the candidates so far; the earlier of equal ones stays ahead. */
export class Podium {
  winner: Candidate | null = null;
  runnerUp: Candidate | null = null;

  add(candidate: Candidate): void {
    if (this.winner === null || isBetter(candidate, this.winner)) {
      this.runnerUp = this.winner;
      this.winner = candidate;
    } else if (this.runnerUp === null || isBetter(candidate, this.runnerUp)) {
      this.runnerUp = candidate;
    }
  }
}
