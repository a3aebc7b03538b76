import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Server } from 'node:http';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { createManualClock } from '../../../engines/memory/clock.ts';
import { turn } from '../../../testing/event-loop.ts';
import { FakePublisher } from '../../../testing/fake-publisher.ts';
import { RecordingIngest } from '../../../testing/recording-intake.ts';
import { jobOf, scraping, startTarget, text, until } from '../../../testing/scraping.ts';
import type { MetricParser } from '../formats/format.ts';
import { createMetrics } from '../index.ts';
import type { ReadResult, Source } from '../ingest.ts';
import { Grid } from './schedule.ts';
import { createScraper } from './index.ts';

/** An ingest whose reads wait, or fail. */
class HeldIngest extends RecordingIngest {
  readonly waiting: (() => void)[] = [];
  failure: Error | undefined;

  override async read(parser: MetricParser, body: Buffer, source: Source): Promise<ReadResult> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.failure) throw this.failure;
    return super.read(parser, body, source);
  }
}

const connections = (server: Server): Promise<number> => promisify(server.getConnections.bind(server))();

describe('the grid', () => {
  it('spreads targets over the interval, and has each at the same phase after a restart', () => {
    const dues = (startMs: number): number[] => {
      const clock = createManualClock(startMs);
      return Array.from({ length: 200 }, (_, target) => {
        let due = NaN;
        new Grid(clock, 10_000, `job http://host-${target}:9100/metrics`, () => (due = clock.now()));
        return () => due;
      }).map((read, _index, all) => {
        if (read === all[0]) clock.advance(10_000);
        return read() % 10_000;
      });
    };
    const first = dues(1_750_000_000_000);
    assert.deepEqual(dues(1_750_000_123_456), first);
    for (let tenth = 0; tenth < 10; tenth++) {
      const count = first.filter((due) => Math.floor(due / 1_000) === tenth).length;
      assert.ok(count >= 5 && count <= 50, `${count} of 200 in the ${tenth}th tenth`);
    }
  });

  it('neither drifts nor stops, and calls once a point where the wall clock lags', () => {
    const clock = createManualClock();
    const due: number[] = [];
    let lag = 0;
    const lagging = {
      ...clock,
      now: () => clock.now() - lag,
      monotonicMs: () => clock.monotonicMs(),
      after: clock.after.bind(clock),
    };
    const grid = new Grid(lagging, 1_000, 'x', () => due.push(lagging.now()));
    clock.advance(3_000);
    lag = 1;
    clock.advance(10_000);
    assert.equal(new Set(due.map((at) => Math.round(at / 1_000))).size, due.length);
    assert.ok(due.length >= 12, `${due.length} calls`);
    grid.stop();
    clock.advance(5_000);
    assert.equal(clock.pending, 0);
  });
});

describe('the scraper', () => {
  it('never scrapes a target twice at once, and counts what it left out', async (t) => {
    const ingest = new HeldIngest();
    const { url, requests } = await startTarget(t, text('a 1\n'));
    const { clock, scraper } = scraping(t, [jobOf([url])], { ingest });
    clock.advance(1_000);
    await until('the read', () => ingest.waiting.length === 1);
    clock.advance(3_000);
    await turn();
    assert.equal(requests.length, 1);
    assert.equal(scraper.status()[0]?.skipped, 3);
    ingest.waiting.shift()!();
    await until('its own samples', () => ingest.waiting.length === 1);
    ingest.waiting.shift()!();
    await until('the status', () => scraper.status()[0]?.up === true);
    await turn();
    clock.advance(1_000);
    await until('the next', () => requests.length === 2);
    await until('its read', () => ingest.waiting.length === 1);
    ingest.waiting.shift()!();
    await until('its own samples', () => ingest.waiting.length === 1);
    ingest.waiting.shift()!();
  });

  it('scrapes at most maxConcurrent at once; the others wait in line', async (t) => {
    const held: (() => void)[] = [];
    let most = 0;
    const { url } = await startTarget(t, (request, response) => {
      held.push(() => text('a 1\n')(request, response));
      most = Math.max(most, held.length);
      // Each two are answered together, and late enough for a third to be seen.
      if (held.length >= 2)
        void turn()
          .then(turn)
          .then(() => held.splice(0).forEach((release) => release()));
    });
    const targets = Array.from({ length: 20 }, (_, i) => new URL(`/${i}`, url).href);
    const { scrape, scraper } = scraping(t, [jobOf(targets)], { maxConcurrent: 2 });
    await scrape();
    assert.deepEqual(new Set(scraper.status().map(({ up }) => up)), new Set([true]));
    assert.equal(most, 2);
  });

  it('tells which series a target brings no more: left out, down, or without a time of their own', async (t) => {
    let body = 'a 1\nb 1\nc 1 1750000000000\n';
    const { url } = await startTarget(t, (request, response) => {
      if (body === '') response.writeHead(503).end();
      else text(body)(request, response);
    });
    const { scrape, ended, changed } = scraping(t, [jobOf([url])]);
    await scrape();
    await scrape();
    assert.deepEqual(ended, []);
    body = 'b 1\nd 1\n';
    await scrape();
    assert.deepEqual(ended, [['a']]);
    body = '';
    await scrape();
    assert.deepEqual(ended.at(-1), ['b', 'd']);
    await scrape();
    assert.equal(ended.length, 2, 'what has ended does not end again');
    body = 'b 1\n';
    await scrape();
    assert.deepEqual(
      changed.map(({ up }) => up),
      [true, false, true],
    );
  });

  it('keeps a target’s state while its job stays, and ends the series of one that goes', async (t) => {
    const { url } = await startTarget(t, text('a 1\n'));
    const other = new URL('/other', url).href;
    const { scrape, scraper, read, ended, clock } = scraping(t, [jobOf([url, other])]);
    await scrape();
    const before = scraper.status()[0];
    scraper.apply([jobOf([url], { maxSamples: 9 })]);
    await until('the end', () => ended.length === 1);
    assert.deepEqual(ended, [
      ['a', 'scrape_duration_seconds', 'scrape_samples_rejected', 'scrape_samples_scraped', 'up'],
    ]);
    assert.deepEqual(scraper.status(), [before]);
    const bodies = read().length;
    await scrape();
    assert.equal(read().at(-1)?.found.length, 0, 'its series are known');
    assert.equal(read().length, bodies + 1);
    assert.equal(clock.pending, 1);

    scraper.apply([jobOf([url], { tags: { team: 'x' } })]);
    assert.equal(ended.length, 2, 'tagged otherwise, they are other series');
    await scrape();
    assert.equal(read().at(-1)?.found.length, 1);

    scraper.apply([jobOf([url], { tags: { team: 'x' }, intervalMs: 100 })]);
    scraper.apply([]);
    assert.deepEqual(scraper.status(), []);
    await until('the end', () => ended.length === 3);
    assert.equal(clock.pending, 0);
  });

  it('ends the series of a target that goes while it is scraped, and takes nothing from it afterwards', async (t) => {
    const ingest = new HeldIngest();
    const { url } = await startTarget(t, text('a 1\n'));
    const { clock, scraper, ended } = scraping(t, [jobOf([url])], { ingest });
    clock.advance(1_000);
    await until('the read', () => ingest.waiting.length === 1);
    scraper.apply([]);
    await turn();
    assert.deepEqual(ended, []);
    ingest.waiting.shift()!();
    await until('the end', () => ended.length > 0);
    assert.deepEqual(ended, [['a']]);
    assert.equal(ingest.bodies.length, 1, 'it does not even say that it is up');
  });

  it('ends the series of a target that is tagged otherwise while its scrape waits in line', async (t) => {
    const silent = await startTarget(t, () => undefined);
    const { url } = await startTarget(t, text('a 1\n'));
    const { scrape, scraper, ended, clock } = scraping(t, [jobOf([url])], { maxConcurrent: 1 });
    await scrape();
    const other = jobOf([silent.url], { job: 'other' });
    scraper.apply([jobOf([url]), other]);
    // One of them is in the other's way by now, or will be.
    while (silent.requests.length === 0) {
      clock.advance(100);
      await turn();
    }
    clock.advance(999);
    scraper.apply([jobOf([url], { tags: { team: 'x' } }), other]);
    scraper.apply([jobOf([url], { tags: { team: 'x' } })]);
    await until('the end', () => ended.some((names) => names.includes('a')));
  });

  it('says nothing of a target where the fault is its own', async (t) => {
    const ingest = new HeldIngest();
    const { url } = await startTarget(t, text('a 1\n'));
    const { clock, scraper, errors, changed } = scraping(t, [jobOf([url])], { ingest });
    for (const failure of [new Error('A defect'), new WaooawError('unavailable')]) {
      ingest.failure = failure;
      clock.advance(1_000);
      await until('the read', () => ingest.waiting.length === 1);
      ingest.waiting.shift()!();
      await until('the error', () => errors.includes(failure));
      await turn();
    }
    assert.deepEqual([scraper.status()[0]?.up, changed.length], [undefined, 0]);
    ingest.failure = new WaooawError('bad_request', 'No');
    clock.advance(1_000);
    await until('the read', () => ingest.waiting.length === 1);
    ingest.waiting.shift()!();
    await until('the outcome', () => scraper.status()[0]?.up === false);
    assert.deepEqual(
      [scraper.status()[0]?.failure, scraper.status()[0]?.error],
      ['unreadable', 'bad_request: No'],
    );
    ingest.failure = undefined;
    await until('its own samples', () => ingest.waiting.length === 1);
    ingest.waiting.shift()!();
  });

  it('leaves neither a timer nor a connection when it closes, and ends no series', async (t) => {
    const silent = await startTarget(t, () => undefined);
    const good = await startTarget(t, text('a 1\n'));
    const { clock, scraper, ended, errors } = scraping(t, [jobOf([silent.url, good.url])], {
      maxConcurrent: 1,
    });
    clock.advance(1_000);
    await until('a request', () => silent.requests.length + good.requests.length > 0);
    await until('the silent one', () => silent.requests.length > 0);
    await scraper.close();
    await scraper.close();
    assert.equal(clock.pending, 0);
    for (const { server } of [silent, good]) {
      let open = 1;
      await until('no connection', () => {
        void connections(server).then((count) => (open = count));
        return open === 0;
      });
    }
    assert.deepEqual([ended, errors], [[], []]);
  });

  it('needs nobody to be told of anything', async (t) => {
    const { url } = await startTarget(t, text('a 1\n'));
    const clock = createManualClock();
    const ingest = new RecordingIngest();
    const scraper = createScraper({
      clock,
      ingest,
      jobs: [jobOf([url])],
      formats: [],
      onError: assert.ifError,
    });
    t.after(() => scraper.close());
    clock.advance(1_000);
    await until('a scrape', () => scraper.status()[0]?.failure === 'content_type');
    scraper.apply([]);
  });

  it('feeds the aggregator: a target’s own tags are renamed, and its counters count from then on', async (t) => {
    let count = 5;
    const { url } = await startTarget(t, (request, response) => {
      text(`# TYPE jobs_total counter\njobs_total{instance="own"} ${count}\n`)(request, response);
    });
    const clock = createManualClock();
    const metrics = createMetrics({ clock, publisher: new FakePublisher() });
    const { scraper } = scraping(t, [jobOf([url])], { clock, ingest: metrics });
    const scraped = async (): Promise<void> => {
      const before = scraper.status()[0]?.lastAt;
      clock.advance(1_000);
      await until('a scrape', () => scraper.status()[0]?.lastAt !== before);
      await turn();
    };
    await scraped();
    count = 12;
    await scraped();
    const tags = `instance="${new URL(url).host}",job="test"`;
    const { buckets } = metrics.window(`jobs_total{exported_instance="own",${tags}}`, 60_000);
    assert.equal(
      buckets.reduce((sum, bucket) => sum + bucket.sum, 0),
      7,
    );
    assert.equal(metrics.window(`up{${tags}}`, 60_000).buckets.at(-1)?.last, 1);
  });
});
