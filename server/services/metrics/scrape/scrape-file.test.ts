import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { coded } from '../../../testing/harness.ts';
import { instanceOf, targetUrl } from './job.ts';
import { readScrapeFile } from './scrape-file.ts';

const FILE = 'conf/scrape.yaml';

/** The mistakes of a file, a line each. */
function mistakes(content: string): string[] {
  try {
    readScrapeFile(content, FILE);
  } catch (error) {
    assert.ok(error instanceof WaooawError, String(error));
    assert.equal(error.code, 'bad_config');
    return error.message.split('\n');
  }
  return [];
}

describe('a scrape file', () => {
  it('of one job needs a name and an address', () => {
    const jobs = readScrapeFile('scrape:\n  - job: node\n    targets: [http://localhost:9100]\n', FILE);
    assert.deepEqual(jobs, [
      {
        job: 'node',
        targets: ['http://localhost:9100'],
        intervalMs: 15_000,
        timeoutMs: 10_000,
        maxBytes: 10_485_760,
        maxSamples: 50_000,
        tags: {},
        honorTags: false,
        headers: {},
        bearerTokenFile: undefined,
        basicAuth: undefined,
      },
    ]);
  });

  it('may be JSON, and may say everything; files are sought from its folder', () => {
    const job = {
      job: 'all',
      targets: ['https://a.example/x?y=1'],
      intervalMs: 5_000,
      timeoutMs: 4_000,
      maxBytes: 2_048,
      maxSamples: 7,
      tags: { environment: 'prod' },
      honorTags: true,
      headers: { 'X-Team': 'ops' },
    };
    const basicAuth = { user: 'ana', passwordFile: '/run/secrets/p' };
    const file = {
      scrape: [
        { ...job, bearerTokenFile: 'secrets/token' },
        { ...job, job: 'other', basicAuth },
      ],
    };
    assert.deepEqual(readScrapeFile(JSON.stringify(file), FILE), [
      { ...job, bearerTokenFile: resolve('conf/secrets/token'), basicAuth: undefined },
      { ...job, job: 'other', bearerTokenFile: undefined, basicAuth },
    ]);
  });

  it('may hold no job at all; a timeout is never longer than its interval', () => {
    assert.deepEqual(readScrapeFile('scrape: []', FILE), []);
    const [job] = readScrapeFile('scrape: [{ job: a, targets: ["http://a"], intervalMs: 2000 }]', FILE);
    assert.equal(job?.timeoutMs, 2_000);
  });

  it('is refused with the line and the field of each mistake', () => {
    const content = `scrape:
  - job: node
    targets:
      - http://a
      - ftp://b
      - nonsense
    intervalMs: 50
    timeoutMs: 60000
    tags:
      __name__: x
      job: y
      ok: 1
    headers:
      Authorization: Bearer hidden
      Host: a
      "bad name": a
      x-newline: "a\\nb"
    every: 5s
  - job: node
    targets: []
`;
    assert.deepEqual(mistakes(content), [
      `${FILE}:5: scrape[0].targets[1]: expected http:// or https://`,
      `${FILE}:6: scrape[0].targets[2]: expected an address such as http://host:9100/metrics`,
      `${FILE}:7: scrape[0].intervalMs: expected at least 100`,
      `${FILE}:12: scrape[0].tags.ok: expected a text`,
      `${FILE}:14: scrape[0].headers.Authorization: is secret; set bearerTokenFile or basicAuth`,
      `${FILE}:15: scrape[0].headers.Host: is set by the scrape itself`,
      `${FILE}:16: scrape[0].headers.bad name: is not a header name`,
      `${FILE}:17: scrape[0].headers.x-newline: holds a character that a header may not`,
      `${FILE}:18: scrape[0].every: is no setting of this`,
      `${FILE}:20: scrape[1].targets: expected at least one address`,
    ]);
  });

  it('is refused where its parts do not go together', () => {
    const content = `scrape:
  - job: a
    targets: [http://x/metrics, http://x]
    intervalMs: 1000
    timeoutMs: 2000
    bearerTokenFile: t
    basicAuth: { user: u, passwordFile: p }
    tags: { instance: i, "0": x }
`;
    assert.deepEqual(mistakes(content).slice(0, 2), [
      `${FILE}:8: scrape[0].tags.0: is not a tag name`,
      `${FILE}:8: scrape[0].tags.instance: is set by the scrape itself`,
    ]);
    assert.deepEqual(mistakes(content.replace(/ {4}tags.*\n/, '')), [
      `${FILE}:5: scrape[0].timeoutMs: expected at most intervalMs, which is 1000`,
      `${FILE}:7: scrape[0].basicAuth: expected one of bearerTokenFile and basicAuth`,
      `${FILE}:3: scrape[0].targets[1]: is there twice`,
    ]);
    assert.deepEqual(
      mistakes('scrape:\n- {job: a, targets: [http://x]}\n- {job: a, targets: [http://x]}\n'),
      [`${FILE}:3: scrape[1].job: is there twice`],
    );
  });

  it('never repeats what may be a password', () => {
    for (const address of [
      'http://ana:hidden@host/metrics',
      'http://hidden@host',
      'http://host/#hidden',
      'hidden:pass',
    ]) {
      const [said = ''] = mistakes(`scrape: [{ job: a, targets: ["${address}"] }]`);
      assert.match(said, /^conf\/scrape\.yaml:1: scrape\[0\]\.targets\[0\]: /);
      assert.ok(!said.includes('hidden'), said);
    }
  });

  it('is refused where it is no YAML, no object, or grows without bound', () => {
    assert.match(mistakes('scrape:\n  - job: [a\n')[0]!, /^conf\/scrape\.yaml:\d: /);
    assert.match(mistakes('scrape: []\nscrape: []\n')[0]!, /^conf\/scrape\.yaml:2: .*unique/);
    assert.deepEqual(mistakes('')[0]?.startsWith(`${FILE}:1: the file: `), true);
    assert.match(mistakes('- a')[0]!, /^conf\/scrape\.yaml:1: the file: /);
    assert.match(mistakes('scrape: nothing')[0]!, /:1: scrape: expected a list of jobs$/);
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]`),
    ];
    assert.throws(() => readScrapeFile(bomb.join('\n'), FILE), coded('bad_config', FILE, 'alias'));
  });

  it('names no more than ten mistakes, and how many more there are', () => {
    const jobs = Array.from({ length: 14 }, (_, i) => `  - { job: j${i}, targets: [] }`).join('\n');
    const said = mistakes(`scrape:\n${jobs}\n`);
    assert.equal(said.length, 11);
    assert.equal(said.at(-1), '… and 4 more');
  });
});

describe('a target', () => {
  it('without a path is asked for /metrics, and is named by host, port and any other path', () => {
    const cases = [
      ['http://host', 'http://host/metrics', 'host:80'],
      ['https://host/', 'https://host/metrics', 'host:443'],
      ['http://host:9100/metrics', 'http://host:9100/metrics', 'host:9100'],
      ['http://host:9100/probe?target=a', 'http://host:9100/probe?target=a', 'host:9100/probe?target=a'],
      ['http://[::1]:9100', 'http://[::1]:9100/metrics', '[::1]:9100'],
    ] as const;
    for (const [target, href, instance] of cases) {
      const url = targetUrl(target);
      assert.deepEqual([url.href, instanceOf(url)], [href, instance]);
    }
  });
});
