/**
 * For tests: the health record in a process of its own, told about a check that fails and recovers without pause. Prints
 * what it begins with, and each thing once it is said to be durable.
 */
import { join } from 'node:path';
import { openSqlite } from '../engines/sqlite/database.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import { MIGRATIONS } from '../migrations.ts';
import { openRecord } from '../services/health/record/index.ts';
import { aStatus } from './health-recording.ts';

const [folder = '.'] = process.argv.slice(2);
const HOUR_MS = 3_600_000;
const clock = createSystemClock();
const database = openSqlite(join(folder, 'waooaw.db'));
const say = (what: string, value: unknown): void =>
  void process.stdout.write(`${what} ${JSON.stringify(value)}\n`);

await database.migrate(MIGRATIONS);
const record = openRecord({
  database,
  clock,
  onError: (error, what) => say('error', `${what}: ${String(error)}`),
});
const startedAt = clock.now();
const { judged, paused, incidents } = await record.load();
const { transitions } = await record.history('api', 90, clock.now());
say('begins', {
  startedAt,
  judged: judged.get('api') ?? { n: 0 },
  paused: paused.get('api')?.by,
  incidents: [...incidents.values()],
  windows: record.windows().map(({ id }) => id),
  ended: (await record.incidents({ open: false, limit: 1_000 })).map(({ id }) => id),
  transitions: transitions.toReversed(),
});

for (let n = (judged.get('api') as { n: number } | undefined)?.n ?? 0; ; n++) {
  const state = n % 2 === 0 ? 'up' : 'down';
  const at = clock.now();
  record.judged('api', { n });
  const incident = record.observed(aStatus({ state, word: state, since: at, at, reason: `run ${n}` }));
  await record.flush();
  say('shown', { n, state, at, incident: incident?.id });
  if (n % 3 === 0 && incident) {
    await record.acknowledge(incident.id, `on call ${n}`);
    say('acknowledged', { id: incident.id, by: `on call ${n}` });
  }
  if (n % 10 === 5) {
    const { id } = await record.addWindow(
      { reason: 'x', checks: ['web'], tags: {}, endsAt: at + HOUR_MS },
      'ana',
    );
    say('window', { id });
    await record.pause('api', `ana ${n}`);
    say('paused', { by: `ana ${n}` });
  }
}
