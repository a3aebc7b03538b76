/** How long stages took: what the next of their kind is expected by. */
import type { StageExpectation } from '../../../../src/protocol/index.ts';
import type { Database } from '../../../ports/database.ts';
import type { Change } from './record.ts';

/** Fewer runs say nothing. */
const MIN_RUNS = 3;

/** The last durations of every stage, in memory. */
export class Durations {
  readonly #most: number;
  readonly #runs = new Map<string, number[]>();

  /** @param most runs of one stage that count. */
  constructor(most: number) {
    this.#most = most;
  }

  async load(database: Database): Promise<void> {
    const sql = 'SELECT kind, type, stage, ms FROM provisioning_duration ORDER BY id';
    for (const { kind, type, stage, ms } of await database.read({ sql }))
      this.add({ kind: String(kind), type: String(type), stage: String(stage), ms: Number(ms) });
  }

  add({ kind, type, stage, ms }: NonNullable<Change['took']>): void {
    const key = keyOf(kind, type, stage);
    const runs = this.#runs.get(key) ?? [];
    runs.push(Math.round(ms));
    if (runs.length > this.#most) runs.shift();
    this.#runs.set(key, runs);
  }

  expected(kind: string, type: string, stage: string): StageExpectation | undefined {
    const runs = this.#runs.get(keyOf(kind, type, stage)) ?? [];
    if (runs.length < MIN_RUNS) return undefined;
    const sorted = runs.toSorted((one, other) => one - other);
    // The nearest rank: a duration that there was.
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
    return { p50Ms: at(0.5), p90Ms: at(0.9), runs: runs.length };
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
