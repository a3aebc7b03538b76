/** What is otherwise than before, of the same work. */
import type { Stage, Work } from './stages.ts';

/** A stage that came into another state. */
export interface StageStep {
  readonly stage: Stage;
  /** From 0. */
  readonly index: number;
  /** Empty: it was not there. */
  readonly previous: string;
}

/** The differences that somebody may want to hear of. */
export interface Changes {
  /** What the whole was in; undefined: it still is. */
  readonly previous: string | undefined;
  readonly stages: readonly StageStep[];
}

/** Nothing: what was first heard of did not change. */
const NONE: Changes = { previous: undefined, stages: [] };

/** @param before undefined: nothing was known. */
export function changesBetween(before: Work | undefined, now: Work): Changes {
  if (!before || before.id !== now.id || before.stages.length === 0) return NONE;
  const states = new Map(before.stages.map(({ name, state }) => [name, state]));
  const stages = now.stages.flatMap((stage, index) => {
    const previous = states.get(stage.name) ?? '';
    return previous === stage.state ? [] : [{ stage, index, previous }];
  });
  return { previous: before.state === now.state ? undefined : before.state, stages };
}
