/**
 * For tests: clients that append to an audit trail at once, as fast as it takes them, and say what it took, until they are
 * killed: `audit-appender.ts <file> <seed> <clients> [<appends a client> [<checkpointPages>]]`.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqlite } from '../engines/sqlite/database.ts';
import { MIGRATIONS } from '../migrations.ts';
import type { AuditRow, NewAuditRow } from '../ports/audit-log.ts';
import { random } from './random.ts';

/** What goes alongside some appends: an id at most once, so that some are refused. */
export const ITEMS = 'CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, append TEXT NOT NULL) STRICT';

/** How long a full pipe is given, ms. */
const PIPE_MS = 5;

/** One append of a client. */
export interface PlannedAppend {
  /** Its rows have this request id, and their place among its rows behind it. */
  readonly name: string;
  readonly rows: readonly NewAuditRow[];
  /** Of a row of `item` that commits with it. */
  readonly item: number | undefined;
}

/** A leaf for tests, of everything in a row that a leaf must cover. */
export function testLeaf({ facts, seed, erased }: Pick<AuditRow, 'facts' | 'seed' | 'erased'>): Uint8Array {
  const sorted = Object.entries({ ...facts, erased }).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(sorted);
  return new Uint8Array(createHash('sha256').update(Uint8Array.of(0)).update(seed).update(text).digest());
}

/** A client's append, the same for the same seed. */
export function plannedAppend(seed: number, client: number, number: number): PlannedAppend {
  const chance = random(seed * 1_000_003 + client * 10_007 + number);
  const name = `${client}.${number}`;
  const rows = Array.from({ length: 1 + Math.floor(chance() * 3) }, (_, i) => {
    const facts: NewAuditRow['facts'] = {
      time: 1_780_000_000_000_000 + Math.floor(chance() * 1e9),
      actor: { id: `client-${client}`, kind: 'service' },
      action: 'update',
      level: chance() < 0.1 ? 'error' : 'info',
      resource: { type: 'append', id: name },
      result: 'success',
      requestId: `${name}.${i}`,
      details: { text: 'x'.repeat(Math.floor(chance() * 600)) },
    };
    const bytes = createHash('sha256').update(`${seed} ${name} ${i}`).digest().subarray(0, 16);
    const row = { facts, seed: new Uint8Array(bytes) };
    const idempotency = { key: name, bodyHash: bytes };
    return { ...row, leaf: testLeaf(row), ...(number % 3 === 0 ? { idempotency } : {}) };
  });
  return { name, rows, item: chance() < 0.4 ? Math.floor(chance() * 5_000) : undefined };
}

/** Writes a line at once, and not when the process gets round to it: what it said must have happened. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      // Whoever listens is slower than we are: the pipe is full.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_MS);
    }
  }
}

const [, program, path, seed, clients, appends = 'Infinity', pages = '4000'] = process.argv;
if (program === import.meta.filename) {
  const file = openSqlite(path!, { checkpointPages: Number(pages) });
  await file.migrate(MIGRATIONS);
  await file.transaction([{ sql: ITEMS }]);
  say('ready');
  const client = async (number: number) => {
    for (let i = 1; i <= Number(appends); i += 1) {
      const { name, rows, item } = plannedAppend(Number(seed), number, i);
      const alongside =
        item === undefined ? [] : [{ sql: 'INSERT INTO item VALUES (?, ?)', params: [item, name] }];
      const append = () => file.auditLog.append(rows, alongside);
      const tries = rows[0]?.idempotency ? [append(), append()] : [append()];
      for (const result of await Promise.allSettled(tries)) {
        if (result.status === 'fulfilled') say(`took ${name} ${result.value.sequences.join(',')}`);
        else say(`refused ${name} ${(result.reason as { code: string }).code}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(clients) }, (_, i) => client(i + 1)));
  await file.close();
  say('closed');
}
