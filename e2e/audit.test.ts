/** An action, its entry in the trail, the timeline that shows and proves it, and what a kill and a forger cannot do about it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { openBrowser, openPage, openServer } from './harness.ts';

const PATIENCE_MS = 30_000;
const root = join(import.meta.dirname, '..');

/** What `waooaw audit …` says. */
function audit(...args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const run = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'cli/bin.ts'), 'audit', ...args],
    { encoding: 'utf8', timeout: PATIENCE_MS },
  );
  return { status: run.status, said: `${run.stdout}${run.stderr}` };
}

describe('the audit trail', () => {
  it('has an action before it is answered, shows it at once, proves it, outlives a kill and finds a forger', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waooaw-e2e-audit-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const { server, url } = await openServer({ env: { WAOOAW_DATA_DIR: folder } });
    const key = audit('keys', '--url', url).said.split(/\s/)[0] ?? '';
    assert.match(key, /^waooaw\/audit\+[0-9a-f]{8}\+/);

    const { page, problems } = await openPage(await openBrowser(), `${url}/#/activity`);
    const timeline = page.locator('waooaw-timeline');
    await timeline.scrollIntoViewIfNeeded();
    await timeline.locator('[part~=feed]').waitFor({ timeout: PATIENCE_MS });
    const post = async (path: string, body: object): Promise<Response> =>
      fetch(`${url}/api${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'e2e-request' },
        body: JSON.stringify(body),
      });
    const recorded = await post('/audit', {
      actor: { id: 'ana', kind: 'user', name: 'Ana' },
      action: 'upgrade',
      level: 'info',
      resource: { type: 'agent', id: 'payments' },
      result: 'success',
      before: { version: '1.4.1' },
      after: { version: '1.5.0' },
    });
    assert.equal(recorded.status, 200, await recorded.clone().text());
    const { sequences } = (await recorded.json()) as { sequences: number[] };

    // What the page shows, and what it makes of the proof by itself.
    const shown = timeline.locator('[part~=event]', { hasText: 'Ana upgraded' });
    await shown.waitFor({ timeout: PATIENCE_MS });
    await shown
      .getByRole('button', { name: /details/i })
      .first()
      .click();
    await shown.getByText('1.4.1').waitFor({ timeout: PATIENCE_MS });
    const verdict = shown.locator('[part~=proof]');
    const check = verdict.getByRole('button', { name: 'Check the proof' });
    if (await check.isVisible()) await check.click();
    await verdict.getByText('Verified', { exact: true }).waitFor({ timeout: PATIENCE_MS });

    // A call of the API is recorded by the edge, also when it is refused.
    const refused = await post('/alerts/silences', { matchers: [], endsAt: 1 });
    assert.equal(refused.status, 400);
    const found = (await (await fetch(`${url}/api/audit?requestId=e2e-request&limit=10`)).json()) as {
      items: { sequence: number; result: string; resource: { type: string } }[];
    };
    assert.deepEqual(
      found.items.map(({ result }) => result).sort(),
      ['failure', 'success'],
      JSON.stringify(found),
    );

    const kept = await (await fetch(`${url}/api/audit/checkpoint`)).text();
    await server.stop('SIGKILL');
    const again = await server.start();
    const entry = await fetch(`${again.url}/api/audit/entries/${sequences[0]}`);
    assert.equal(entry.status, 200);
    const verified = audit('verify', '--url', again.url, '--key', key);
    assert.equal(verified.status, 0, verified.said);
    assert.match(kept, /^waooaw\/audit\n\d+\n/);
    await server.stop();

    const file = join(folder, 'waooaw.db');
    const whole = audit('verify', '--database', file, '--key', key);
    assert.equal(whole.status, 0, whole.said);
    const database = new DatabaseSync(file);
    for (const { name } of database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
      .all() as { name: string }[])
      database.exec(`DROP TRIGGER "${name}"`);
    database
      .prepare("UPDATE audit_entry SET facts = replace(facts, '1.5.0', '1.4.2') WHERE sequence = ?")
      .run(sequences[0]!);
    database.close();
    const forged = audit('verify', '--database', file, '--key', key);
    assert.equal(forged.status, 1, forged.said);
    assert.match(forged.said, new RegExp(`\\b${sequences[0]}\\b`));
    assert.deepEqual(
      problems.filter((what) => !/net::ERR|WebSocket/.test(what)),
      [],
    );
  });
});

describe('the timeline on a bad line', () => {
  it('says that its inside did not come, and fetches it when somebody asks again by the keyboard', async () => {
    const { url } = await openServer();
    const { page } = await openPage(await openBrowser(), 'about:blank');
    let broken = true;
    await page.route(/\/board-[^/]+\.js$/, (route) => (broken ? route.abort() : route.continue()));
    await page.goto(`${url}/#/activity`);
    const timeline = page.locator('waooaw-timeline');
    const retry = timeline.getByRole('button', { name: 'Try again' });
    await retry.waitFor({ timeout: PATIENCE_MS });
    await timeline.getByText('The timeline could not be loaded.').waitFor({ timeout: PATIENCE_MS });
    broken = false;
    await retry.focus();
    await page.keyboard.press('Enter');
    await timeline.locator('[part~=feed]').waitFor({ timeout: PATIENCE_MS });
    assert.equal(await retry.count(), 0);
    assert.equal(
      await timeline.evaluate((element) => element.shadowRoot?.activeElement?.className),
      'head',
      'the keyboard goes on in it',
    );
  });
});
