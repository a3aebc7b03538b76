/** For tests: process runtimes over a folder of their own, and the agents of `server/testing/agents`. */
import { join } from 'node:path';
import { identify } from '../engines/process/identity.ts';
import type { ProcessRuntimeLimits } from '../engines/process/limits.ts';
import { createProcessRuntime } from '../engines/process/runtime.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import type { AgentRuntimeFixture } from '../ports/agent-runtime.contract.ts';
import type { AgentRuntime } from '../ports/agent-runtime.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test gets. */
export interface Runtimes extends AgentRuntimeFixture {
  /** Holds everything of the instances. */
  readonly folder: string;
  /** What the runtimes reported. */
  readonly errors: string[];
}

/** @param folder default: a new one. */
export function createRuntimes(
  limits: Partial<ProcessRuntimeLimits> = {},
  folder = join(temporaryFolder(), 'run'),
): Runtimes {
  const opened: AgentRuntime[] = [];
  const errors: string[] = [];
  const open = (): AgentRuntime => {
    const runtime = createProcessRuntime({
      folder,
      clock: createSystemClock(),
      onError: (error, what) => errors.push(`${what}: ${String(error)}`),
      limits,
    });
    opened.push(runtime);
    return runtime;
  };
  return {
    folder,
    errors,
    runtime: open(),
    reopen: open,
    spec: (name, agent, args = [], more = {}) => ({
      name,
      labels: {},
      command: [process.execPath, join(import.meta.dirname, 'agents', `${agent}.ts`), ...args],
      env: {},
      workingFolder: import.meta.dirname,
      hasPort: false,
      resources: {},
      stop: { signal: 'SIGTERM', graceMs: 10_000 },
      logs: { maxFileBytes: 1_000_000, maxFiles: 3, maxLineBytes: 10_000 },
      ...more,
    }),
    isAlive: (pid) => identify(pid) !== undefined,
    close: async () => {
      const last = open();
      for (const { name } of await last.list()) await last.stop(name, 0);
      for (const runtime of opened) await runtime.close();
    },
  };
}
