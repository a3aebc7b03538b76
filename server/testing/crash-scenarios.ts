/** For tests: what is asked of the provisioning service while it is killed. */
import type { OperationState, OperationStatus, OperationType } from '../../src/protocol/index.ts';
import type { Asked, Provisioning } from '../services/provisioning/index.ts';
import { ASKED, BROKEN } from './real-provisioning.ts';
import type { RealProvisioning } from './real-provisioning.ts';

/** The agent that all is asked of. */
export const AGENT = 'shop';

/** What is asked. */
export interface Scenario {
  /** Of the operation. */
  readonly type: OperationType;
  /** Brings the agent where it is asked for. */
  prepare(real: RealProvisioning): Promise<void>;
  /** The command: the same each time, with the same key. */
  ask(provisioning: Provisioning): Promise<OperationStatus>;
  /** How it may end, and what the agent answers then; undefined: there is none. */
  readonly ends: Readonly<Partial<Record<OperationState, string | undefined>>>;
}

const unkeyed: Asked = { by: ASKED.by, actor: ASKED.actor };

async function create(real: RealProvisioning): Promise<void> {
  const input = { agent: AGENT, kind: 'web', version: '1.0.0' };
  await real.ended((await real.provisioning.create(input, unkeyed)).operation);
}

async function upgrade(real: RealProvisioning): Promise<void> {
  const command = { type: 'upgrade', version: '2.0.0' } as const;
  await real.ended((await real.provisioning.command(AGENT, command, unkeyed)).operation);
}

/** Every scenario. */
export const SCENARIOS = {
  create: {
    type: 'create',
    prepare: () => Promise.resolve(),
    ask: (provisioning) => provisioning.create({ agent: AGENT, kind: 'web', version: '1.0.0' }, ASKED),
    ends: { completed: '1.0.0' },
  },
  upgrade: {
    type: 'upgrade',
    prepare: create,
    ask: (provisioning) => provisioning.command(AGENT, { type: 'upgrade', version: '2.0.0' }, ASKED),
    ends: { completed: '2.0.0', 'rolled-back': '1.0.0' },
  },
  'broken-upgrade': {
    type: 'upgrade',
    prepare: create,
    ask: (provisioning) => provisioning.command(AGENT, { type: 'upgrade', version: BROKEN }, ASKED),
    ends: { 'rolled-back': '1.0.0' },
  },
  rollback: {
    type: 'rollback',
    prepare: async (real) => {
      await create(real);
      await upgrade(real);
    },
    ask: (provisioning) => provisioning.command(AGENT, { type: 'rollback' }, ASKED),
    ends: { completed: '1.0.0', 'rolled-back': '2.0.0' },
  },
  delete: {
    type: 'delete',
    prepare: create,
    ask: (provisioning) => provisioning.command(AGENT, { type: 'delete' }, ASKED),
    ends: { completed: undefined },
  },
} satisfies Readonly<Record<string, Scenario>>;

/** Their names. */
export type ScenarioName = keyof typeof SCENARIOS;
