import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { CLOSE } from '../../../src/protocol/index.ts';
import type { Position, Published } from '../../../src/protocol/index.ts';
import { KEY_AGE_MS } from '../../ports/bus.ts';
import { Reader, post, request, startServer, temporaryFolder } from '../../testing/harness.ts';
import type { HeardSub } from '../../testing/inbox.ts';
import { Program } from '../../testing/program.ts';
import { createMemoryBus } from './bus.ts';
import type { MemoryBus } from './bus.ts';
import { createManualClock } from './clock.ts';
import type { ManualClock } from './clock.ts';
import { takeStreams, writeStreams } from './hand-over.ts';

const KEEP = { size: 10, ageMs: 60_000 };
const START = 1_750_000_000_000;

const never = (error: unknown): void => assert.fail(String(error));

/** A process: its clock, which has run for so long, and its bus. */
function processOf(startedAt: number, ranMs: number): { clock: ManualClock; bus: MemoryBus } {
  const clock = createManualClock(startedAt);
  clock.advance(ranMs);
  return { clock, bus: createMemoryBus(clock) };
}

const fileIn = (): string => join(temporaryFolder(), 'streams.json');

/** From one process to the next. */
async function handOver(
  file: string,
  from: { clock: ManualClock; bus: MemoryBus },
  to: { clock: ManualClock; bus: MemoryBus },
): Promise<void> {
  await writeStreams(file, from.bus.handOver(), from.clock);
  to.bus.takeOver(await takeStreams(file, to.clock, never));
}

describe('streams handed over', () => {
  it('are the same streams: epoch, offset, tail, history and keys', async () => {
    const file = fileIn();
    const [first, second] = [processOf(START, 500_000), processOf(START + 501_000, 0)];
    const since: Record<string, Position> = {};
    for (const channel of ['app/a', 'metrics/x{a="ä\u2028"}', '__proto__']) {
      await first.bus.publish(channel, '"before"', KEEP, 'k1');
      since[channel] = (await first.bus.read(channel)).position;
      for (const data of ['{"x":1}', '"\\ud800 \\u0000 é𝄞"']) await first.bus.publish(channel, data, KEEP);
    }
    const channels = Object.keys(since);
    await handOver(file, first, second);
    assert.deepEqual(
      second.bus.handOver().map(([channel]) => channel),
      first.bus.handOver().map(([channel]) => channel),
    );
    for (const channel of channels) {
      const past = since[channel]!;
      const [one, other] = [await first.bus.read(channel, past), await second.bus.read(channel, past)];
      assert.deepEqual(other.position, one.position);
      assert.deepEqual(
        other.publications.map(({ offset, data, prev, tail, epoch }) => [offset, data, prev, tail, epoch]),
        one.publications.map(({ offset, data, prev, tail, epoch }) => [offset, data, prev, tail, epoch]),
      );
      assert.equal(other.publications.length, 2);
      assert.equal((await second.bus.publish(channel, '"before"', KEEP, 'k1')).duplicate, true);
      await assert.rejects(second.bus.publish(channel, '"other"', KEEP, 'k1'), {
        code: 'idempotency_conflict',
      });
      assert.equal((await second.bus.publish(channel, '4', KEEP)).publication.offset, 4);
    }
  });

  it('age on while no process runs, whatever the clocks of the two began with', async () => {
    for (const [ranMs, later] of [
      [1_000, 900_000],
      [900_000, 0],
    ] as const) {
      const file = fileIn();
      const first = processOf(START, ranMs);
      const { position } = await first.bus.read('c');
      await first.bus.publish('c', '1', KEEP, 'k');
      first.clock.advance(20_000);
      // Away for 10 s.
      const second = processOf(first.clock.now() + 10_000 - later, later);
      await handOver(file, first, second);
      second.clock.advance(KEEP.ageMs - 30_001);
      assert.equal((await second.bus.read('c', position)).publications.length, 1);
      second.clock.advance(1);
      assert.equal((await second.bus.read('c', position)).lost, 'history');
      second.clock.advance(KEY_AGE_MS - KEEP.ageMs - 1);
      assert.equal((await second.bus.publish('c', '1', KEEP, 'k')).duplicate, true);
      second.clock.advance(1);
      assert.equal((await second.bus.publish('c', '1', KEEP, 'k')).duplicate, false);
    }
  });

  it('are no younger for a wall clock that was put back', async () => {
    const file = fileIn();
    const [first, second] = [processOf(START, 0), processOf(START - 3_600_000, 5)];
    const { position } = await first.bus.read('c');
    await first.bus.publish('c', '1', KEEP);
    first.clock.advance(KEEP.ageMs - 1);
    await handOver(file, first, second);
    assert.equal((await second.bus.read('c', position)).publications.length, 1);
    second.clock.advance(1);
    assert.equal((await second.bus.read('c', position)).lost, 'history');
  });

  it('hold no key and no publication that was too old already', async () => {
    const file = fileIn();
    const first = processOf(START, 0);
    await first.bus.publish('c', '"the secret of long ago"', { size: 10, ageMs: 100 }, 'long-ago');
    first.clock.advance(KEY_AGE_MS);
    await writeStreams(file, first.bus.handOver(), first.clock);
    const text = await readFile(file, 'utf8');
    assert.doesNotMatch(text, /secret|long-ago/);
  });

  it('may be none', async () => {
    const file = fileIn();
    const { bus, clock } = processOf(START, 0);
    assert.deepEqual(await takeStreams(file, clock, never), []);
    await writeStreams(file, bus.handOver(), clock);
    assert.deepEqual(await takeStreams(file, clock, never), []);
  });

  it('may be kept without end, and for any time', async () => {
    const file = fileIn();
    const [first, second] = [processOf(START, 0), processOf(START + 1, 0)];
    const { position } = await first.bus.read('c');
    await first.bus.publish('c', '1', { size: Infinity, ageMs: Infinity });
    await first.bus.publish('d', '1', { size: 5, ageMs: 0.5 });
    await handOver(file, first, second);
    second.clock.advance(1e12);
    assert.equal((await second.bus.read('c', position)).publications.length, 1);
  });
});

describe('the file', () => {
  it('is its owner’s alone, and gone once it is taken, so that no later crash begins from it', async () => {
    const file = fileIn();
    const { bus, clock } = processOf(START, 0);
    await bus.publish('c', '1', KEEP);
    await writeStreams(file, bus.handOver(), clock);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(file, '..')), ['streams.json']);
    assert.equal((await takeStreams(file, clock, never)).length, 1);
    assert.deepEqual(await readdir(join(file, '..')), []);
    assert.deepEqual(await takeStreams(file, clock, never), []);
  });

  it('is written whole or not at all', async () => {
    const file = fileIn();
    const { bus, clock } = processOf(START, 0);
    await bus.publish('c', '1', KEEP);
    await writeStreams(file, bus.handOver(), clock);
    const before = await readFile(file, 'utf8');
    await bus.publish('c', '2', KEEP);
    await mkdir(`${file}.new`);
    await assert.rejects(writeStreams(file, bus.handOver(), clock), { code: 'EISDIR' });
    assert.equal(await readFile(file, 'utf8'), before);
    await assert.rejects(writeStreams(join(file, 'below'), bus.handOver(), clock), { code: 'ENOTDIR' });
  });

  it('replaces an earlier one, and what was left of one that was not written to its end', async () => {
    const file = fileIn();
    const { bus, clock } = processOf(START, 0);
    await writeFile(file, 'x'.repeat(100_000));
    await writeFile(`${file}.new`, 'y'.repeat(100_000), { mode: 0o600 });
    await bus.publish('c', '1', KEEP);
    await writeStreams(file, bus.handOver(), clock);
    assert.equal((await takeStreams(file, clock, never)).length, 1);
  });

  it('that cannot be used is refused, told of once, and gone', async () => {
    const { bus, clock } = processOf(START, 0);
    await bus.publish('c', '"x"', KEEP, 'k');
    const good = fileIn();
    await writeStreams(good, bus.handOver(), clock);
    const text = await readFile(good, 'utf8');
    const changed = (from: string, to: string): string => {
      assert.ok(text.includes(from), from);
      return text.replace(from, to);
    };
    const bad: Record<string, string | Buffer> = {
      'cut off': text.slice(0, -20),
      empty: '',
      'no JSON': 'streams',
      'something else': '{}',
      'a list': '[]',
      'another version': changed('"version":1', '"version":2'),
      'no time': changed(`"at":${clock.now()}`, '"at":"yesterday"'),
      'an offset below 0': changed('"offset":1', '"offset":-1'),
      'a broken offset': changed('"offset":1', '"offset":1.5'),
      'another tail': changed('"tail":"', '"tail":"X'),
      'no data': changed('"data"', '"date"'),
      'bytes that are no text': Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    };
    for (const [what, content] of Object.entries(bad)) {
      const file = fileIn();
      await writeFile(file, content);
      const told: unknown[] = [];
      assert.deepEqual(await takeStreams(file, clock, (error) => told.push(error)), [], what);
      assert.equal(told.length, 1, what);
      assert.ok(told[0] instanceof Error);
      assert.deepEqual(await readdir(join(file, '..')), [], what);
    }
  });

  it('that cannot be read is refused and told of', async () => {
    const file = fileIn();
    await mkdir(file);
    const told: unknown[] = [];
    const { clock } = processOf(START, 0);
    assert.deepEqual(await takeStreams(file, clock, (error) => told.push(error)), []);
    assert.deepEqual(
      told.map((error) => (error as NodeJS.ErrnoException).code),
      ['EISDIR'],
    );
  });
});

/** The position that a subscription's answer tells. */
const positionOf = (sub?: Partial<HeardSub>): Position => ({
  e: sub?.e ?? '',
  o: sub?.o ?? -1,
  h: sub?.h ?? '',
});

/** Comes back to a channel, and says what became of its past. */
async function comeBack(
  t: TestContext,
  url: string,
  ch: string,
  since: Position,
): Promise<Partial<HeardSub>> {
  const reader = await Reader.open(t, `${url.replace('http', 'ws')}/ws`);
  const { ok } = await reader.ask({ connect: { subs: [{ ch, since }] } });
  return ok?.subs?.[0] ?? {};
}

async function publish(url: string, ch: string, ...data: unknown[]): Promise<Published> {
  let last: Published | undefined;
  for (const one of data) last = (await post(`${url}/api/publish`, { ch, data: one })).json<Published>();
  return last!;
}

describe('a server that is stopped and started again', () => {
  it('gives who comes back everything since, and goes on with the same stream', async (t) => {
    const dataDir = temporaryFolder();
    const first = await startServer(t, { dataDir });
    const reader = await Reader.connected(t, first.socketUrl);
    const since = positionOf((await reader.ask({ subscribe: { ch: 'app/a' } })).ok);
    await publish(first.url, 'app/a', 1, { two: 2 });
    const keyed = { ch: 'app/a', data: 3, key: 'k' };
    const stored = (await post(`${first.url}/api/publish`, keyed)).json<Published>();
    assert.deepEqual([stored.e, stored.o], [since.e, 3]);
    await first.stop();
    assert.deepEqual(await reader.closed, { code: CLOSE.shutdown, reason: 'shutdown' });

    const second = await startServer(t, { dataDir });
    assert.equal(second.waooaw.broadcaster.wants('app/a'), true);
    const back = await comeBack(t, second.url, 'app/a', since);
    assert.deepEqual([back.recovered, back.lost, back.e, back.o], [true, undefined, since.e, 3]);
    assert.deepEqual(back.pubs, [
      [1, 1],
      [2, { two: 2 }],
      [3, 3],
    ]);
    assert.deepEqual((await post(`${second.url}/api/publish`, keyed)).json(), { ...stored, duplicate: true });
    assert.deepEqual(await publish(second.url, 'app/a', 4), { ch: 'app/a', e: since.e, o: 4 });
    const late = await comeBack(t, second.url, 'app/a', positionOf(back));
    assert.deepEqual([late.recovered, late.pubs], [true, [[4, 4]]]);
  });

  it('goes on with the channels of its services', async (t) => {
    const dataDir = temporaryFolder();
    const first = await startServer(t, { dataDir });
    const reader = await Reader.connected(t, first.socketUrl);
    const since = positionOf((await reader.ask({ subscribe: { ch: 'metrics/x' } })).ok);
    first.waooaw.metrics.ingest([{ name: 'x', value: 1 }]);
    assert.equal((await reader.next()).pubs?.[0]?.[0], 1);
    await first.stop();
    const second = await startServer(t, { dataDir });
    const back = await comeBack(t, second.url, 'metrics/x', since);
    assert.deepEqual([back.recovered, back.pubs?.map(([offset]) => offset)], [true, [1]]);
  });

  it('starts, and says why, when what it was left cannot be used', async (t) => {
    const dataDir = temporaryFolder();
    await writeFile(join(dataDir, 'streams.json'), '{"version":99}');
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const { url } = await startServer(t, { dataDir }, { log });
    const [line = '', ...more] = lines;
    assert.match(line, /earlier streams cannot be gone on with/);
    assert.ok(line.includes(dataDir) && line.includes('version'));
    assert.deepEqual(more, []);
    const since = { e: 'another', o: 3, h: '0123456789abcdef' };
    assert.equal((await comeBack(t, url, 'app/a', since)).lost, 'epoch');
  });

  it('stops, and says why, when it cannot leave them', async (t) => {
    const dataDir = temporaryFolder();
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const { stop } = await startServer(t, { dataDir }, { log });
    await mkdir(join(dataDir, 'streams.json'));
    await stop();
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /streams cannot be handed over/);
  });

  it('as a process: SIGTERM loses nothing, kill -9 begins another epoch and says so', async (t) => {
    const WAOOAW_DATA_DIR = temporaryFolder();
    const start = async (): Promise<{ server: Program; url: string }> => {
      const env = { WAOOAW_PORT: '0', WAOOAW_LOG_LEVEL: 'silent', WAOOAW_DATA_DIR };
      const server = new Program(t, 'server/main.ts', env);
      return { server, url: await server.url() };
    };
    const first = await start();
    const reader = await Reader.connected(t, `${first.url.replace('http', 'ws')}/ws`);
    const since = positionOf((await reader.ask({ subscribe: { ch: 'app/a' } })).ok);
    await publish(first.url, 'app/a', 'one', 'two');
    first.server.kill('SIGTERM');
    assert.equal((await reader.closed).code, CLOSE.shutdown);
    assert.deepEqual((await first.server.ended).code, 0);

    const second = await start();
    const back = await comeBack(t, second.url, 'app/a', since);
    assert.deepEqual(
      [back.recovered, back.pubs],
      [
        true,
        [
          [1, 'one'],
          [2, 'two'],
        ],
      ],
    );
    assert.deepEqual(await publish(second.url, 'app/a', 'three'), { ch: 'app/a', e: since.e, o: 3 });
    second.server.kill('SIGKILL');
    await second.server.ended;

    const third = await start();
    const lost = await comeBack(t, third.url, 'app/a', positionOf(back));
    assert.deepEqual([lost.recovered, lost.lost, lost.o], [false, 'epoch', 0]);
    assert.notEqual(lost.e, since.e);
    assert.equal((await request(`${third.url}/readyz`)).status, 200);
  });
});
