/** For tests: the alerts service over a real database, with metrics and a clock that the test holds in its hands. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Alert, MetricQuery, QueryAnswer } from '../../src/protocol/index.ts';
import { alertRule } from '../../src/protocol/alerts.schema.ts';
import type { AlertRule } from '../../src/protocol/alerts.schema.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { Clock } from '../ports/clock.ts';
import type { Database } from '../ports/database.ts';
import type { MetricReader } from '../ports/metric-reader.ts';
import { createAlerts } from '../services/alerts/index.ts';
import type { Alerts, AlertsDeps, AlertsLimits } from '../services/alerts/index.ts';
import { turn } from './event-loop.ts';
import { FakePublisher } from './fake-publisher.ts';
import { temporaryFolder } from './harness.ts';

/** Answers queries with the values that it was given, as of the newest complete step. */
export class FakeMetrics implements MetricReader {
  readonly asked: MetricQuery[] = [];
  /** Rejects every query, or never answers. */
  broken: Error | 'hangs' | undefined;
  readonly #clock: Clock;
  readonly #groups = new Map<string, { tags: Record<string, string>; value: number; at?: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param at since when the value comes no more; absent: it goes on coming. */
  set(value: number | undefined, tags: Record<string, string> = {}, at?: number): void {
    const key = JSON.stringify(tags);
    if (value === undefined) this.#groups.delete(key);
    else this.#groups.set(key, { tags, value, ...(at !== undefined && { at }) });
  }

  query(query: MetricQuery): Promise<QueryAnswer> {
    this.asked.push(query);
    if (this.broken === 'hangs') return new Promise(() => undefined);
    if (this.broken) return Promise.reject(this.broken);
    const { stepMs = 1_000, windowMs = 60_000, by = [], metric } = query;
    const now = this.#clock.now();
    const open = Math.floor(now / stepMs) * stepMs;
    const groups = [...this.#groups.values()].map(({ tags, value, at = Infinity }) => {
      const start = Math.min(open - stepMs, at);
      // The open step says the opposite of the complete one: whoever judges it is seen to.
      const points = [[start, value] as const, ...(at === Infinity ? [[open, -value] as const] : [])];
      const inside = points.filter(([from]) => from >= now - windowMs);
      return { key: JSON.stringify(tags), tags, series: 1, points: inside, gaps: [] };
    });
    return Promise.resolve({
      metric,
      aggregation: 'last',
      across: 'avg',
      by,
      from: open - windowMs,
      to: open + stepMs,
      stepMs,
      tierMs: 1_000,
      series: groups.length,
      groups,
      lateDropped: 0,
    });
  }
}

/** What a test brings. */
export interface AlertingParts {
  readonly clock?: ManualClock;
  readonly folder?: string;
  /** What stands in the file. */
  readonly file?: object | string;
  readonly limits?: Partial<AlertsLimits>;
  /** In the place of HTTP; what it has under way is not waited for. */
  readonly send?: AlertsDeps['send'];
  readonly externalUrl?: string;
}

/** What a test gets. */
export interface Alerting {
  readonly alerts: Alerts;
  readonly clock: ManualClock;
  readonly metrics: FakeMetrics;
  readonly publisher: FakePublisher;
  readonly database: Database;
  readonly folder: string;
  readonly errors: string[];
  /** Transactions that the database is to refuse. */
  readonly refuse: { next: number };
  /** Resolves once nothing is under way any more. */
  settle(): Promise<void>;
  /** Lets time pass, in steps of at most a second, and everything that is then due happen. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** The only alert's state, or `none`. */
  state(): Alert['state'] | 'none';
  /** States published since the last time that it was asked. */
  published(): Alert['state'][];
  stop(): Promise<void>;
}

/** A rule with defaults, over `load`, that fires above 10 and is evaluated every second. */
export function aRule(more: object = {}): AlertRule {
  const condition = { op: '>', value: 10 };
  const query = { metric: 'load', windowMs: 10_000, stepMs: 1_000 };
  return alertRule.parse({ name: 'busy', query, condition, evaluateMs: 1_000, ...more });
}

/** Starts the service; it ends with the test. */
export async function alerting(t: TestContext, parts: AlertingParts = {}): Promise<Alerting> {
  const { clock = createManualClock(), folder = temporaryFolder() } = parts;
  const metrics = new FakeMetrics(clock);
  const publisher = new FakePublisher();
  const errors: string[] = [];
  const refuse = { next: 0 };
  let busy = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    busy += 1;
    return work.finally(() => (busy -= 1));
  };
  const sqlite = openSqlite(join(folder, 'waooaw.db'));
  await sqlite.migrate(MIGRATIONS);
  const database: Database = {
    ...sqlite,
    read: (statement) => counted(sqlite.read(statement)),
    transaction(statements) {
      if (refuse.next <= 0) return counted(sqlite.transaction(statements));
      refuse.next -= 1;
      return counted(sqlite.transaction([...statements, { sql: 'not a statement' }]));
    },
  };
  let file: string | undefined;
  if (parts.file !== undefined) {
    file = join(folder, 'alerts.yaml');
    await writeFile(file, typeof parts.file === 'string' ? parts.file : JSON.stringify(parts.file));
  }
  const overHttp: NonNullable<AlertsDeps['send']> = (url, init) => counted(fetch(url, init));
  const alerts = createAlerts({
    clock,
    publisher,
    reader: metrics,
    onError: (error, what) =>
      errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
    send: parts.send ?? overHttp,
    random: () => 0.5,
    ...(parts.limits && { limits: parts.limits }),
    ...(parts.externalUrl !== undefined && { externalUrl: parts.externalUrl }),
    ...(file !== undefined && { file }),
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= alerts.close().then(() => sqlite.close()));
  t.after(stop);
  await alerts.start(database);

  const settle = async (): Promise<void> => {
    for (let calm = 0; calm < 4; calm = busy === 0 ? calm + 1 : 0) await turn();
  };
  return {
    alerts,
    clock,
    metrics,
    publisher,
    database,
    folder,
    errors,
    refuse,
    settle,
    async pass(ms, stepMs = 1_000) {
      for (let left = ms; left >= 0; left -= stepMs) {
        clock.advance(Math.min(left, stepMs));
        await settle();
        // What follows at once is scheduled for "now".
        for (let again = 0; again < 3; again++) {
          clock.advance(0);
          await settle();
        }
        if (left === 0) break;
      }
    },
    state: () => alerts.list()[0]?.state ?? 'none',
    published: () => publisher.take().map(([, data]) => (data as unknown as Alert).state),
    stop,
  };
}
