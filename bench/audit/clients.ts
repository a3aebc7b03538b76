/** Clients of an audit log in this process: each appends an entry, waits until it is durable, and appends the next. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AuditLog, NewAuditRow } from '../../server/ports/audit-log.ts';
import { quantile, round } from '../lib/stats.ts';

/** How the event loop's delay is sampled, ms. */
const RESOLUTION_MS = 1;

/** What the clients saw. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** 99 of 100 turns of the event loop were late by no more. */
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

/** @param rows that are appended over and over. */
export async function load(
  log: Pick<AuditLog, 'append'>,
  rows: readonly NewAuditRow[],
  clients: number,
  forMs: number,
): Promise<Load> {
  const waits: number[] = [];
  let appended = 0;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const started = performance.now();
  const client = async () => {
    for (let at = performance.now(); at - started < forMs;) {
      await log.append([rows[appended % rows.length]!]);
      appended += 1;
      const now = performance.now();
      waits.push(now - at);
      at = now;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1_000;
  delay.disable();
  const late = (ns: number) => round(Math.max(0, ns / 1e6 - RESOLUTION_MS));
  return {
    perSecond: Math.round(appended / seconds),
    p50Ms: round(quantile(waits, 0.5)),
    p99Ms: round(quantile(waits, 0.99)),
    loopP99Ms: late(delay.percentile(99)),
    loopMaxMs: late(delay.max),
  };
}
