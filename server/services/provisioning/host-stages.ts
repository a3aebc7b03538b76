/** Stages of a host's own operation: how they may move, and what the whole is by them. Pure. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { OperationError, OperationState, StageState, StageUpdate } from '../../../src/protocol/index.ts';
import type { OperationRecord, StageRecord } from './record/record.ts';

/** What may follow. One that failed or was left out may be begun again: a host tries again too. */
export const STAGE_TRANSITIONS: Readonly<Record<StageState, readonly StageState[]>> = {
  pending: ['running', 'completed', 'failed', 'skipped', 'cancelled'],
  running: ['completed', 'failed', 'skipped', 'cancelled'],
  completed: [],
  failed: ['running'],
  skipped: ['running'],
  cancelled: ['running'],
};

/** The whole, by its stages. */
export interface Derived {
  readonly state: OperationState;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: OperationError;
}

/**
 * A stage as it is after what was told of it. What is told again changes nothing.
 * @throws WaooawError `bad_transition` naming what is legal.
 */
export function moveStage(stage: StageRecord, update: StageUpdate, at: number): StageRecord {
  const { state = stage.state } = update;
  const isNew = state !== stage.state;
  if (isNew && !STAGE_TRANSITIONS[stage.state].includes(state)) {
    const legal = STAGE_TRANSITIONS[stage.state].join(', ') || 'nothing';
    throw new WaooawError(
      'bad_transition',
      `Stage "${stage.name}" is ${stage.state} and cannot become ${state}; legal now: ${legal}`,
    );
  }
  const begins = isNew && state === 'running';
  const ends = isNew && state !== 'running' && state !== 'pending';
  const { percent: percentBefore, error: errorBefore, endedAt: endedBefore, ...rest } = stage;
  const percent = begins ? update.percent : (update.percent ?? percentBefore);
  const error = begins ? undefined : (update.error ?? errorBefore);
  const endedAt = begins ? undefined : ends ? at : endedBefore;
  // What was never begun has no duration, unless it was done at once.
  const begunNow =
    begins || (isNew && stage.startedAt === undefined && (state === 'completed' || state === 'failed'));
  return {
    ...rest,
    state,
    attempts: stage.attempts + (begunNow ? 1 : 0),
    ...(begunNow && { startedAt: at }),
    ...(endedAt !== undefined && { endedAt }),
    ...(percent !== undefined && state === 'running' && { percent }),
    ...(update.detail !== undefined && { detail: update.detail }),
    ...(error && state === 'failed' && { error }),
  };
}

/** What the whole is by its stages: a failure ends it once nothing runs any more, and what goes on takes it up again. */
export function derive(
  { stages, startedAt, endedAt }: Pick<OperationRecord, 'stages' | 'startedAt' | 'endedAt'>,
  at: number,
): Derived {
  const is = (state: StageState): boolean => stages.some((stage) => stage.state === state);
  const failed = stages.find(({ state }) => state === 'failed');
  const begun = startedAt ?? (stages.some(({ state }) => state !== 'pending') ? at : undefined);
  const started = begun === undefined ? {} : { startedAt: begun };
  const ended = { ...started, endedAt: endedAt ?? at };
  if (is('running')) return { state: 'running', ...started };
  if (failed) {
    const error = failed.error ?? { code: 'failed', message: `${failed.title} failed` };
    return { state: 'failed', ...ended, error };
  }
  if (is('cancelled')) return { state: 'cancelled', ...ended };
  if (!is('pending')) return { state: 'completed', ...ended };
  return begun === undefined ? { state: 'queued' } : { state: 'running', ...started };
}
