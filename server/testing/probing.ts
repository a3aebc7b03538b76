/** For tests: probes as settings define them, looked through once. */
import type { z } from 'zod';
import type { MetricReader } from '../ports/metric-reader.ts';
import { apiProbe, execProbe } from '../../src/protocol/probe.schema.ts';
import type { ProbeSpec } from '../../src/protocol/probe.schema.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import { createProbe } from '../services/health/probes/create-probe.ts';
import type { ProbeDeps } from '../services/health/probes/create-probe.ts';
import type { Probe, ProbeResult } from '../services/health/probes/probe.ts';
import { arrived } from './fault-servers.ts';

/** Nobody asks it anything. */
export const NO_METRICS: MetricReader = { query: () => Promise.reject(new Error('not asked in this test')) };

/** Settings with their defaults, as the API or the file would take them. */
export function specOf(input: z.input<typeof apiProbe> | z.input<typeof execProbe>): ProbeSpec {
  return input.kind === 'exec' ? execProbe.parse(input) : apiProbe.parse(input);
}

/** A probe that may reach this machine, unless the test says otherwise. */
export function probeOf(
  input: z.input<typeof apiProbe> | z.input<typeof execProbe>,
  more: Partial<ProbeDeps> = {},
): Probe {
  return createProbe(specOf(input), {
    clock: createSystemClock(),
    reader: NO_METRICS,
    allowPrivate: true,
    ...more,
  });
}

/** Looks once, with all the time there is; a rejection is what it is for the checker: down, with its message. */
export async function look(
  probe: Probe,
  signal: AbortSignal = new AbortController().signal,
): Promise<ProbeResult> {
  try {
    return await probe.look(signal);
  } catch (error) {
    if (error instanceof Error && error.name === 'ProbeFailure')
      return { state: 'down', reason: error.message };
    throw error;
  }
}

/** Looks until the test says that the time is over, once everything that is under way has arrived. */
export async function lookUntil(probe: Probe, over: Promise<unknown>): Promise<ProbeResult> {
  const controller = new AbortController();
  const looking = look(probe, controller.signal);
  await over;
  await arrived();
  controller.abort(new Error('No result within 100 ms'));
  return looking;
}
