/** The server's checks of itself. */
import { access, constants, statfs } from 'node:fs/promises';
import { watchLoopDelay } from '../../loop-delay.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import type { CheckDefinition, ProbeResult } from '../../ports/health-gate.ts';

/** What every check of ours has in common. */
export interface CheckTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Whether the server takes requests. @param fault why it must not any more, in one line; undefined while it may. */
export function serverCheck(
  timing: CheckTiming,
  ready: () => boolean,
  fault: () => string | undefined = () => undefined,
): CheckDefinition {
  return {
    check: 'server',
    title: 'Server',
    ...timing,
    probe() {
      const reason = fault() ?? (ready() ? undefined : 'Starting or draining');
      return reason === undefined ? { state: 'up' } : { state: 'down', reason };
    },
  };
}

/** Event loop delay (99th percentile since the last look): above 100 ms degraded, above 1 s down. */
export function eventLoopCheck(timing: CheckTiming): CheckDefinition {
  const delay = watchLoopDelay();
  return {
    check: 'event-loop',
    title: 'Event loop',
    ...timing,
    probe() {
      const p99Ms = delay.takeP99Ms();
      // Before the first timer has run there is nothing to judge; that this line runs is proof enough.
      return p99Ms === undefined ? { state: 'up' } : judgeDelay(p99Ms);
    },
    close: () => delay.close(),
  };
}

/** The event loop's thresholds. */
export function judgeDelay(p99Ms: number): ProbeResult {
  const state = p99Ms > 1_000 ? 'down' : p99Ms > 100 ? 'degraded' : 'up';
  return { state, reason: `p99 delay ${p99Ms.toFixed(1)} ms` };
}

/** The wall clock: whether it was moved against the monotonic one since the last look, by more than a second. */
export function clockCheck(timing: CheckTiming, clock: Clock): CheckDefinition {
  const offset = (): number => clock.now() - clock.monotonicMs();
  let before = offset();
  return {
    check: 'clock',
    title: 'Clock',
    ...timing,
    probe() {
      const now = offset();
      const jumpMs = Math.abs(now - before);
      before = now;
      if (jumpMs <= 1_000) return { state: 'up' };
      return { state: 'degraded', reason: `The clock jumped by ${(jumpMs / 1_000).toFixed(1)} s` };
    },
  };
}

/** The data folder: writable, and with room. Below 10 % free degraded, below 1 % or read-only down. */
export function dataFolderCheck(timing: CheckTiming, folder: string): CheckDefinition {
  return {
    check: 'data-folder',
    title: 'Data folder',
    alert: true,
    ...timing,
    async probe() {
      await access(folder, constants.W_OK);
      const { bavail, blocks } = await statfs(folder);
      return judgeRoom(bavail / blocks);
    },
  };
}

/** The data folder's thresholds. */
export function judgeRoom(freeRatio: number): ProbeResult {
  const state = freeRatio < 0.01 ? 'down' : freeRatio < 0.1 ? 'degraded' : 'up';
  return { state, reason: `${(freeRatio * 100).toFixed(0)} % of the disk free` };
}

/** The database: a row is written, durably, and read back. */
export function databaseCheck(timing: CheckTiming, database: Database, now: () => number): CheckDefinition {
  return {
    check: 'database',
    title: 'Database',
    alert: true,
    ...timing,
    async probe() {
      const at = now();
      await database.transaction([
        {
          sql: "INSERT INTO heartbeat (id, at) VALUES ('server', ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
          params: [at],
        },
      ]);
      const [row] = await database.read({ sql: "SELECT at FROM heartbeat WHERE id = 'server'" });
      return row?.['at'] === at
        ? { state: 'up' }
        : { state: 'down', reason: 'A written row did not come back' };
    },
  };
}
