/** Audit entries as an installation writes them, the same for the same seed. */
import { randomBytes } from 'node:crypto';
import type { NewAuditRow } from '../../server/ports/audit-log.ts';
import type { AuditFacts } from '../../src/protocol/index.ts';
import { seededRandom } from '../lib/stats.ts';

const WORDS = (
  'memory leak restart after deploy replica count was raised because latency climbed over budget on node while queue ' +
  'drained slowly cache cold certificate renewed rollback of release asked by customer schedule moved disk pressure gone'
).split(' ');
const ACTIONS = [
  'update',
  'start',
  'stop',
  'restart',
  'upgrade',
  'access',
  'create',
  'delete',
  'login',
] as const;
/** The index stands for how often: the first is the most frequent. */
const LEVELS = [
  'info',
  'info',
  'info',
  'info',
  'info',
  'info',
  'warning',
  'warning',
  'error',
  'critical',
] as const;
const SECOND = 1_000_000;

/** Time of the first entry, µs. */
export const STARTED = 1_780_000_000 * SECOND;

/** Gives one entry after another. @param bytes about how long each is as JSON. */
export function entries(seed: number, bytes: number): () => AuditFacts {
  const chance = seededRandom(seed);
  const whole = (below: number) => Math.floor(chance() * below);
  const pick = <T>(all: readonly T[]): T => all[whole(all.length)]!;
  const words = (count: number) => Array.from({ length: count }, () => pick(WORDS)).join(' ');
  let number = 0;
  return () => {
    number += 1;
    const agent = `agent-${whole(500)}`;
    const failed = chance() < 0.05;
    return {
      time: STARTED + number * SECOND,
      actor: { id: `user-${whole(200)}@example.org`, kind: 'user' },
      action: pick(ACTIONS),
      level: pick(LEVELS),
      resource: { type: pick(['agent', 'service', 'alert']), id: agent },
      result: failed ? 'failure' : 'success',
      reason: words(4),
      ip: `10.0.${whole(16)}.${whole(256)}`,
      requestId: (number * 7_919 + whole(1_000)).toString(36).padStart(8, '0'),
      tags: { environment: pick(['production', 'staging']) },
      ...(bytes > 1_000 ? { details: { log: words(Math.round((bytes - 330) / 6.9)) } } : {}),
    };
  };
}

/** An entry with hashes that nobody checks: they are the audit service's work, and measured there. */
export function row(facts: AuditFacts): NewAuditRow {
  const bytes = randomBytes(48);
  return { facts, seed: bytes.subarray(0, 16), leaf: bytes.subarray(16) };
}
