import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { turn } from '../../../testing/event-loop.ts';
import { temporaryFolder } from '../../../testing/harness.ts';
import { jobOf, scraping, startTarget, text, until } from '../../../testing/scraping.ts';

const EXPOSITION = '# TYPE a gauge\na{b="c"} 1.5\n# TYPE jobs_total counter\njobs_total 3\n';

describe('a scrape', () => {
  it('brings what the target exposes, tagged with its job and instance, and says so', async (t) => {
    const { url, requests } = await startTarget(t, text(EXPOSITION));
    const job = jobOf([url], { tags: { environment: 'prod' }, headers: { 'x-team': 'ops' } });
    const { scrape, read, ingest, changed, errors } = scraping(t, [job]);
    const status = await scrape();

    const [body] = read();
    assert.deepEqual(
      body?.written.map(({ name, value }) => [name, value]),
      [
        ['a', 1.5],
        ['jobs_total', 3],
      ],
    );
    const instance = new URL(url).host;
    assert.deepEqual(ingest.bodies[0]?.source, {
      name: 'scrape:test',
      tags: { environment: 'prod', job: 'test', instance },
      prefer: 'source',
    });
    const own = ingest.bodies[1]!;
    assert.deepEqual(own.source, ingest.bodies[0]?.source);
    assert.deepEqual(
      own.intake.written.map(({ name, kind, value }) => [
        name,
        kind,
        name === 'scrape_duration_seconds' ? 0 : value,
      ]),
      [
        ['up', 'gauge', 1],
        ['scrape_duration_seconds', 'gauge', 0],
        ['scrape_samples_scraped', 'gauge', 2],
        ['scrape_samples_rejected', 'gauge', 0],
      ],
    );
    const { lastAt, tookMs, ...rest } = status;
    assert.ok(lastAt !== undefined && tookMs !== undefined);
    assert.deepEqual(rest, {
      job: 'test',
      target: url,
      instance,
      up: true,
      samples: 2,
      rejected: 0,
      skipped: 0,
      failure: undefined,
      error: undefined,
    });
    assert.deepEqual(
      changed.map(({ up }) => up),
      [true],
    );
    assert.deepEqual(errors, []);
    const { headers } = requests[0]!;
    assert.match(headers.accept!, /^application\/openmetrics-text;version=1\.0\.0,/);
    assert.deepEqual(
      [headers['x-team'], headers['x-prometheus-scrape-timeout-seconds'], headers.authorization],
      ['ops', '1', undefined],
    );
  });

  it('knows the target’s series again, over a connection that is kept', async (t) => {
    const { url, requests } = await startTarget(t, text(EXPOSITION));
    const { scrape, read } = scraping(t, [jobOf([url])]);
    await scrape();
    await scrape();
    assert.deepEqual(
      read().map(({ found }) => found.length),
      [2, 0],
    );
    assert.equal(requests[0]?.socket, requests[1]?.socket);
  });

  it('reads OpenMetrics, gzip, and an answer that does not say what it is', async (t) => {
    const { url } = await startTarget(t, (request, response) => {
      assert.equal(request.headers['accept-encoding'], 'gzip');
      if (request.url === '/unsaid') return void response.end('a 1\n');
      response.writeHead(200, {
        'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8',
        'content-encoding': 'gzip',
      });
      response.end(gzipSync('# TYPE a gauge\na 1\n# EOF\n'));
    });
    const { scrape, scraper } = scraping(t, [jobOf([url, new URL('/unsaid', url).href])]);
    await scrape();
    assert.deepEqual(
      scraper.status().map(({ up, samples }) => [up, samples]),
      [
        [true, 1],
        [true, 1],
      ],
    );
    assert.match(scraper.status()[1]!.instance, /^127\.0\.0\.1:\d+\/unsaid$/);
  });

  it('leaves a series its own tags where the job honours them, and counts what was not taken', async (t) => {
    const { url } = await startTarget(t, text('a 1\nb nonsense\n'));
    const { scrape, ingest, ups } = scraping(t, [jobOf([url], { honorTags: true })]);
    const { up, samples, rejected } = await scrape();
    assert.equal(ingest.bodies[0]?.source.prefer, 'series');
    assert.deepEqual([up, samples, rejected], [true, 2, 1]);
    assert.equal(ups()[0]?.intake.of('scrape_samples_rejected')[0]?.value, 1);
  });

  it('sends credentials from files, read anew each time, and never says them', async (t) => {
    const folder = temporaryFolder();
    const [bearerTokenFile, passwordFile] = [join(folder, 'token'), join(folder, 'password')];
    await writeFile(bearerTokenFile, 'first\n');
    await writeFile(passwordFile, 'pass word:1\n');
    const { url, requests } = await startTarget(t, text('a 1\n'));
    const bearer = jobOf([url], { bearerTokenFile });
    const basic = jobOf([url], { job: 'basic', basicAuth: { user: 'ana', passwordFile } });
    const { scrape, scraper } = scraping(t, [bearer, basic]);
    const sent = () =>
      requests
        .splice(0)
        .map(({ headers }) => headers.authorization)
        .sort();
    await scrape();
    const encoded = Buffer.from('ana:pass word:1').toString('base64');
    assert.deepEqual(sent(), [`Basic ${encoded}`, 'Bearer first']);
    await writeFile(bearerTokenFile, 'second');
    await scrape();
    assert.deepEqual(sent(), [`Basic ${encoded}`, 'Bearer second']);

    await writeFile(bearerTokenFile, 'hidden\nlines\n');
    const status = await scrape();
    assert.equal(status.failure, 'secret');
    assert.ok(status.error?.includes(bearerTokenFile) && !status.error.includes('hidden'));
    const missing = { ...bearer, bearerTokenFile: join(folder, 'none') };
    scraper.apply([missing]);
    assert.match((await scrape()).error!, /none cannot be read: ENOENT$/);
  });

  it('asks once more where a kept connection was closed just then', async (t) => {
    const asked = new Map<object, number>();
    const { url, requests } = await startTarget(t, (request, response) => {
      const times = (asked.get(request.socket) ?? 0) + 1;
      asked.set(request.socket, times);
      if (times > 1) request.socket.resetAndDestroy();
      else text('a 1\n')(request, response);
    });
    const { scrape } = scraping(t, [jobOf([url])]);
    assert.equal((await scrape()).up, true);
    assert.equal((await scrape()).up, true);
    assert.equal(requests.length, 3);
  });
});

describe('a scrape that fails', () => {
  /** Scrapes a target once. */
  const failure = async (
    t: Parameters<typeof startTarget>[0],
    answer: Parameters<typeof startTarget>[1],
    more = {},
  ) => {
    const { url } = await startTarget(t, answer);
    const rig = scraping(t, [jobOf([url], more)]);
    const status = await rig.scrape();
    assert.deepEqual([status.up, rig.ups()[0]?.intake.of('up')[0]?.value, rig.read().length], [false, 0, 0]);
    assert.deepEqual(rig.errors, []);
    assert.deepEqual(
      rig.changed.map(({ up }) => up),
      [false],
    );
    return status;
  };

  it('by its status says which', async (t) => {
    const { failure: kind, error } = await failure(
      t,
      (_request, response) => void response.writeHead(500).end('secret detail'),
    );
    assert.deepEqual([kind, error], ['status', 'The answer is 500']);
  });

  it('by a redirect does not follow it', async (t) => {
    const other = await startTarget(t, text('a 1\n'));
    const { failure: kind } = await failure(
      t,
      (_request, response) => void response.writeHead(302, { location: other.url }).end(),
    );
    assert.equal(kind, 'redirect');
    assert.equal(other.requests.length, 0);
  });

  it('by its type says which', async (t) => {
    const { failure: kind, error } = await failure(t, text('<html>', 'text/html; charset=utf-8'));
    assert.deepEqual([kind, error], ['content_type', 'The answer is "text/html", which holds no metrics']);
  });

  it('by its size is given up at once: said, sent or decompressed', async (t) => {
    const maxBytes = 100_000;
    let sent = 0;
    const flood = (response: Parameters<Parameters<typeof startTarget>[1]>[1]): void => {
      while (!response.destroyed && response.write('a'.repeat(65_536))) sent += 65_536;
      if (!response.destroyed) response.once('drain', () => flood(response));
    };
    for (const answer of [
      (_request, response) => void response.writeHead(200, { 'content-length': 1e9 }).write('a 1\n'),
      (_request, response) => flood(response),
      (_request, response) =>
        void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))),
    ] satisfies Parameters<typeof startTarget>[1][]) {
      assert.equal((await failure(t, answer, { maxBytes })).failure, 'too_large');
    }
    assert.ok(sent < 50_000_000, `${sent} bytes sent`);
  });

  it('by its compression says that it is damaged or unknown', async (t) => {
    const whole = gzipSync('a 1\n'.repeat(1_000));
    for (const [encoding, body] of [
      ['gzip', whole.subarray(0, -20)],
      ['gzip', 'no gzip'],
      ['br', 'x'],
    ] as const) {
      const { failure: kind } = await failure(
        t,
        (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body),
      );
      assert.equal(kind, 'encoding');
    }
  });

  it('by too many samples takes none of them', async (t) => {
    const { failure: kind } = await failure(t, text('# HELP a\n\na 1\nb 2\nc 3'), { maxSamples: 2 });
    assert.equal(kind, 'too_many_samples');
    const { url } = await startTarget(t, text('# HELP a Long enough to be counted\n\r\na 1\nb 2\n'));
    assert.equal((await scraping(t, [jobOf([url], { maxSamples: 2 })]).scrape()).samples, 2);
  });

  it('by a connection that breaks says when: before the answer, in it, or that there was none', async (t) => {
    const before = await failure(t, ({ socket }) => void socket.resetAndDestroy());
    assert.equal(before.failure, 'unreachable');
    const within = await failure(t, ({ socket }, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('a 1\n', () => socket.destroy());
    });
    assert.equal(within.failure, 'cut');
    const chunked = await failure(
      t,
      ({ socket }, response) => void response.write('a 1\n', () => socket.resetAndDestroy()),
    );
    assert.equal(chunked.failure, 'cut');

    const { server, url } = await startTarget(t, text(''));
    await promisify(server.close.bind(server))();
    const { failure: kind, error } = await scraping(t, [jobOf([url])]).scrape();
    assert.equal(kind, 'unreachable');
    assert.match(error!, /ECONNREFUSED/);
  });

  it('by a protocol that changes is not waited for', async (t) => {
    const { failure: kind } = await failure(t, (_request, response) => {
      response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end();
    });
    assert.equal(kind, 'unreachable');
  });

  it('by time covers the whole of it: the wait for an answer, and a drip that never ends', async (t) => {
    for (const drips of [false, true]) {
      const { url, requests } = await startTarget(t, (_request, response) => {
        if (drips) response.writeHead(200, { 'content-type': 'text/plain' }).write('a 1\n');
      });
      const { scraper, clock, errors, ups } = scraping(t, [jobOf([url], { timeoutMs: 500 })]);
      // The grid's timer, and that of the scrape once it began.
      while (clock.pending < 2) clock.advance(1);
      await until('the request', () => requests.length > 0);
      clock.advance(499);
      for (let turns = 0; turns < 10; turns++) await turn();
      assert.deepEqual([scraper.status()[0]?.up, requests[0]?.socket.destroyed], [undefined, false]);
      clock.advance(1);
      await until('the end', () => ups().length > 0);
      const [status] = scraper.status();
      assert.deepEqual([status?.failure, status?.up, status?.tookMs], ['timeout', false, 500]);
      await until('the connection’s end', () => requests[0]!.socket.destroyed);
      assert.deepEqual(errors, []);
    }
  });

  it('by its format is one of which no line holds a sample', async (t) => {
    const { url } = await startTarget(t, text('All is well.\nReally.\n'));
    const { scrape, ups } = scraping(t, [jobOf([url])]);
    const { failure: kind, error } = await scrape();
    assert.equal(kind, 'unreadable');
    assert.match(error!, /^line 1: /);
    assert.equal(ups()[0]?.intake.of('up')[0]?.value, 0);
  });

  it('leaves the others alone', async (t) => {
    const bad = await startTarget(t, (_request, response) => void response.writeHead(500).end());
    const good = await startTarget(t, text('a 1\n'));
    const { scrape, scraper } = scraping(t, [jobOf([bad.url, good.url])]);
    await scrape();
    assert.deepEqual(
      scraper.status().map(({ up }) => up),
      [false, true],
    );
  });
});
