/** `npm start` with the service that the console can break: its checks, its incident, its alert and the trail. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Incident } from '../src/protocol/index.ts';
import { root } from '../scripts/run.ts';
import { openBrowser, openPage, openServer } from './harness.ts';

const PATIENCE_MS = 30_000;

describe('a service that is broken', () => {
  it('is down on the page, has an incident, an alert and an entry, and recovers from all of them', async () => {
    const { url } = await openServer({ command: [join(root, 'scripts/start.ts')] });
    const { page, problems } = await openPage(await openBrowser(), `${url}/#/incidents`);
    const badge = page.locator('#break waooaw-status-badge[check=usage]');
    const wordOf = async (word: string): Promise<void> =>
      badge.locator('[part=state]', { hasText: word }).waitFor({ timeout: PATIENCE_MS });
    const incidents = async (): Promise<readonly Incident[]> => {
      const answer = await fetch(`${url}/api/health/incidents?check=usage`);
      assert.equal(answer.status, 200);
      return ((await answer.json()) as { incidents: readonly Incident[] }).incidents;
    };
    await wordOf('Up');
    await page
      .locator('#break waooaw-status-badge[check=usage-tls] [part=state]', { hasText: 'Up' })
      .waitFor({ timeout: PATIENCE_MS });
    assert.deepEqual(await incidents(), []);

    await page.getByRole('button', { name: 'Answers 500' }).click();
    await wordOf('Down');
    const [open] = await incidents();
    assert.equal(open?.endedAt, undefined);
    assert.ok(open && open.startedAt < open.confirmedAt, 'it began with the first failure');
    assert.match(open.cause, /500/);
    const alert = page.locator('#alerts waooaw-status-badge', { hasText: 'Usage service' }).first();
    await alert.waitFor({ timeout: PATIENCE_MS });
    // Its incident stands in the list, and can be acknowledged there.
    const line = page.locator('.incident', { hasText: 'Usage service' }).first();
    await line.getByRole('button', { name: 'Acknowledge' }).click();
    await line.getByText('Acknowledged by anonymous').waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await page
      .locator('waooaw-timeline')
      .locator('[part~=event]', { hasText: 'Usage service' })
      .first()
      .waitFor({ timeout: PATIENCE_MS });

    await page.goBack();
    await page.getByRole('button', { name: 'Nothing' }).click();
    await wordOf('Up');
    const [ended] = await incidents();
    assert.equal(ended?.id, open.id);
    assert.ok((ended?.endedAt ?? 0) > open.startedAt);
    await line.locator('[part=state]', { hasText: 'Resolved' }).waitFor({ timeout: PATIENCE_MS });
    await page
      .locator('#alerts [part=state]', { hasText: 'Resolved' })
      .first()
      .waitFor({ timeout: PATIENCE_MS });
    assert.deepEqual(problems, []);
  });
});
