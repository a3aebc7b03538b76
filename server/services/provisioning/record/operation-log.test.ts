import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogPage } from '../../../../src/protocol/index.ts';
import { until } from '../../../testing/auditing.ts';
import { anEvent, anOperation, provisioningRecording } from '../../../testing/provisioning-recording.ts';
import type { ProvisioningParts, ProvisioningRecording } from '../../../testing/provisioning-recording.ts';
import type { TestContext } from 'node:test';

const line = (text: string) => ({ at: 5, stream: 'engine', text }) as const;
const lines = (count: number, from = 1) => Array.from({ length: count }, (_, i) => line(`line ${from + i}`));
const shown = ({ lines, more }: LogPage): string => `${lines.map(({ n }) => n).join(' ')}${more ? ' …' : ''}`;

async function logging(t: TestContext, parts: ProvisioningParts = {}): Promise<ProvisioningRecording> {
  const run = await provisioningRecording(t, parts);
  if (parts.folder === undefined) await run.record.commit({ operation: anOperation('op') }, anEvent());
  return run;
}

/** Lets time pass until so many lines are on the disk. */
async function stored({ clock, rows }: ProvisioningRecording, count: number): Promise<void> {
  await until(async () => {
    clock.advance(1_000);
    return (await rows('SELECT n FROM provisioning_log')).length === count;
  }, `${count} lines are stored`);
}

describe('the log of an operation', () => {
  it('gives each line its place at once, and reads alike before and after it is written', async (t) => {
    const run = await logging(t);
    const { record } = run;
    assert.deepEqual(record.log('op', []), []);
    assert.deepEqual(record.log('op', [{ ...line('hello'), instance: 'mail-1.1.0', stage: 'start' }]), [
      { n: 1, at: 5, stream: 'engine', text: 'hello', instance: 'mail-1.1.0', stage: 'start' },
    ]);
    assert.deepEqual(
      record.log('op', lines(9, 2)).map(({ n }) => n),
      [2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.equal(record.log('other', lines(1))[0]?.n, 1);
    const read = async (): Promise<string[]> => [
      shown(await record.logs('op', { limit: 3 })),
      shown(await record.logs('op', { limit: 100 })),
      shown(await record.logs('op', { after: 2, limit: 3 })),
      shown(await record.logs('op', { after: 0, limit: 3 })),
      shown(await record.logs('op', { before: 4, limit: 2 })),
      shown(await record.logs('op', { after: 10, limit: 2 })),
      shown(await record.logs('op', { after: 3, before: 6, limit: 9 })),
      shown(await record.logs('none', { limit: 2 })),
    ];
    const expected = ['8 9 10 …', '1 2 3 4 5 6 7 8 9 10', '3 4 5 …', '1 2 3', '2 3 …', '', '4 5 …', ''];
    assert.deepEqual(await read(), expected);
    // The other has no operation: nothing of it is kept.
    await stored(run, 10);
    assert.deepEqual(await read(), expected);
    assert.equal(shown(await record.logs('other', { limit: 9 })), '');
    const [first] = (await record.logs('op', { limit: 100 })).lines;
    assert.deepEqual(first, {
      n: 1,
      at: 5,
      stream: 'engine',
      text: 'hello',
      instance: 'mail-1.1.0',
      stage: 'start',
    });
    record.log('op', lines(1));
    assert.equal(shown(await record.logs('op', { limit: 2 })), '10 11 …');
  });

  it('goes on where it was after a restart, also that of an operation that ended long ago', async (t) => {
    const run = await logging(t);
    run.record.log('op', lines(3));
    await run.record.commit({ operation: anOperation('op', { state: 'failed', endedAt: 1 }) }, anEvent());
    await run.record.commit({ operation: anOperation('later') }, anEvent());
    run.record.log('later', lines(2));
    await run.stop();
    run.clock.advance(7_200_000);
    const next = await logging(t, run);
    assert.deepEqual(
      next.kept.operations.map(({ operation }) => operation),
      ['later'],
    );
    assert.equal(next.record.log('later', lines(1))[0]?.n, 3);
    await next.record.findOperation('op');
    assert.equal(next.record.log('op', lines(1))[0]?.n, 4);
    assert.equal(shown(await next.record.logs('op', { limit: 9 })), '1 2 3 4');
  });

  it('keeps its last lines only', async (t) => {
    const run = await logging(t, { limits: { maxOperationLogLines: 4 } });
    run.record.log('op', lines(3));
    await stored(run, 3);
    run.record.log('op', lines(3));
    await stored(run, 4);
    assert.equal(shown(await run.record.logs('op', { limit: 9 })), '3 4 5 6');
  });

  it('takes whatever a program says as lines that can be shown', async (t) => {
    const run = await logging(t, { limits: { maxOperationLineLength: 5 } });
    const said = run.record.log('op', [
      line('a\0b'),
      line('\ud83d'),
      line('12345'),
      line('1234😀'),
      line(''),
    ]);
    const texts = ['a\ufffdb', '\ufffd', '12345', '1234…', ''];
    assert.deepEqual(
      said.map(({ text }) => text),
      texts,
    );
    await stored(run, 5);
    const { lines } = await run.record.logs('op', { limit: 9 });
    assert.deepEqual(
      lines.map(({ text }) => text),
      texts,
    );
    assert.equal(run.record.log('op', [line('123😀56')])[0]?.text, '123\ufffd…');
  });

  it('waits while the database refuses, which is said once, and loses the oldest where there are too many', async (t) => {
    const run = await logging(t, { limits: { maxUnwrittenLogLines: 4 } });
    const { record, clock, refuse, errors } = run;
    refuse.next = 2;
    record.log('op', lines(3));
    clock.advance(1_000);
    await until(() => errors.length > 0, 'it is told');
    assert.match(errors[0] ?? '', /^progress and logs of operations cannot be written, and wait/);
    record.log('op', lines(3));
    assert.equal(shown(await record.logs('op', { limit: 9 })), '3 4 5 6');
    await stored(run, 4);
    await until(() => errors.length > 1, 'the loss is told');
    assert.equal(errors.length, 2);
    assert.match(errors[1] ?? '', /^lines of logs of operations are lost: .*2 lines/);
    // From then on a refusal is news again.
    refuse.next = 1;
    record.log('op', lines(1));
    clock.advance(1_000);
    await until(() => errors.length > 2, 'it is told again');
    await stored(run, 5);
  });

  it('takes more lines than one transaction does', async (t) => {
    const run = await logging(t);
    run.record.log('op', lines(7_000));
    await stored(run, 7_000);
    assert.equal(run.written.times, 2);
    assert.equal(shown(await run.record.logs('op', { limit: 2 })), '6999 7000 …');
  });

  it('is whole after a stop, which takes nothing afterwards', async (t) => {
    const run = await logging(t);
    run.record.log('op', lines(2));
    await run.stop();
    run.record.log('op', lines(2));
    assert.equal(run.clock.pending, 0);
    const next = await logging(t, run);
    assert.equal(shown(await next.record.logs('op', { limit: 9 })), '1 2');
  });
});
