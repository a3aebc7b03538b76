import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LINES_PER_MS } from '../../ports/agent-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { endOf, readLog, readOn } from './log-reader.ts';
import { LogWriter } from './log-writer.ts';

const NOW = 1_750_000_000_000;
const ROTATION = { maxFileBytes: 1_000, maxFiles: 3 };
const bytes = (...lines: string[]) => lines.map((line) => Buffer.from(line));
const texts = async (folder: string, read: object = {}) =>
  (await readLog(folder, { limit: 10_000, ...read })).lines.map(({ text }) => text);

/** A disk with so much room, in calls and bytes of the last of them. */
function fullAfter(calls: number, half = 0): { write: typeof writeSync; roomAgain: () => void } {
  let left = calls;
  const write = ((fd: number, all: Buffer, from: number) => {
    if (left-- > 0) return writeSync(fd, all, from);
    if (left === -1 && half > 0) return writeSync(fd, all, from, half);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }) as typeof writeSync;
  return { write, roomAgain: () => (left = Infinity) };
}

describe('LogWriter', () => {
  it('numbers lines by time, so that those of several instances compare', async () => {
    const folder = join(temporaryFolder(), 'logs');
    let now = NOW;
    const log = new LogWriter(folder, ROTATION, () => now);
    log.write('stdout', bytes('one', 'two'));
    now += 10;
    log.write('stderr', bytes('three'));
    now -= 5_000;
    log.write('engine', bytes('four'));
    log.close();
    const first = NOW * LINES_PER_MS;
    assert.deepEqual((await readLog(folder, { limit: 10 })).lines, [
      { n: first, at: NOW, stream: 'stdout', text: 'one' },
      { n: first + 1, at: NOW, stream: 'stdout', text: 'two' },
      { n: first + 10 * LINES_PER_MS, at: NOW + 10, stream: 'stderr', text: 'three' },
      // The clock went back; numbers never do.
      { n: first + 10 * LINES_PER_MS + 1, at: NOW - 4_990, stream: 'engine', text: 'four' },
    ]);
    assert.equal(log.last, first + 10 * LINES_PER_MS + 1);
  });

  it('goes on after the last line of another writer, even when that stopped in the middle of one', async () => {
    const folder = temporaryFolder();
    const first = new LogWriter(folder, ROTATION, () => NOW);
    first.write('stdout', bytes('one', 'two'));
    first.close();
    appendFileSync(join(folder, readdirSync(folder)[0]!), `${first.last + 1} ${NOW}`);
    const second = new LogWriter(folder, ROTATION, () => NOW - 60_000);
    second.write('stdout', bytes('three'));
    second.close();
    assert.deepEqual(await texts(folder), ['one', 'two', 'three']);
    assert.ok(second.last > first.last);
    assert.equal(readdirSync(folder).length, 1);
  });

  it('goes on after lines that are longer than what it looks at, and after files that hold none', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '0000000000000077.log'), 'x'.repeat(100_000));
    const log = new LogWriter(folder, { maxFileBytes: 1_000_000, maxFiles: 2 }, () => 0);
    log.write('stdout', bytes('next'));
    assert.equal(log.last, 78);
    log.close();
  });

  it('keeps the newest files, each below its size, whatever is written at once', async () => {
    for (const batch of [1, 7, 500]) {
      const folder = temporaryFolder();
      const log = new LogWriter(folder, ROTATION, () => NOW);
      for (let i = 0; i < 500; i += batch) {
        log.write(
          'stdout',
          Array.from({ length: batch }, (_, j) => Buffer.from(`line ${i + j}`)).slice(0, 500 - i),
        );
      }
      log.close();
      const files = readdirSync(folder).sort();
      assert.equal(files.length, 3);
      for (const name of files) assert.ok(readFileSync(join(folder, name)).length <= ROTATION.maxFileBytes);
      const kept = await texts(folder);
      assert.deepEqual(
        kept,
        Array.from({ length: kept.length }, (_, i) => `line ${500 - kept.length + i}`),
      );
      assert.ok(kept.length > 40);
    }
  });

  it('writes a line that is larger than a file into one of its own', async () => {
    const folder = temporaryFolder();
    const log = new LogWriter(folder, { maxFileBytes: 10, maxFiles: 5 }, () => NOW);
    log.write('stdout', bytes('a'.repeat(50), 'b'.repeat(50)));
    log.close();
    assert.equal(readdirSync(folder).length, 2);
    assert.deepEqual(await texts(folder), ['a'.repeat(50), 'b'.repeat(50)]);
  });

  it('counts what a full disk loses, leaves no half line, and says so once there is room', async () => {
    const folder = temporaryFolder();
    const disk = fullAfter(1, 5);
    const log = new LogWriter(folder, ROTATION, () => NOW, disk.write);
    log.write('stdout', bytes('kept'));
    log.write('stdout', bytes('lost one', 'lost two'));
    log.write('stdout', []);
    log.write('stdout', bytes('lost three'));
    assert.deepEqual(await texts(folder), ['kept']);
    disk.roomAgain();
    log.write('stdout', bytes('again'));
    log.close();
    const [kept, said, again, ...rest] = await texts(folder);
    assert.deepEqual([kept, again, rest], ['kept', 'again', []]);
    assert.match(said!, /^3 lines \(\d+ bytes\) could not be written: ENOSPC/);
  });

  it('says what was lost when it is closed, if it can', async () => {
    const folder = temporaryFolder();
    const disk = fullAfter(0);
    const log = new LogWriter(folder, ROTATION, () => NOW, disk.write);
    log.write('stdout', bytes('lost'));
    disk.roomAgain();
    log.close();
    assert.match((await texts(folder)).join(), /^1 lines \(\d+ bytes\) could not be written/);
  });

  it('loses lines, and nothing else, where it may not write at all', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const log = new LogWriter(join(file, 'logs'), ROTATION, () => NOW);
    log.write('stdout', bytes('lost'));
    log.close();
    assert.deepEqual(await readLog(join(file, 'logs'), { limit: 1 }), { lines: [], more: false });
  });
});

describe('readLog', () => {
  /** So many lines of such a length, over several files and blocks. */
  function written(count: number, length: number, maxFileBytes: number): string {
    const folder = temporaryFolder();
    const log = new LogWriter(folder, { maxFileBytes, maxFiles: 100 }, () => NOW);
    for (let i = 0; i < count; i++) log.write('stdout', bytes(`${i} ${'ü'.repeat(length)}`));
    log.close();
    return folder;
  }

  it('answers pages that join without a gap, in both directions', async () => {
    for (const [count, length, maxFileBytes] of [
      [50, 3, 200],
      [300, 500, 1_000_000],
      [40, 60_000, 1_000_000],
    ] as const) {
      const folder = written(count, length, maxFileBytes);
      const all = (await readLog(folder, { limit: 1_000 })).lines;
      assert.equal(all.length, count);
      const forward = [];
      for (let after = 0; forward.length < count; after = forward.at(-1)!.n) {
        const page = await readLog(folder, { after, limit: 7 });
        assert.equal(page.more, forward.length > 0);
        forward.push(...page.lines);
      }
      assert.deepEqual(forward, all);
      let backward: typeof all = [];
      for (let before: number | undefined; backward.length < count; before = backward[0]!.n) {
        const page = await readLog(folder, { limit: 7, ...(before !== undefined && { before }) });
        backward = [...page.lines, ...backward];
        assert.equal(page.more, backward.length < count);
      }
      assert.deepEqual(backward, all);
      const [from, to] = [all[3]!.n, all[9]!.n];
      assert.deepEqual(
        (await readLog(folder, { after: from, before: to, limit: 100 })).lines,
        all.slice(4, 9),
      );
    }
  });

  it('passes over what is no line', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '0000000000000001.log'), 'nonsense\n1 2 o one\n2 3 x two\n3 4 e three\n4 5 o');
    writeFileSync(join(folder, 'other.txt'), '9 9 o other\n');
    assert.deepEqual(await texts(folder), ['one', 'three']);
    assert.deepEqual(await texts(folder, { after: 1 }), ['three']);
  });
});

describe('readOn', () => {
  it('goes on where it was, over rotated files, and passes over what it is too late for', async () => {
    const folder = temporaryFolder();
    const log = new LogWriter(folder, { maxFileBytes: 300, maxFiles: 2 }, () => NOW);
    assert.equal(endOf(folder), undefined);
    assert.equal(endOf(join(folder, 'nowhere')), undefined);
    const heard: string[] = [];
    let place = endOf(folder);
    const read = async (maxBytes = 1_000_000) => {
      const more = await readOn(folder, place, maxBytes);
      place = more.place;
      heard.push(...more.lines.map(({ text }) => text));
    };
    for (let i = 0; i < 20; i++) {
      log.write('stdout', bytes(`line ${i}`));
      if (i % 3 === 0) await read();
    }
    await read();
    assert.deepEqual(
      heard,
      Array.from({ length: 20 }, (_, i) => `line ${i}`),
    );
    for (let i = 20; i < 100; i++) log.write('stdout', bytes(`line ${i}`));
    await read(100);
    assert.equal(heard.at(-1), 'line 99');
    assert.ok(heard.length < 100);
    assert.ok(heard.every((line) => /^line \d+$/.test(line)));
    log.close();
  });
});
