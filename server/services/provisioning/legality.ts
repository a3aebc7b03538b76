/** What may be asked of an agent, and of an operation, in the state that it is in. */
import { AGENT_TRANSITIONS, WaooawError, isEnded } from '../../../src/protocol/index.ts';
import type {
  AgentState,
  OperationAction,
  OperationState,
  OperationType,
} from '../../../src/protocol/index.ts';

/** States in which each command is legal. `create` is legal where there is no such agent. */
const LEGAL: Readonly<Record<OperationType, readonly AgentState[]>> = {
  create: ['revoked'],
  start: ['provisioned', 'stopped', 'errored'],
  stop: ['running', 'errored'],
  restart: ['running', 'errored'],
  upgrade: ['running', 'stopped', 'errored', 'provisioned'],
  rollback: ['running', 'stopped', 'errored', 'provisioned'],
  scale: ['running', 'stopped'],
  suspend: ['running'],
  resume: ['suspended'],
  delete: ['draft', 'provisioned', 'deployed', 'running', 'stopped', 'suspended', 'errored'],
};

const TYPES = Object.keys(LEGAL) as readonly OperationType[];

/** Commands that are legal, in the order of the vocabulary. @param canRollBack there is something to go back to. */
export function legalCommands(state: AgentState, canRollBack: boolean): readonly OperationType[] {
  return TYPES.filter((type) => isLegal(type, state, canRollBack));
}

/** @throws WaooawError `bad_transition` naming what is legal. */
export function assertLegal(
  type: OperationType,
  { agent, state, canRollBack }: { agent: string; state: AgentState; canRollBack: boolean },
): void {
  if (isLegal(type, state, canRollBack)) return;
  const why =
    type === 'rollback' && LEGAL.rollback.includes(state)
      ? `has nothing to go back to`
      : `is ${state} and cannot be asked to ${type}`;
  const legal = legalCommands(state, canRollBack);
  throw new WaooawError('bad_transition', `Agent "${agent}" ${why}; legal now: ${legal.join(', ')}`);
}

/** @throws WaooawError `bad_transition` for a state that may not follow. */
export function assertTransition(agent: string, before: AgentState, after: AgentState): void {
  if (before === after || AGENT_TRANSITIONS[before].includes(after)) return;
  const legal = AGENT_TRANSITIONS[before].join(', ');
  throw new WaooawError(
    'bad_transition',
    `Agent "${agent}" is ${before} and cannot become ${after}; legal now: ${legal || 'nothing'}`,
  );
}

/** What legality of an action depends on. */
export interface Actionable {
  readonly state: OperationState;
  /** False past the point of no return. */
  readonly canCancel: boolean;
  /** It failed, and nothing was done with the agent since. */
  readonly canRetry: boolean;
  /** What was asked last, while it is not done. */
  readonly asked?: OperationAction;
}

/** What may be asked of an operation of ours. */
export function legalActions({ state, canCancel, canRetry, asked }: Actionable): readonly OperationAction[] {
  if (isEnded(state)) return state === 'failed' && canRetry ? ['retry'] : [];
  if (state === 'rolling-back' || asked === 'cancel') return [];
  const actions: OperationAction[] = canCancel ? ['cancel'] : [];
  if (state === 'paused' || asked === 'pause') actions.push('resume');
  else actions.push('pause');
  return actions;
}

function isLegal(type: OperationType, state: AgentState, canRollBack: boolean): boolean {
  return LEGAL[type].includes(state) && (type !== 'rollback' || canRollBack);
}
