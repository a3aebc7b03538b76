/** The kinds file of the proof: one kind, whose versions are well, never ready, or crash. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a version is. */
export type Way = 'well' | 'never' | 'crash';

/** The one kind. */
export const KIND = 'proof';

const PROGRAM = join(import.meta.dirname, 'agent.ts');

/** Writes it. @returns its path. */
export function writeKinds(folder: string, ways: readonly Way[]): string {
  const path = join(folder, 'agents.json');
  const kind = {
    kind: KIND,
    port: true,
    versions: ways.map((way, i) => ({
      version: versionOf(i),
      command: [process.execPath, PROGRAM, versionOf(i), way],
    })),
    ready: { kind: 'http', path: '/ready', intervalMs: 100, timeoutMs: 5_000, failureThreshold: 3 },
    restart: { when: 'always', delayMs: 200, maxDelayMs: 1_000 },
    upgrade: { progressDeadlineMs: 10_000, minHealthyMs: 200, watchMs: 1_500, drainMs: 10_000 },
    stop: { signal: 'SIGTERM', graceMs: 5_000 },
  };
  writeFileSync(path, JSON.stringify({ kinds: [kind] }), { mode: 0o600 });
  return path;
}

/** Names of versions, in their order. */
export function versionOf(index: number): string {
  return `${index}.0.0`;
}
