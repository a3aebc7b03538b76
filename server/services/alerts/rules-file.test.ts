import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { alerting } from '../../testing/alerting.ts';
import { coded, temporaryFolder } from '../../testing/harness.ts';
import { readAlertsFile } from './rules-file.ts';

async function fileOf(text: string, name = 'alerts.yaml'): Promise<string> {
  const path = join(temporaryFolder(), name);
  await writeFile(path, text);
  return path;
}

const GOOD = `# Who is told
receivers:
  - name: pager
    url: https://pager.example/hook
    secretFile: pager.secret
rules:
  - name: busy
    query: { metric: 'cpu_ratio{env="prod"}', by: [agent], aggregation: avg }
    condition: { op: '>', value: 0.9, clearValue: 0.8 }
    forMs: 300000
    annotations:
      summary: '{{label.agent}} is at {{value}}'
`;

describe('the file of rules and receivers', () => {
  it('is YAML, with defaults filled in and secrets read from their own files', async () => {
    const path = await fileOf(GOOD);
    await writeFile(join(path, '../pager.secret'), ' s3cret\n');
    const { rules, receivers } = await readAlertsFile(path);
    assert.deepEqual(receivers, [
      {
        name: 'pager',
        url: 'https://pager.example/hook',
        secret: 's3cret',
        sendResolved: true,
        groupBy: ['alertname'],
        groupWaitMs: 10_000,
        repeatMs: 14_400_000,
        minSeverity: 'degraded',
      },
    ]);
    const [{ query, ...rule }] = rules as [(typeof rules)[0]];
    assert.deepEqual(query, {
      metric: 'cpu_ratio{env="prod"}',
      by: ['agent'],
      aggregation: 'avg',
      windowMs: 300_000,
    });
    assert.deepEqual(
      [rule.noData, rule.noDataAfterMs, rule.keepFiringForMs, rule.evaluateMs, rule.severity, rule.enabled],
      ['alert', 120_000, 0, 15_000, 'critical', true],
    );
  });

  it('may be JSON, or say nothing', async () => {
    const rule = { name: 'a', query: { metric: 'x' }, condition: { op: '<', value: 1 } };
    const json = await readAlertsFile(await fileOf(JSON.stringify({ rules: [rule] }), 'alerts.json'));
    assert.equal(json.rules[0]?.name, 'a');
    for (const text of ['', '# nothing yet\n', '{}']) {
      assert.deepEqual(await readAlertsFile(await fileOf(text)), { rules: [], receivers: [] });
    }
  });

  const rule = (more: string): string =>
    `rules:\n  - name: busy\n    query: { metric: x }\n    condition: { op: '>', value: 1 }\n${more}`;

  for (const [title, text, ...words] of [
    ['no YAML', 'rules:\n  - name: "busy\n', ':3: '],
    ['a key that is used twice', 'rules: []\nreceivers: []\nrules: []\n', ':3: '],
    ['another shape', 'rules:\n  name: busy\n', ':1: rules: '],
    ['a list', '- 1\n', ':1: '],
    ['a field of the wrong kind', rule('    forMs: soon\n'), ':5: rules[0].forMs: '],
    ['a field that is none', rule('    for: 5m\n'), ':5: rules[0].for: '],
    [
      'a field that is missing',
      'rules:\n  - name: busy\n    query: { metric: x }\n',
      ':2: rules[0].condition: ',
    ],
    [
      'a nested field',
      'rules:\n  - name: busy\n    query: { metric: x }\n    condition:\n      op: "=="\n      value: 1\n',
      ':5: rules[0].condition.op: ',
    ],
    [
      'a selector that is none',
      "rules:\n  - name: busy\n    condition: { op: '>', value: 1 }\n    query:\n      metric: 'x{'\n",
      ':5: rules[0].query.metric: ',
      'character 2',
    ],
    [
      'a window of one step',
      "rules:\n  - name: busy\n    condition: { op: '>', value: 1 }\n    query: { metric: x, windowMs: 60000,\n      stepMs: 60000 }\n",
      ':4: rules[0].query.windowMs: ',
      'two steps',
    ],
    [
      'a clear value on the bad side',
      "rules:\n  - name: busy\n    query: { metric: x }\n    condition:\n      { op: '>', value: 1, clearValue: 2 }\n",
      ':5: rules[0].condition.clearValue: ',
    ],
    [
      'a placeholder that is none',
      rule("    annotations:\n      summary: 'at {{ .Value }}'\n"),
      ':6: rules[0].annotations.summary: ',
      '{{value}}',
    ],
    ['a label that is ours', rule('    labels: { alertname: x }\n'), ':5: rules[0].labels: '],
    ['a name that is none', rule('').replace('busy', 'a/b'), ':2: rules[0].name: '],
    ['a name that is used twice', rule(rule('').replace('rules:\n', '')), ':5: rules[1].name: used twice'],
    [
      'an address that is none',
      'receivers:\n  - name: a\n    url: ftp://x.example/\n',
      ':3: receivers[0].url: ',
    ],
    [
      'a receiver that is named twice',
      'receivers:\n  - { name: a, url: "http://x.example/" }\n  - { name: a, url: "http://y.example/" }\n',
      ':3: receivers[1].name: ',
    ],
    [
      'a secret that is not there',
      'receivers:\n  - name: a\n    url: http://x.example/\n    secretFile: nowhere\n',
      ':4: receivers[0].secretFile: ',
      'ENOENT',
    ],
    [
      'aliases that unfold without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e'].map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcd'[i]}`).join()}]`).join('\n')}\n`,
      ':1: ',
    ],
  ] as const) {
    it(`is refused with file, line and field: ${title}`, async () => {
      const path = await fileOf(text);
      await assert.rejects(readAlertsFile(path), (error: Error) => {
        assert.ok(
          coded('bad_config', ...words)(error),
          `expected ${words.join(' and ')} in: ${error.message}`,
        );
        assert.ok(error.message.startsWith(`${path}:`), error.message);
        return true;
      });
    });
  }

  it('is refused when it is not there, is too large, or a secret is empty', async () => {
    const folder = temporaryFolder();
    await assert.rejects(
      readAlertsFile(join(folder, 'none.yaml')),
      coded('bad_config', 'none.yaml', 'ENOENT'),
    );
    await assert.rejects(readAlertsFile(await fileOf('#'.repeat(4_194_305))), coded('bad_config', '4194304'));
    const path = await fileOf(GOOD);
    await writeFile(join(path, '../pager.secret'), '\n');
    await assert.rejects(readAlertsFile(path), coded('bad_config', ':5: receivers[0].secretFile', 'empty'));
  });

  it('that is refused, or has more than maxRules, stops the start', async (t) => {
    await assert.rejects(alerting(t, { file: 'rules: 7' }), coded('bad_config', ':1: rules'));
    await assert.rejects(
      alerting(t, { file: rule(''), limits: { maxRules: 0 } }),
      coded('bad_config', 'maxRules'),
    );
  });
});
