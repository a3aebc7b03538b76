import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../../../engines/memory/clock.ts';
import type { Database, Statement } from '../../../ports/database.ts';
import { turn } from '../../../testing/event-loop.ts';
import { WriteBehind } from './write-behind.ts';
import type { Unwritten } from './write-behind.ts';

/** A row that says which it is. */
const row = (key: string, value = key): Unwritten => ({
  key,
  value,
  statement: () => ({ sql: value }),
});

/** A writer over a database that writes down what it is given, and answers when it is let. */
function writing(maxRows = 100) {
  const clock = createManualClock();
  const errors: string[] = [];
  const written: string[][] = [];
  const refuse = { next: 0 };
  let gate: Promise<void> | undefined;
  const database: Pick<Database, 'transaction'> = {
    async transaction(statements: readonly Statement[]) {
      await gate;
      if (refuse.next > 0) {
        refuse.next -= 1;
        throw new Error('full');
      }
      written.push(statements.map(({ sql }) => sql));
      return [];
    },
  };
  const behind = new WriteBehind({
    database: database as Database,
    clock,
    intervalMs: 1_000,
    maxRows,
    onError: (error, what) => void errors.push(`${what}: ${String(error)}`),
  });
  const hold = (): (() => void) => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    return () => {
      gate = undefined;
      open();
    };
  };
  const waiting = (): unknown[] => [...behind.unwritten()].map(({ value }) => value);
  return { behind, clock, errors, written, refuse, hold, waiting };
}

describe('rows that are written behind', () => {
  it('wait for the interval, and are one transaction', async () => {
    const { behind, clock, written, waiting } = writing();
    behind.put(row('a'));
    clock.advance(500);
    behind.put(row('b'));
    await turn();
    assert.deepEqual(written, []);
    assert.deepEqual(waiting(), ['a', 'b']);
    clock.advance(500);
    await turn();
    assert.deepEqual(written, [['a', 'b']]);
    assert.deepEqual(waiting(), []);
    clock.advance(10_000);
    await turn();
    assert.equal(written.length, 1);
    assert.equal(clock.pending, 0);
  });

  it('that are urgent go at the end of the turn, with all that waits', async () => {
    const { behind, clock, written } = writing();
    behind.put(row('a'));
    behind.put(row('b'), true);
    behind.put(row('c'));
    behind.put(row('d'), true);
    assert.deepEqual(written, []);
    await turn();
    assert.deepEqual(written, [['a', 'b', 'c', 'd']]);
    assert.equal(clock.pending, 0);
  });

  it('of one key are one row: the last, said when it is written', async () => {
    const { behind, written } = writing();
    behind.put(row('a', 'old'));
    behind.put(row('b'));
    behind.put(row('a', 'new'));
    await behind.flush();
    assert.deepEqual(written, [['b', 'new']]);
  });

  it('are known while they are written, and what comes meanwhile follows', async () => {
    const { behind, written, hold, waiting } = writing();
    const release = hold();
    behind.put(row('a', 'old'));
    const flushed = behind.flush();
    await turn();
    behind.put(row('a', 'new'));
    assert.deepEqual(waiting(), ['old', 'new']);
    release();
    await flushed;
    assert.deepEqual(written, [['old'], ['new']]);
  });

  it('are many transactions where they are very many', async () => {
    const { behind, written } = writing(10_000);
    for (let i = 0; i < 4_500; i++) behind.put(row(String(i)));
    await behind.flush();
    assert.deepEqual(
      written.map(({ length }) => length),
      [2_000, 2_000, 500],
    );
  });
});

describe('a database that refuses', () => {
  it('is asked again after each interval, and told of once', async () => {
    const { behind, clock, errors, written, refuse, waiting } = writing();
    refuse.next = 3;
    behind.put(row('a'), true);
    await turn();
    assert.match(errors.join(), /^the health record cannot be written, and waits: Error: full$/);
    // What is urgent does not storm it.
    behind.put(row('b'), true);
    await turn();
    assert.equal(refuse.next, 2);
    for (let i = 0; i < 2; i++) {
      clock.advance(1_000);
      await turn();
    }
    assert.deepEqual(waiting(), ['a', 'b']);
    assert.equal(errors.length, 1);
    clock.advance(1_000);
    await turn();
    assert.deepEqual(written, [['a', 'b']]);
    refuse.next = 1;
    behind.put(row('c'), true);
    await turn();
    assert.equal(errors.length, 2, 'it is told of again once it had worked');
    clock.advance(1_000);
    await turn();
  });

  it('rejects whoever waits for it, and keeps what is newer', async () => {
    const { behind, clock, refuse, hold, written } = writing();
    refuse.next = 1;
    const release = hold();
    behind.put(row('a', 'old'));
    behind.put(row('b'));
    const flushed = assert.rejects(behind.flush(), /full/);
    await turn();
    behind.put(row('a', 'new'));
    release();
    await flushed;
    clock.advance(1_000);
    await turn();
    assert.deepEqual(written, [['new', 'b']]);
  });

  it('costs the oldest rows once too many wait, and that is told', async () => {
    const { behind, clock, errors, refuse, hold, written } = writing(3);
    refuse.next = 2;
    const release = hold();
    for (const key of ['a', 'b']) behind.put(row(key));
    const flushed = assert.rejects(behind.flush());
    await turn();
    for (const key of ['c', 'd']) behind.put(row(key));
    release();
    await flushed;
    behind.put(row('c', 'again'));
    behind.put(row('e'));
    clock.advance(1_000);
    await turn();
    clock.advance(1_000);
    await turn();
    assert.deepEqual(written, [['d', 'again', 'e']]);
    assert.match(errors[1] ?? '', /^rows of the health record are lost: Error: 2 rows/);
  });

  it('does not keep anybody from closing', async () => {
    const { behind, clock, errors, refuse, written } = writing();
    refuse.next = 1;
    behind.put(row('a'), true);
    await behind.close();
    assert.equal(errors.length, 1);
    assert.equal(clock.pending, 0);
    behind.put(row('b'), true);
    await turn();
    assert.deepEqual(written, []);
  });
});

describe('closing', () => {
  it('writes what waits', async () => {
    const { behind, clock, written } = writing();
    behind.put(row('a'));
    behind.put(row('b'), true);
    await behind.close();
    await turn();
    assert.deepEqual(written, [['a', 'b']]);
    assert.equal(clock.pending, 0);
  });
});
