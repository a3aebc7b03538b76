import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import { readChecksFile } from './checks-file.ts';
import { CHECK_DEFAULTS } from './settings.ts';

async function fileOf(text: string, others: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(others)) await writeFile(join(folder, name), content);
  const path = join(folder, 'checks.yaml');
  await writeFile(path, text);
  return path;
}

const TCP = 'probe: { kind: tcp, host: db.example, port: 5432 }';

/** A file of one check that says more. */
const check = (...more: string[]): string =>
  ['checks:', '  - check: db', `    ${TCP}`, ...more.map((line) => `    ${line}`), ''].join('\n');

/** A file of one window. */
const window = (...more: string[]): string =>
  ['maintenance:', '  - id: patching', ...more.map((line) => `    ${line}`), ''].join('\n');

describe('the file of checks', () => {
  it('fills in what a check does not say', async () => {
    const { checks, windows } = await readChecksFile(await fileOf(check()));
    const [{ probe, ...rest }] = checks as [(typeof checks)[0]];
    assert.deepEqual(rest, { check: 'db', tags: {}, dependsOn: [], ...CHECK_DEFAULTS });
    assert.deepEqual(probe, { kind: 'tcp', host: 'db.example', port: 5432, maxBytes: 65_536 });
    assert.deepEqual(windows, []);
  });

  it('may be JSON, or say nothing', async () => {
    const probe = { kind: 'heartbeat', everyMs: 60_000 };
    const json = await readChecksFile(await fileOf(JSON.stringify({ checks: [{ check: 'a', probe }] })));
    assert.equal(json.checks[0]?.check, 'a');
    for (const text of ['', '# nothing yet\n', '{}']) {
      const { checks, windows } = await readChecksFile(await fileOf(text));
      assert.deepEqual([checks, windows], [[], []]);
    }
  });

  it('says once what holds for every check that says nothing else', async () => {
    const text = `defaults: { intervalMs: 5000, failureThreshold: 2, degradedAfterMs: 300 }\n${check('failureThreshold: 7')}`;
    const { checks } = await readChecksFile(await fileOf(text));
    const [{ intervalMs, failureThreshold, degradedAfterMs, successThreshold }] = checks as [
      (typeof checks)[0],
    ];
    assert.deepEqual([intervalMs, failureThreshold, degradedAfterMs, successThreshold], [5_000, 7, 300, 1]);
  });

  it('takes secrets from files beside it, and remembers which files it was made of', async () => {
    const text = `checks:
  - check: api
    probe:
      kind: http
      url: https://api.example/health
      headerFiles: { authorization: api.token }
    remediation:
      action: { kind: webhook, url: "https://ops.example/mend", secretFile: hook.secret }
  - check: worker
    probe: { kind: exec, command: [/bin/true] }
    remediation:
      action: { kind: exec, command: [/bin/true, now], env: { A: b } }
      maxAttempts: 1
  - check: cache
    ${TCP}
    remediation:
      action: { kind: webhook, url: "https://ops.example/mend" }
      cooldownMs: 1000
  - check: agent
    ${TCP}
    remediation: { action: { kind: restart-agent, agent: mail-7 }, timeoutMs: 60000 }
`;
    const path = await fileOf(text, { 'api.token': ' Bearer hush\n', 'hook.secret': 's3cret\n' });
    const { checks, files, path: said } = await readChecksFile(path);
    const [api, worker, cache, agent] = checks;
    assert.equal(api?.probe.kind === 'http' && api.probe.secretHeaders['authorization'], 'Bearer hush');
    assert.ok(api && !('headerFiles' in api.probe));
    const rest = { cooldownMs: 300_000, maxAttempts: 3, timeoutMs: 30_000 };
    const url = 'https://ops.example/mend';
    assert.deepEqual(api.remediation, { ...rest, action: { kind: 'webhook', url, secret: 's3cret' } });
    assert.deepEqual(worker?.remediation, {
      ...rest,
      maxAttempts: 1,
      action: { kind: 'exec', command: ['/bin/true', 'now'], env: { A: 'b' } },
    });
    assert.deepEqual(cache?.remediation, { ...rest, cooldownMs: 1_000, action: { kind: 'webhook', url } });
    assert.deepEqual(agent?.remediation, {
      ...rest,
      timeoutMs: 60_000,
      action: { kind: 'restart-agent', agent: 'mail-7' },
    });
    assert.equal(said, path);
    const beside = (name: string): string => join(path, '..', name);
    assert.deepEqual([...files.keys()], [path, beside('api.token'), beside('hook.secret')]);
  });

  it('has windows with times that people can read', async () => {
    const text = `${window(
      'reason: Moving house',
      'tags: { service: payments }',
      'startsAt: 2026-11-30T22:00:00+01:00',
      'endsAt: 1796080000000',
    )}  - id: nightly
    reason: Backup
    checks: [db]
    recurs: { cron: 0 3 * * 0, durationMs: 3600000, timeZone: Europe/Berlin }
`;
    const { windows } = await readChecksFile(await fileOf(text));
    assert.deepEqual(windows, [
      {
        id: 'patching',
        reason: 'Moving house',
        checks: [],
        tags: { service: 'payments' },
        startsAt: Date.UTC(2026, 10, 30, 21),
        endsAt: 1_796_080_000_000,
      },
      {
        id: 'nightly',
        reason: 'Backup',
        checks: ['db'],
        tags: {},
        recurs: { cron: '0 3 * * 0', durationMs: 3_600_000, timeZone: 'Europe/Berlin' },
      },
    ]);
  });

  const http = (...more: string[]): string =>
    [
      'checks:',
      '  - check: api',
      '    probe:',
      '      kind: http',
      '      url: https://api.example/',
      ...more.map((line) => `      ${line}`),
      '',
    ].join('\n');

  for (const [title, text, ...words] of [
    ['no YAML', 'checks:\n  - check: "a\n', ':3: '],
    ['a list', '- 1\n', ':1: the file: '],
    ['no list of checks', 'checks: {}\n', ':1: checks: expected a list of checks'],
    ['a field that is none', check('every: 5s'), ':4: checks[0].every: is no setting of this'],
    ['a field of the wrong kind', check('intervalMs: 5s'), ':4: checks[0].intervalMs: expected'],
    ['an interval that is too short', check('intervalMs: 999'), ':4: checks[0].intervalMs: ', '1000'],
    ['no timeout', check('timeoutMs: 0'), ':4: checks[0].timeoutMs: ', '10'],
    ['no threshold', check('failureThreshold: 0'), ':4: checks[0].failureThreshold: expected at least 1'],
    [
      'a flapping that stops before it starts',
      check('flapStopPercent: 40'),
      ':4: checks[0].flapStopPercent: ',
      '30',
    ],
    ['an id that is none', 'checks:\n  - { check: A B, probe: {} }\n', ':2: checks[0].check: ', 'kebab'],
    ['an id that stands for something else', check().replace('db', 'incidents'), ':2: checks[0].check: '],
    ['a tag that is none', check('tags: { "a b": c }'), ':4: checks[0].tags'],
    [
      'too many tags',
      check(`tags: { ${Array.from({ length: 33 }, (_, i) => `t${i}: x`).join(', ')} }`),
      ':4: checks[0].tags: expected at most 32 tags',
    ],
    ['an id that is used twice', `${check()}  - check: db\n    ${TCP}\n`, ':4: checks[1].check: used twice'],
    ['a dependency without a check', check('dependsOn:', '  - critical: no'), ':5: checks[0].dependsOn[0].'],
    ['no way to look', 'checks:\n  - check: db\n', ':2: checks[0].probe: '],
    [
      'a way to look that is none',
      'checks:\n  - check: db\n    probe:\n      kind: guess\n',
      ':4: checks[0].probe.kind: ',
    ],
    ['a bad default', 'defaults: { intervalMs: 1 }\nchecks: []\n', ':1: defaults.intervalMs: '],
    ['a default that no check could share', 'defaults: { check: a }\n', ':1: defaults.check: '],
    ['a secret in the file', http('headers: { authorization: x }'), ':6: checks[0].probe.headers.'],
    [
      'a secret that is not there',
      http('headerFiles:', '  authorization: nowhere'),
      ':7: checks[0].probe.headerFiles.authorization: ',
      'ENOENT',
    ],
    ['a pattern that is none', http('expect:', '  matches: "("'), ':7: checks[0].probe.expect.matches: '],
    [
      'a command that is no list',
      check('remediation:', '  action: { kind: exec, command: rm }'),
      ':5: checks[0].remediation.action.command: expected a list',
    ],
    [
      'a command that would be sought',
      check('remediation:', '  action: { kind: exec, command: [rm] }'),
      ':5: checks[0].remediation.action.command[0]: expected an absolute path',
    ],
    [
      'a webhook that is no address',
      check('remediation:', '  action: { kind: webhook, url: "ftp://x" }'),
      ':5: checks[0].remediation.action.url: ',
    ],
    ['a window that names nothing', window('reason: x', 'endsAt: 5'), ':2: maintenance[0].checks: expected'],
    ['a window without an end', window('reason: x', 'checks: [db]'), ':2: maintenance[0].endsAt: '],
    [
      'a window that ends before it begins',
      window('reason: x', 'checks: [db]', 'startsAt: 9', 'endsAt: 9'),
      ':6: maintenance[0].endsAt: ',
    ],
    [
      'a time without its offset',
      window('reason: x', 'checks: [db]', 'endsAt: 2026-11-30T22:00:00'),
      ':5: maintenance[0].endsAt: expected a time with its offset',
    ],
    [
      'a time zone that is none',
      window(
        'reason: x',
        'checks: [db]',
        'recurs:',
        '  { cron: 0 3 * * *, durationMs: 60000, timeZone: Mars }',
      ),
      ':6: maintenance[0].recurs.timeZone: ',
    ],
    [
      'a recurrence that is none',
      window('reason: x', 'checks: [db]', 'recurs:', '  { cron: at night, durationMs: 60000 }'),
      ':5: maintenance[0].recurs: ',
      'cron',
    ],
    [
      'a window that is named twice',
      window('reason: x', 'checks: [db]', 'endsAt: 5').replace(/( {2}- [\s\S]*)/, '$1$1'),
      ':6: maintenance[1].id: used twice',
    ],
  ] as const) {
    it(`is refused with file, line and field: ${title}`, async () => {
      const path = await fileOf(text);
      await assert.rejects(readChecksFile(path), (error: Error) => {
        const [first = ''] = words;
        assert.ok(
          coded('bad_config', `${path}${first}`, ...words.slice(1))(error),
          `expected ${words.join(' and ')} in: ${error.message}`,
        );
        return true;
      });
    });
  }

  it('is refused where a secret is empty or no header could carry it, without repeating it', async () => {
    const text = http('headerFiles:', '  authorization: token');
    await assert.rejects(
      readChecksFile(await fileOf(text, { token: ' \n' })),
      coded('bad_config', ':7: checks[0].probe.headerFiles.authorization: the file is empty'),
    );
    await assert.rejects(readChecksFile(await fileOf(text, { token: 'hush\nx: y' })), (error: Error) => {
      assert.ok(coded('bad_config', ':7: checks[0].probe.headerFiles.authorization: ')(error), error.message);
      return !error.message.includes('hush');
    });
  });
});
