/** `npm start`, and agents made, upgraded, broken, rolled back and deleted from its page: by pointer and by keyboard alone. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { SocketClient } from '../src/client/index.ts';
import type { AgentStatus, Json, OperationStatus } from '../src/protocol/index.ts';
import type { ServerProcess } from '../scripts/server-process.ts';
import { root } from '../scripts/run.ts';
import { openBrowser, openPage, openServer } from './harness.ts';

const PATIENCE_MS = 60_000;

/** Processes that have the folder in their environment, arguments or working folder. */
function processesOf(folder: string): readonly string[] {
  const read = (pid: string, what: string): string => {
    try {
      return what === 'cwd' ? readlinkSync(`/proc/${pid}/cwd`) : readFileSync(`/proc/${pid}/${what}`, 'utf8');
    } catch {
      return ''; // gone since
    }
  };
  return readdirSync('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) &&
      Number(pid) !== process.pid &&
      ['cmdline', 'environ', 'cwd'].some((what) => read(pid, what).includes(folder)),
  );
}

/** Asks an agent again and again, until told to stop. */
class Client {
  readonly #url: string;
  readonly #ended: Promise<void>;
  #stopped = false;
  /** What was answered otherwise than with 200. */
  readonly failures: string[] = [];
  answers = 0;

  constructor({ address }: AgentStatus) {
    assert.ok(address);
    this.#url = `http://${address.host}:${address.port}/`;
    this.#ended = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const answer = await fetch(this.#url, { headers: this.answers % 2 ? { connection: 'close' } : {} });
        await answer.arrayBuffer();
        if (answer.status === 200) this.answers += 1;
        else this.failures.push(`HTTP ${answer.status}`);
      } catch (error) {
        this.failures.push(String((error as Error).cause ?? error));
      }
    }
  }
}

describe('agents on the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waooaw-test-'));
  let server: ServerProcess;
  let url: string;
  let page: Page;
  let problems: string[];
  let socket: SocketClient;

  before(async () => {
    ({ server, url } = await openServer({
      command: [join(root, 'scripts/start.ts')],
      env: { WAOOAW_DATA_DIR: folder },
    }));
    ({ page, problems } = await openPage(await openBrowser(), url));
    page.setDefaultTimeout(PATIENCE_MS);
    socket = new SocketClient({ url });
    socket.connect();
  });
  after(async () => {
    socket.disconnect();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const view = (): Locator => page.locator('#agent');
  const goTo = async (hash: string, heading: string): Promise<void> => {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  };
  const openAgent = (agent: string, title = agent): Promise<void> => goTo(`#/agents/${agent}`, title);
  const stateIs = (word: string): Promise<void> =>
    view().locator('[data-state] [part=state]', { hasText: word }).waitFor();
  const saysLike = (text: RegExp): Promise<void> => view().locator('.says', { hasText: text }).waitFor();
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${url}/api${path}`);
    assert.equal(answer.status, 200);
    return (await answer.json()) as T;
  };
  const statusOf = (agent: string): Promise<AgentStatus> => get(`/agents/${agent}`);
  const lastOperationOf = async (agent: string): Promise<OperationStatus> =>
    (await get<{ operations: OperationStatus[] }>(`/operations?agent=${agent}&limit=1`)).operations[0]!;
  const tracked = (word: string): Promise<void> =>
    page.locator('#operation waooaw-progress-tracker [part=state]', { hasText: word }).waitFor();

  /** Resolves once another operation of the agent is at its end. */
  const operationAfter = async (agent: string, earlier: string): Promise<void> => {
    let stop = (): void => undefined;
    await new Promise<void>((resolve) => {
      const look = (data: Json): void => {
        const { operation, busy } = data as unknown as AgentStatus;
        if (operation !== earlier && !busy) resolve();
      };
      ({ stop } = socket.subscribe(`agent/${agent}`, { snapshot: look, publication: look }));
    });
    stop();
  };

  /** Upgrades while it is asked without a pause, and says what the operation ended as. */
  const upgrade = async (agent: string, version: string, word: string): Promise<OperationStatus> => {
    const client = new Client(await statusOf(agent));
    await view().locator('select').selectOption(version);
    const { operation: earlier } = await lastOperationOf(agent);
    await view().getByRole('button', { name: 'Upgrade', exact: true }).click();
    await operationAfter(agent, earlier);
    await tracked(word);
    await client.stop();
    assert.deepEqual(client.failures, []);
    assert.ok(client.answers > 0);
    return lastOperationOf(agent);
  };

  it('are there from the first start: one is running, and its operation is shown', async () => {
    await page.getByRole('link', { name: 'Prober of this server' }).click();
    await stateIs('Running');
    await saysLike(/answered 200/);
    await view().locator('[data-log]', { hasText: 'answered 200' }).waitFor();
    await tracked('Completed');
    assert.equal(await page.locator('#operation [part~=stage]').count(), 4);
  });

  it('are created from a form that their kind describes', async () => {
    await goTo('#/agents', 'Agents');
    await page.getByText('Create an agent').click();
    const form = page.locator('#agents form.fields');
    await form.getByLabel('Kind').selectOption('folder-watcher');
    await form.getByLabel('Version').selectOption('1.0.0');
    await form.getByLabel('How often, ms').fill('500');
    await form.getByLabel('Name').fill('files');
    await form.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { level: 1, name: 'files' }).waitFor();
    await stateIs('Running');
    await saysLike(/^\d+ files ·/);
    await tracked('Completed');
    const { parameters, createdBy } = await statusOf('files');
    assert.deepEqual([parameters, createdBy], [{ everyMs: 500 }, 'anonymous']);
  });

  it('are told apart by name: one that is taken is refused where it stands', async () => {
    await goTo('#/agents', 'Agents');
    await page.getByText('Create an agent').click();
    const form = page.locator('#agents form.fields');
    await form.getByLabel('Name').fill('files');
    await form.getByRole('button', { name: 'Create' }).click();
    await form.locator('.wrong', { hasText: 'is in use' }).waitFor();
    // The browser tells of every refused request by itself.
    assert.match(problems.splice(0).join(), /409/);
    await openAgent('files');
  });

  it('go back by themselves from a version that never becomes ready, and no request fails', async () => {
    const { state, error } = await upgrade('files', '2.0.0-rc.1', 'Rolled back');
    assert.equal(state, 'rolled-back');
    assert.equal(error?.code, 'not_ready');
    await stateIs('Running');
    assert.equal((await statusOf('files')).version, '1.0.0');
    await saysLike(/^\d+ files ·/);
  });

  it('go back by themselves from a version that ends after the switch, and no request fails', async () => {
    const { state, error, result } = await upgrade('files', '2.0.0-rc.2', 'Rolled back');
    assert.equal(state, 'rolled-back');
    assert.equal(error?.code, 'agent_crashed');
    assert.equal((result?.['requests'] as { failed: number } | undefined)?.failed, 0);
    assert.equal((await statusOf('files')).version, '1.0.0');
  });

  it('are upgraded to a version that is well, and rolled back, and no request fails', async () => {
    const { state, result } = await upgrade('files', '2.0.0', 'Completed');
    assert.equal(state, 'completed');
    assert.equal((result?.['requests'] as { failed: number }).failed, 0);
    await saysLike(/^\d+ files, .* written last/);
    await view().getByRole('button', { name: 'Roll back' }).click();
    await view().locator('.version', { hasText: 'folder-watcher 1.0.0' }).waitFor();
    await tracked('Completed');
    await saysLike(/^\d+ files ·/);
  });

  it('are stopped, started and deleted by keyboard alone', async () => {
    const press = async (name: string, key: string): Promise<void> => {
      const button = view().getByRole('button', { name, exact: true });
      await button.and(page.locator('[aria-disabled=false]')).waitFor();
      await button.focus();
      await page.keyboard.press(key);
    };
    await press('Stop', 'Space');
    await stateIs('Stopped');
    await press('Start', 'Enter');
    await stateIs('Running');
    await press('Delete', 'Enter');
    const dialog = page.getByRole('dialog', { name: 'Delete files?' });
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal((await statusOf('files')).state, 'running');
    await press('Delete', 'Enter');
    await dialog.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await view().getByText('There is no agent of this name now.').waitFor();
    await page.locator('h1:focus', { hasText: 'files' }).waitFor();
    assert.deepEqual(problems, []);
  });

  it('end with the server, and come back with it on the same port', async () => {
    const { address } = await statusOf('prober');
    assert.equal(await server.stop('SIGINT'), 0);
    assert.deepEqual(processesOf(folder), []);
    ({ url } = await server.start());
    await page.goto(`${url}/#/agents/prober`);
    await page.reload();
    await stateIs('Running');
    await saysLike(/answered 200/);
    assert.deepEqual((await statusOf('prober')).address, address);
    // Nobody creates a second one.
    assert.equal((await get<{ agents: AgentStatus[] }>('/agents')).agents.length, 1);
  });
});
