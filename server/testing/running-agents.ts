/** For tests: a whole server that runs real agents, which end with the test. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isEnded } from '../../src/protocol/index.ts';
import type { OperationState, OperationStatus } from '../../src/protocol/index.ts';
import type { ConfigOverrides } from '../config.ts';
import type { Parts, Waooaw } from '../create.ts';
import { createDoor } from '../engines/door/door.ts';
import { createProcessRuntime } from '../engines/process/runtime.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import { startServer, temporaryFolder } from './harness.ts';
import type { Running } from './harness.ts';

const PROGRAM = [process.execPath, '--disable-warning=ExperimentalWarning'];
const VERSIONS = [{ version: '1.0.0' }, { version: '2.0.0' }];
const SOON = { intervalMs: 50, timeoutMs: 5_000, failureThreshold: 5 };
const UPGRADE = { progressDeadlineMs: 60_000, minHealthyMs: 0, watchMs: 50, drainMs: 2_000 };
/** A program that does nothing for as long as it is let. */
const IDLE = [process.execPath, '-e', 'setInterval(() => undefined, 1e6)'];

/** `web` answers on a port, `plain` has none, `knowing` is given all there is, `never` is never ready, `gone` ends at once. */
export const RUNNING_KINDS: readonly object[] = [
  {
    kind: 'web',
    title: 'Web',
    command: [...PROGRAM, join(import.meta.dirname, 'agents/serving.ts')],
    versions: VERSIONS,
    port: true,
    parameters: { type: 'object', properties: { every: { type: 'integer' } }, additionalProperties: false },
    secrets: [{ name: 'API_TOKEN', required: false }],
    ready: { kind: 'http', ...SOON },
    upgrade: UPGRADE,
  },
  { kind: 'plain', command: IDLE, versions: VERSIONS, ready: { kind: 'process', ...SOON }, upgrade: UPGRADE },
  {
    kind: 'knowing',
    command: [...PROGRAM, join(import.meta.dirname, 'agents/serving.ts')],
    versions: VERSIONS,
    queue: true,
    tokenRole: 'viewer',
    ready: { kind: 'process', ...SOON },
    upgrade: UPGRADE,
  },
  {
    kind: 'never',
    command: IDLE,
    versions: VERSIONS,
    port: true,
    ready: { kind: 'tcp', ...SOON },
    upgrade: { ...UPGRADE, progressDeadlineMs: 600_000 },
  },
  {
    kind: 'gone',
    command: [process.execPath, '-e', 'process.exit(3)'],
    versions: VERSIONS,
    port: true,
    ready: { kind: 'tcp', ...SOON },
    restart: { when: 'never' },
    upgrade: UPGRADE,
  },
];

/** Writes a file of kinds, for this user only. @returns its path. */
export function writtenKinds(kinds: readonly object[] = RUNNING_KINDS): string {
  const file = join(temporaryFolder(), 'agents.json');
  writeFileSync(file, JSON.stringify({ kinds }), { mode: 0o600 });
  return file;
}

/** A server with kinds; what runs below its data folder is ended with the test, whoever started it. */
export async function startWithAgents(
  t: TestContext,
  overrides: ConfigOverrides = {},
  parts: Parts = {},
): Promise<Running> {
  const all = { agentsFile: writtenKinds(), dataDir: temporaryFolder(), ...overrides };
  const running = await startServer(t, all, parts);
  // Hooks run in the order of their registration: the server has let go by then.
  t.after(() => endAgents(all.dataDir));
  return running;
}

/** Ends everything that runs below a data folder. */
export async function endAgents(dataDir: string): Promise<void> {
  const clock = createSystemClock();
  const onError = (): void => undefined;
  const runtime = createProcessRuntime({ folder: join(dataDir, 'agents/run'), clock, onError });
  for (const { name } of await runtime.list()) await runtime.stop(name, 0);
  await runtime.close();
  const door = createDoor({ folder: join(dataDir, 'door'), clock, onError });
  await door.end();
  await door.release();
}

/** Between two looks, ms, and how many there are. */
const PAUSE_MS = 20;
const LOOKS = 3_000;

/** Looks until it holds. @throws when it never does. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`It never came to: ${what}`);
}

/** Waits for the end of an operation. @throws when it ends otherwise. */
export async function ended(
  { provisioning }: Waooaw,
  operation: string,
  state: OperationState = 'completed',
): Promise<OperationStatus> {
  let last: OperationStatus | undefined;
  await until(async () => {
    last = await provisioning.operation(operation);
    return isEnded(last.state);
  }, `the end of ${operation}`);
  if (last!.state === state) return last!;
  throw new Error(`${last!.title} is ${last!.state}: ${JSON.stringify(last!.error)}`);
}
