/** What is to be done next with an operation: a pure function of its row, so that a crash changes nothing. */
import { isEnded } from '../../../src/protocol/index.ts';
import { onFailure } from './plans.ts';
import type { Plan, PlanName } from './plans.ts';
import type { OperationRecord, StageRecord } from './record/record.ts';

/** How an operation ends. */
export type Ending = 'completed' | 'failed' | 'rolled-back' | 'cancelled';

/** The next step. */
export type Step =
  | { readonly do: 'begin'; readonly stage: string }
  | { readonly do: 'undo'; readonly stage: string }
  | { readonly do: 'turn back' }
  | { readonly do: 'pause' }
  | { readonly do: 'end'; readonly as: Ending }
  | { readonly do: 'nothing' };

/** Somebody cancelled it. */
export function isCancelled({ action }: Pick<OperationRecord, 'action'>): boolean {
  return action?.name === 'cancel';
}

/** The next step. */
export function nextStep(operation: OperationRecord, plan: PlanName): Step {
  const { state, stages, action } = operation;
  if (isEnded(state)) return { do: 'nothing' };
  const leadsTo = isCancelled(operation) ? 'back' : onFailure(plan, stages);
  if (state === 'rolling-back') {
    const undone = stages.findLast((stage) => isToUndo(stage, leadsTo));
    if (undone) return { do: 'undo', stage: undone.name };
    if (isCancelled(operation)) return { do: 'end', as: 'cancelled' };
    return { do: 'end', as: leadsTo === 'back' ? 'rolled-back' : 'failed' };
  }
  if (isCancelled(operation)) return { do: 'turn back' };
  if (stages.some((stage) => stage.state === 'failed'))
    return leadsTo === 'stay' ? { do: 'end', as: 'failed' } : { do: 'turn back' };
  const next = stages.find((stage) => stage.state === 'pending' || stage.state === 'running');
  if (action?.name === 'pause' && action.phase !== 'done' && next?.state === 'pending') {
    return state === 'paused' ? { do: 'nothing' } : { do: 'pause' };
  }
  return next ? { do: 'begin', stage: next.name } : { do: 'end', as: 'completed' };
}

/** Stages as they stand at the operation's end. Those of a failed one are left as they are: it may be taken up again. */
export function stagesAtEnd(stages: readonly StageRecord[], as: Ending): readonly StageRecord[] {
  if (as === 'failed' || as === 'completed') return stages;
  const rest = as === 'cancelled' ? 'cancelled' : 'skipped';
  return stages.map((stage) => (stage.state === 'pending' ? { ...stage, state: rest } : stage));
}

/** Stages as a retry takes them up: what failed or was taken back is done again. */
export function stagesForRetry(stages: readonly StageRecord[]): readonly StageRecord[] {
  return stages.map((stage) => {
    if (stage.state !== 'failed' && !stage.compensated) return stage;
    const { name, title, description, attempts } = stage;
    return { name, title, ...(description !== undefined && { description }), state: 'pending', attempts };
  });
}

/** What `clear` takes back: all but what a later start needs again, and what was stopped. */
function isToUndo(stage: StageRecord, leadsTo: Plan['onFailure']): boolean {
  if (stage.attempts === 0 || stage.compensated || leadsTo === 'stay') return false;
  if (leadsTo === 'back') return true;
  return stage.name !== 'stop' && !(stage.name === 'allocate' && stage.state === 'completed');
}
