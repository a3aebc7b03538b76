/** A probe that waits to be told: whoever is watched says that it lives, and silence is the failure. */
import type { HeartbeatProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { NoResult } from './probe.ts';
import type { Probe } from './probe.ts';

/** Makes one. Until the first beat there is no result, for as long as a beat may take. */
export function createHeartbeatProbe(spec: HeartbeatProbe, clock: Clock): Probe & { beat(): void } {
  const { everyMs, graceMs } = spec;
  const began = clock.monotonicMs();
  let last: number | undefined;
  return {
    beat: () => void (last = clock.monotonicMs()),
    look() {
      const ageMs = clock.monotonicMs() - (last ?? began);
      if (last === undefined) {
        if (ageMs <= everyMs + graceMs) throw new NoResult('No beat came yet');
        return { state: 'down', reason: `No beat came in the ${inWords(ageMs)} since this is watched` };
      }
      const reason = `The last beat came ${inWords(ageMs)} ago`;
      if (ageMs <= everyMs) return { state: 'up', reason };
      return { state: ageMs <= everyMs + graceMs ? 'degraded' : 'down', reason };
    },
  };
}

function inWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
