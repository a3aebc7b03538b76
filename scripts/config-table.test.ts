import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SETTINGS } from '../server/config.ts';
import { PAGE, configTable, withTable } from './config-table.ts';
import { root, runNode } from './run.ts';

describe('docs/configuration.md', () => {
  it('holds the table of the settings as they are (else: node scripts/config-table.ts --write)', async () => {
    const page = readFileSync(PAGE, 'utf8');
    assert.equal(page, await withTable(page, configTable()));
  });

  it('has one row a setting, with its default', () => {
    const rows = configTable().split('\n').slice(2);
    assert.equal(rows.length, SETTINGS.length);
    assert.match(rows[0] ?? '', /^\| `WAOOAW_HOST` \| `127\.0\.0\.1` \| /);
    assert.ok(rows.some((row) => row.startsWith('| `WAOOAW_BASE_PATH` | empty |')));
  });

  it('loses what stands between its markers and nothing else when the table is written', async () => {
    const page = readFileSync(PAGE, 'utf8');
    const other = await withTable(page, '| a |\n| --- |\n| old |');
    assert.match(other, /\| old \|/);
    assert.doesNotMatch(other, /WAOOAW_MAX_TAGS/);
    assert.equal(await withTable(other, configTable()), page);
    await assert.rejects(withTable('no markers', configTable()), /markers/);
  });

  it('is printed by the script', async () => {
    const { code, stdout } = await runNode(['scripts/config-table.ts'], { cwd: root });
    assert.deepEqual([code, stdout], [0, `${configTable()}\n`]);
  });
});
