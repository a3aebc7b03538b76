/** For tests: the health service over a real database, with metrics, a trail and a clock that the test holds in its hands. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { z } from 'zod';
import { checkInput } from '../../src/protocol/health.schema.ts';
import type { CheckInput } from '../../src/protocol/health.schema.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AlertSignal } from '../ports/alert-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import { createHealth } from '../services/health/index.ts';
import type { Health, HealthDeps } from '../services/health/index.ts';
import { FakeMetrics } from './alerting.ts';
import { turn } from './event-loop.ts';
import { FakeAuditSink } from './fake-audit-sink.ts';
import { FakePublisher } from './fake-publisher.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test brings. */
export interface CheckingParts extends Partial<Omit<HealthDeps, 'clock'>> {
  readonly clock?: ManualClock;
  /** What the service takes for the time; the clock by default. */
  readonly time?: Clock;
  readonly folder?: string;
  /** What stands in the file. */
  readonly checks?: object;
  /** False: the test starts it, or never does. Default true. */
  readonly start?: boolean;
}

/** What a test gets. */
export interface Checking {
  readonly health: Health;
  readonly clock: ManualClock;
  readonly metrics: FakeMetrics;
  readonly publisher: FakePublisher;
  /** Everything that was said to the alert machine. */
  readonly signals: AlertSignal[];
  readonly trail: FakeAuditSink;
  readonly errors: string[];
  readonly folder: string;
  readonly file: string;
  readonly database: Database;
  /** Lets time pass, in steps of at most 250 ms, and everything that is then due happen. */
  pass(ms: number): Promise<void>;
  /** `outcome severity` of each signal since the last time that it was asked. */
  said(): string[];
  stop(): Promise<void>;
}

const STEP_MS = 250;

/** Starts the service; it ends with the test. */
export async function checking(t: TestContext, parts: CheckingParts = {}): Promise<Checking> {
  const {
    clock = createManualClock(),
    folder = temporaryFolder(),
    checks,
    start = true,
    time,
    ...deps
  } = parts;
  const metrics = new FakeMetrics(clock);
  const publisher = new FakePublisher();
  const trail = new FakeAuditSink();
  const errors: string[] = [];
  const signals: AlertSignal[] = [];
  const file = join(folder, 'checks.json');
  if (checks) await writeFile(file, JSON.stringify(checks));
  const database = openSqlite(join(folder, 'waooaw.db'));
  await database.migrate(MIGRATIONS);
  const health = createHealth({
    clock: time ?? clock,
    publisher,
    reader: metrics,
    audit: trail,
    alerts: {
      observe(signal) {
        signals.push(signal);
        return Promise.resolve();
      },
    },
    ...(checks && { file }),
    onError: (error, what) =>
      void errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    ...deps,
  });
  const stop = async (): Promise<void> => {
    await health.close();
    await database.close();
  };
  t.after(stop);
  if (start) await health.start(database);
  return {
    health,
    clock,
    metrics,
    publisher,
    signals,
    trail,
    errors,
    folder,
    file,
    database,
    async pass(ms) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        clock.advance(Math.min(left, STEP_MS));
        await turn();
      }
      // Those whose time was over just now have a few turns to say where they were.
      for (let i = 0; i < 4; i++) await turn();
    },
    said: () => signals.splice(0).map(({ outcome, severity }) => `${outcome} ${severity}`),
    stop,
  };
}

/** A check over the metric `load`, every second: above 10 degraded, above 20 down. */
export function loadCheck(more: Partial<z.input<typeof checkInput>> = {}): CheckInput {
  const probe = { kind: 'metric', metric: 'load', windowMs: 10_000, stepMs: 1_000 } as const;
  return checkInput.parse({
    check: 'load',
    title: 'Load',
    intervalMs: 1_000,
    timeoutMs: 500,
    failureThreshold: 1,
    probe: { ...probe, degradedAbove: 10, downAbove: 20 },
    ...more,
  });
}
