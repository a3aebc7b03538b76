/** Holds docs/alerts.md to what it documents: its file is read, its receiver's code run, its tables compared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { alertReceiver, alertRule } from '../../../src/protocol/alerts.schema.ts';
import { sign } from '../../signature.ts';
import { temporaryFolder } from '../../testing/harness.ts';
import { DEFAULT_ALERTS_LIMITS } from './limits.ts';
import { readAlertsFile } from './rules-file.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/alerts.md'), 'utf8');

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page);
  assert.ok(found, `a block of ${language}`);
  return found[1]!;
}

describe('docs/alerts.md', () => {
  it('shows a file that is read', async () => {
    const folder = temporaryFolder();
    await writeFile(join(folder, 'alerts.yaml'), block('yaml'));
    await writeFile(join(folder, 'pager.secret'), 'x');
    const { rules, receivers } = await readAlertsFile(join(folder, 'alerts.yaml'));
    assert.deepEqual([rules.length, receivers.length], [2, 1]);
  });

  it('shows a receiver’s code that takes what we sign, and nothing else', async () => {
    const file = join(temporaryFolder(), 'genuine.mjs');
    await writeFile(file, block('js'));
    const { isGenuine } = (await import(pathToFileURL(file).href)) as {
      isGenuine(secret: string, header: string | undefined, body: string, now?: number): boolean;
    };
    const header = sign('secret', 1_000, '{"a":"ä"}');
    assert.equal(isGenuine('secret', header, '{"a":"ä"}', 1_010), true);
    assert.equal(isGenuine('other', header, '{"a":"ä"}', 1_010), false);
    assert.equal(isGenuine('secret', header, '{"a":"b"}', 1_010), false);
    assert.equal(isGenuine('secret', header.replace('t=1000', 't=1001'), '{"a":"ä"}', 1_010), false);
    assert.equal(isGenuine('secret', header, '{"a":"ä"}', 1_400), false);
    assert.equal(isGenuine('secret', undefined, '{}', 1_000), false);
  });

  it('names every limit with its default', () => {
    for (const [limit, fallback] of Object.entries(DEFAULT_ALERTS_LIMITS)) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${limit}\``));
      assert.ok(row?.includes(` ${Number(fallback).toLocaleString('en-US')} `), limit);
    }
  });

  it('names every field of a rule and of a receiver', () => {
    for (const field of [...Object.keys(alertRule.shape), ...Object.keys(alertReceiver.shape)]) {
      assert.match(page, new RegExp(`^\\| \`(name\`, \`)?${field}\``, 'm'), field);
    }
  });
});
