/** How much of an operation is done. */
import type { OperationState, StageState } from '../../../src/protocol/index.ts';

/** What of a stage it depends on. */
export interface Measured {
  readonly state: StageState;
  readonly percent?: number;
}

/**
 * Share of the whole, 0 to 100, to a tenth: each stage counts the same, skipped ones not at all. A completed operation is
 * whole, and only such a one.
 */
export function overallPercent(state: OperationState, stages: readonly Measured[]): number {
  if (state === 'completed') return 100;
  const counted = stages.filter((stage) => stage.state !== 'skipped');
  if (counted.length === 0) return 0;
  const done = counted.reduce((sum, stage) => sum + doneOf(stage), 0);
  return Math.min(Math.floor((done / counted.length) * 10) / 10, 99.9);
}

function doneOf({ state, percent = 0 }: Measured): number {
  if (state === 'completed') return 100;
  return state === 'pending' ? 0 : Math.min(Math.max(percent, 0), 100);
}
