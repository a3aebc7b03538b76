import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { AgentStatus, NewAgent } from '../../../../src/protocol/index.ts';
import { identify } from '../../../engines/process/identity.ts';
import { request, temporaryFolder } from '../../../testing/harness.ts';
import type { Running } from '../../../testing/harness.ts';
import { random } from '../../../testing/random.ts';
import { endAgents, ended, startWithAgents, until, writtenKinds } from '../../../testing/running-agents.ts';
import type { Asked } from '../provisioning.ts';

const ANA: Asked = { by: 'ana', actor: { id: 'ana', kind: 'user' } };
const PROGRAM = [process.execPath, '--disable-warning=ExperimentalWarning'];
const AGENTS = join(import.meta.dirname, '../../../testing/agents');
const SOON = { intervalMs: 50, timeoutMs: 5_000, failureThreshold: 5 };
const COMMON = {
  versions: [{ version: '1.0.0' }, { version: '2.0.0' }],
  upgrade: { progressDeadlineMs: 60_000, minHealthyMs: 0, watchMs: 50, drainMs: 2_000 },
  restart: {
    when: 'always',
    delayMs: 20,
    maxDelayMs: 100,
    stableMs: 600_000,
    maxInWindow: 100,
    windowMs: 600_000,
  },
  stop: { graceMs: 2_000 },
};
const KINDS = [
  {
    ...COMMON,
    kind: 'web',
    command: [...PROGRAM, join(AGENTS, 'serving.ts')],
    port: true,
    ready: { kind: 'http', ...SOON },
    maxReplicas: 8,
  },
  {
    ...COMMON,
    kind: 'failing',
    // Ready for a moment, and gone.
    command: [process.execPath, '-e', 'setTimeout(() => process.exit(3), 50)'],
    ready: { kind: 'process', ...SOON },
    restart: { ...COMMON.restart, maxInWindow: 4 },
  },
];
/** Of the random kills: more of them, or others, from the environment. */
const ROUNDS = Number(process.env['SUPERVISION_ROUNDS'] ?? 5);
const SEED = Number(process.env['SUPERVISION_SEED'] ?? 8);
const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };

/** A data folder, and servers over it, one after the other. */
function world(t: TestContext) {
  const dataDir = temporaryFolder();
  const agentsFile = writtenKinds(KINDS);
  const open = (): Promise<Running> => startWithAgents(t, { dataDir, agentsFile });
  // A hook of its own: servers that a test did not end are ended before it.
  t.after(() => endAgents(dataDir));
  return { dataDir, open };
}

async function create({ waooaw }: Running, more: Partial<NewAgent> = {}): Promise<AgentStatus> {
  const { operation } = await waooaw.provisioning.create({ agent: 'shop', kind: 'web', ...more }, ANA);
  await ended(waooaw, operation);
  return waooaw.provisioning.agent(more.agent ?? 'shop');
}

const shop = ({ waooaw }: Running): AgentStatus => waooaw.provisioning.agent('shop');
const serving = (agent: AgentStatus): number => agent.instances.filter((one) => one.serving).length;

async function answer({ address }: AgentStatus): Promise<number> {
  return (await request(`http://127.0.0.1:${address!.port}/`)).status;
}

/** The pid of an instance's shim, as it is kept on disk. */
function shimOf(dataDir: string, instance: string): number {
  const folder = join(dataDir, 'agents/run', instance);
  const runs = readdirSync(folder)
    .map((name) => Number(/^run-(\d+)\.json$/.exec(name)?.[1] ?? 0))
    .sort((a, b) => b - a);
  const text = readFileSync(join(folder, `run-${runs[0]}.json`), 'utf8');
  return (JSON.parse(text) as { shim: { pid: number } }).shim.pid;
}

describe('agents that are supervised', linux, () => {
  it('are started again when they are killed, and no request fails while another of them is there', async (t) => {
    const { open } = world(t);
    const running = await open();
    const before = await create(running, { replicas: 2 });
    const statuses = new Set<number>();
    let isOver = false;
    const asking = (async () => {
      while (!isOver) statuses.add(await answer(before));
    })();
    for (let kills = 1; kills <= 3; kills++) {
      process.kill(shop(running).instances[kills % 2]!.pid!, 'SIGKILL');
      await until(() => shop(running).restarts === kills && serving(shop(running)) === 2, `kill ${kills}`);
    }
    isOver = true;
    await asking;
    assert.deepEqual([...statuses], [200]);
    const after = shop(running);
    assert.deepEqual([after.state, after.address], ['running', before.address]);
    // What those wrote that were killed is there too, each line once and in order.
    const { provisioning } = running.waooaw;
    const { lines } = await provisioning.agentLogs('shop', { limit: 1_000 });
    assert.equal(lines.filter(({ text }) => text === 'ready').length, 5);
    assert.ok(lines.every(({ n }, i) => i === 0 || n > lines[i - 1]!.n));
    const page = await provisioning.agentLogs('shop', { limit: 3, before: lines[6]!.n });
    assert.deepEqual(page.lines, lines.slice(3, 6));
  });

  it('are started again when their shims are killed, and nothing of before is left', async (t) => {
    const { dataDir, open } = world(t);
    const running = await open();
    const before = await create(running);
    const { pid, instance } = before.instances[0]!;
    process.kill(shimOf(dataDir, instance), 'SIGKILL');
    await until(() => shop(running).restarts === 1 && serving(shop(running)) === 1, 'it serves again');
    assert.equal(identify(pid!), undefined);
    assert.equal(await answer(shop(running)), 200);
  });

  it('that end again and again are left alone as crashed, also by the next server', async (t) => {
    const { open } = world(t);
    const first = await open();
    const { operation } = await first.waooaw.provisioning.create({ agent: 'shop', kind: 'failing' }, ANA);
    await ended(first.waooaw, operation);
    await until(() => shop(first).state === 'errored', 'it is left alone');
    assert.deepEqual([shop(first).reason, shop(first).restarts], ['crashed', 3]);
    const { health, alerts } = first.waooaw;
    await until(() => health.stateOf('agent-shop') === 'down', 'its check is down');
    const firing = (): string[] => alerts.list().flatMap((one) => (one.state === 'firing' ? [one.rule] : []));
    await until(() => firing().includes('agent/shop'), 'its alert fires');
    await first.stop();
    const second = await open();
    assert.deepEqual([shop(second).state, shop(second).restarts], ['errored', 3]);
  });

  it('run on while the server is away; of the others the next one takes care', async (t) => {
    const { dataDir, open } = world(t);
    const first = await open();
    const before = await create(first, { replicas: 3 });
    await first.stop();
    assert.equal(await answer(before), 200);
    const second = await open();
    assert.equal(second.waooaw.provisioning.stats().adopted, 3);
    const pids = ({ instances }: AgentStatus): unknown[] => instances.map(({ pid }) => pid);
    assert.deepEqual([pids(shop(second)), serving(shop(second))], [pids(before), 3]);
    await second.stop();
    process.kill(before.instances[0]!.pid!, 'SIGKILL');
    process.kill(shimOf(dataDir, before.instances[1]!.instance), 'SIGKILL');
    const third = await open();
    await until(() => serving(shop(third)) === 3, 'all serve');
    const after = shop(third);
    assert.deepEqual([after.state, after.restarts], ['running', 2]);
    assert.equal(after.instances[2]?.pid, before.instances[2]?.pid);
    assert.equal(await answer(after), 200);
  });

  it('come through any order of kills of agents and shims and restarts of the server', async (t) => {
    const { dataDir, open } = world(t);
    const chance = random(SEED);
    let running = await open();
    await create(running, { replicas: 3 });
    for (let round = 0; round < ROUNDS; round++) {
      const { instances } = shop(running);
      const one = instances[Math.floor(chance() * instances.length)]!;
      const what = Math.floor(chance() * 4);
      if (what === 0) process.kill(one.pid!, 'SIGKILL');
      if (what === 1) process.kill(shimOf(dataDir, one.instance), 'SIGKILL');
      if (what > 1) {
        await running.stop();
        if (what === 3) process.kill(one.pid!, 'SIGKILL');
        running = await open();
      }
      const isWhole = (): boolean => {
        const now = shop(running).instances;
        const isOther = what === 2 || now.every(({ pid }) => pid !== one.pid);
        return isOther && serving(shop(running)) === 3;
      };
      await until(isWhole, `all serve after ${what} in round ${round}`);
      assert.equal(await answer(shop(running)), 200);
    }
    const { state, instances } = shop(running);
    assert.equal(state, 'running');
    const removing = await running.waooaw.provisioning.command('shop', { type: 'delete' }, ANA);
    await ended(running.waooaw, removing.operation);
    for (const { pid } of instances) assert.equal(identify(pid!), undefined);
    const left = readdirSync(join(dataDir, 'agents/run')).filter((name) => name.startsWith('shop'));
    assert.deepEqual(left, []);
  });
});
