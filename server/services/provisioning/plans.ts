/** Plans: which stages an operation has, and what is done with them when it fails or is cancelled. Data, not code. */
import type { AgentState, OperationType } from '../../../src/protocol/index.ts';
import type { StageRecord } from './record/record.ts';

/** Of the plans' form. A row of another version is not understood, and not touched. */
export const PLAN_VERSION = 1;

/** Every stage there is. Names are public; titles are for people. */
export const STAGES = {
  allocate: 'Allocate what it asks for',
  prepare: 'Prepare the configuration',
  start: 'Start instances',
  ready: 'Wait until they are ready',
  expose: 'Take requests',
  switch: 'Switch the stable port',
  watch: 'Watch the new instances',
  conceal: 'Take no new requests',
  drain: 'Answer open requests',
  stop: 'Stop instances',
  retire: 'Stop the old instances',
  suspend: 'Halt instances',
  resume: 'Let instances go on',
  release: 'Give back what it had',
} as const;

/** A stage of ours. */
export type StageName = keyof typeof STAGES;

/** A way of doing a command, by what the agent is. */
export type PlanName =
  | 'create'
  | 'start'
  | 'stop'
  | 'restart-in-place'
  /** New instances beside the old, and only then the old ones away. */
  | 'replace'
  /** New specification for an agent that is errored. */
  | 'revive'
  /** New specification for an agent that does not run. */
  | 'prepare'
  | 'scale-up'
  | 'scale-down'
  | 'suspend'
  | 'resume'
  | 'delete';

/** What becomes of a plan. */
export interface Plan {
  readonly stages: readonly StageName[];
  /**
   * What a failure leads to: `back`: all is undone, and it is as before; `clear`: what runs is stopped, and the agent is
   * errored; `stay`: what was done stands, and can be taken up again.
   */
  readonly onFailure: 'back' | 'clear' | 'stay';
  /** Once this stage is begun it cannot be cancelled any more. */
  readonly noCancelFrom?: StageName;
  /** Once this stage is done a failure leads to `stay`. */
  readonly committedBy?: StageName;
}

/** Every plan. */
export const PLANS: Readonly<Record<PlanName, Plan>> = {
  create: { stages: ['allocate', 'start', 'ready', 'expose'], onFailure: 'clear' },
  start: { stages: ['start', 'ready', 'expose'], onFailure: 'clear' },
  stop: { stages: ['conceal', 'drain', 'stop'], onFailure: 'stay' },
  'restart-in-place': { stages: ['stop', 'start', 'ready', 'expose'], onFailure: 'clear' },
  replace: {
    stages: ['prepare', 'start', 'ready', 'switch', 'watch', 'drain', 'retire'],
    onFailure: 'back',
    noCancelFrom: 'switch',
    committedBy: 'watch',
  },
  revive: { stages: ['prepare', 'start', 'ready', 'expose'], onFailure: 'clear' },
  prepare: { stages: ['prepare'], onFailure: 'back' },
  'scale-up': { stages: ['start', 'ready', 'expose'], onFailure: 'back' },
  'scale-down': { stages: ['conceal', 'drain', 'stop'], onFailure: 'back' },
  suspend: { stages: ['conceal', 'suspend'], onFailure: 'back' },
  resume: { stages: ['resume', 'ready', 'expose'], onFailure: 'back' },
  delete: {
    stages: ['conceal', 'drain', 'stop', 'release'],
    onFailure: 'stay',
    noCancelFrom: 'release',
  },
};

/** Stages that only an agent with a stable port has. */
const OF_PORTS: readonly StageName[] = ['expose', 'switch', 'conceal', 'drain'];
/** Of these nothing runs, so that nothing has to be concealed or drained. */
const AT_REST: readonly AgentState[] = ['draft', 'provisioned', 'stopped', 'suspended'];

/** What the choice of a plan depends on. */
export interface Situation {
  readonly type: OperationType;
  readonly state: AgentState;
  readonly hasPort: boolean;
  /** Of `create`: it is to run. */
  readonly start: boolean;
  /** Of `scale`: instances now, and then. */
  readonly replicas: { readonly before: number; readonly after: number };
}

/** The plan for a command that is legal in that state. */
export function planOf({ type, state, hasPort, replicas }: Situation): PlanName {
  const runs = state === 'running';
  switch (type) {
    case 'create':
    case 'start':
    case 'stop':
    case 'suspend':
    case 'resume':
    case 'delete':
      return type;
    case 'restart':
      return runs && hasPort ? 'replace' : 'restart-in-place';
    case 'upgrade':
    case 'rollback':
      if (runs) return 'replace';
      return state === 'errored' ? 'revive' : 'prepare';
    case 'scale':
      if (!runs) return 'prepare';
      return replicas.after < replicas.before ? 'scale-down' : 'scale-up';
  }
}

/** The plan's stages, none begun, with those skipped that such an agent has no need of. */
export function stagesOf(plan: PlanName, { hasPort, start, state }: Situation): readonly StageRecord[] {
  return PLANS[plan].stages.map((name) => {
    const isIdle = plan === 'delete' && AT_REST.includes(state) && name !== 'stop' && name !== 'release';
    const isSkipped =
      (!hasPort && OF_PORTS.includes(name)) || (plan === 'create' && !start && name !== 'allocate') || isIdle;
    return { name, title: STAGES[name], state: isSkipped ? 'skipped' : 'pending', attempts: 0 };
  });
}

/** What a failure leads to, given how far it came. */
export function onFailure(plan: PlanName, stages: readonly StageRecord[]): Plan['onFailure'] {
  const { committedBy, onFailure: leadsTo } = PLANS[plan];
  const isCommitted = stages.some(({ name, state }) => name === committedBy && state === 'completed');
  return isCommitted ? 'stay' : leadsTo;
}

/** It can still be taken back. */
export function canCancel(plan: PlanName, stages: readonly StageRecord[]): boolean {
  const { noCancelFrom } = PLANS[plan];
  const stage = stages.find(({ name }) => name === noCancelFrom);
  return !stage || stage.attempts === 0;
}
