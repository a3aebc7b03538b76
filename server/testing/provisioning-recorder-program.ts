/**
 * For tests: the provisioning record in a process of its own, that commits without pause, several changes at once. Prints what
 * it begins with, and each change once it is said to be durable.
 */
import { join } from 'node:path';
import { openSqlite } from '../engines/sqlite/database.ts';
import { createSystemClock } from '../engines/system/clock.ts';
import { MIGRATIONS } from '../migrations.ts';
import { createAudit } from '../services/audit/index.ts';
import { openRecord } from '../services/provisioning/record/index.ts';
import { FakePublisher } from './fake-publisher.ts';
import { aSpec, aStage, anAgent, anEvent, anOperation } from './provisioning-recording.ts';

const [folder = '.'] = process.argv.slice(2);
/** Changes that are under way at once. */
const AT_ONCE = 4;
const clock = createSystemClock();
const database = openSqlite(join(folder, 'waooaw.db'));
const say = (what: string, value: unknown): void =>
  void process.stdout.write(`${what} ${JSON.stringify(value)}\n`);
const onError = (error: unknown, what: string): void => say('error', `${what}: ${String(error)}`);

await database.migrate(MIGRATIONS);
const audit = createAudit({
  clock,
  publisher: new FakePublisher(),
  origin: 'example.org/audit',
  keyFile: join(folder, 'audit-key.json'),
  checkpointFile: join(folder, 'audit-checkpoints.txt'),
  onError,
});
await audit.start(database.auditLog);
const record = openRecord({ database, audit, clock, onError });
const { agents, operations } = await record.begin();
const entries = await audit.log.range(1, 100_000);
const steps = entries.map(({ facts }) => (facts.details as { readonly n: number }).n);
const keys = await database.read({ sql: 'SELECT key FROM provisioning_key' });
say('begins', {
  epoch: record.epoch,
  steps,
  agents: agents.map(({ agent, restarts }) => [agent, restarts]),
  operations: operations.map(({ operation, revision }) => [operation, revision]),
  keys: keys.map(({ key }) => Number(key)),
});

let next = steps.length;
const step = async (): Promise<void> => {
  const n = next++;
  const agent = `agent-${n % 3}`;
  const operation = anOperation(`op-${n % 5}`, {
    agent: `agent-${n % 5}`,
    revision: n,
    stages: [aStage('start', { state: 'running', attempts: n })],
  });
  record.log(operation.operation, [{ at: clock.now(), stream: 'engine', text: `step ${n}` }]);
  record.progress(operation);
  await record.commit(
    {
      agent: anAgent({ agent, restarts: n, spec: aSpec({ generation: n + 1 }) }),
      operation,
      key: { by: 'ana', key: String(n), hash: 'h', operation: operation.operation },
      took: { kind: 'watcher', type: 'create', stage: 'start', ms: n },
    },
    anEvent({ details: { n } }),
  );
  say('durable', { n });
};

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (;;) await step();
  }),
);
