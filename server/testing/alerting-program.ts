/** For tests: the alerts service in a process of its own. Prints each state that it publishes; the metric is a file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Alert } from '../../src/protocol/index.ts';
import { openSqlite } from '../engines/sqlite/database.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import { MIGRATIONS } from '../migrations.ts';
import { createAlerts } from '../services/alerts/index.ts';
import { FakeMetrics } from './alerting.ts';

const [folder = '.'] = process.argv.slice(2);
const clock = createSystemClock();
const metrics = new FakeMetrics(clock);
const database = openSqlite(join(folder, 'waooaw.db'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

await database.migrate(MIGRATIONS);
const alerts = createAlerts({
  clock,
  publisher: {
    wants: () => true,
    publish: (_, data) => say(`is ${(data as unknown as Alert).state}`),
  },
  reader: {
    async query(query) {
      metrics.set(Number(await readFile(join(folder, 'value'), 'utf8')));
      return metrics.query(query);
    },
  },
  limits: { noticeRetryMinMs: 20, noticeRetryMaxMs: 200 },
  file: join(folder, 'alerts.yaml'),
  onError: (error, what) => say(`error: ${what}: ${String(error)}`),
});
await alerts.start(database);
say(
  `begins with ${
    alerts
      .list()
      .map(({ state }) => state)
      .join() || 'nothing'
  }`,
);
// Timers of the clock keep no process alive.
process.stdin.resume();
setInterval(() => undefined, 60_000);
