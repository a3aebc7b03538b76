/** For tests: one point at which the server is killed, and what must hold once another has taken up what was under way. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationStatus } from '../../src/protocol/index.ts';
import { identify } from '../engines/process/identity.ts';
import { listPids, workingFolderOf } from '../engines/process/proc.ts';
import { AGENT, SCENARIOS } from './crash-scenarios.ts';
import type { Scenario, ScenarioName } from './crash-scenarios.ts';
import { openRealProvisioning } from './real-provisioning.ts';
import type { RealProvisioning } from './real-provisioning.ts';

/** Where it is killed. */
export interface CrashPoint {
  readonly scenario: ScenarioName;
  /** Counts commits from the command on. */
  readonly commit: number;
  readonly when: 'before' | 'after';
  /** The server that takes up is killed as well, after so many commits of its own. */
  readonly again?: number;
}

const PROGRAM = join(import.meta.dirname, 'provisioning-program.ts');
const MAX_ENTRIES = 100_000;
const GOODBYE_MS = 20_000;
const POLL_MS = 10;

/**
 * Plays it in a new folder.
 * @returns how many commits there were when the point lies after the last; undefined when the server was killed.
 * @throws AssertionError for what does not hold.
 */
export async function playCrash(folder: string, point: CrashPoint): Promise<number | undefined> {
  const { scenario, commit, when, again } = point;
  const first = await run([folder, scenario, String(commit), when]);
  if (again !== undefined) await run([folder, 'resume', String(again), 'after']);
  const real = await openRealProvisioning(folder);
  try {
    await check(folder, real, scenario, first.asked);
  } finally {
    await real.end();
  }
  // Shims and the door say goodbye before they end.
  const until = performance.now() + GOODBYE_MS;
  while (processesIn(folder).length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  assert.deepEqual(processesIn(folder), [], 'nothing is left once all was ended');
  return first.commits;
}

async function check(
  folder: string,
  real: RealProvisioning,
  name: ScenarioName,
  told: string | undefined,
): Promise<void> {
  const { provisioning, runtime, door } = real;
  const scenario: Scenario = SCENARIOS[name];
  // The same key is the same operation, and one that was never taken is taken now.
  const { operation } = await scenario.ask(provisioning);
  if (told !== undefined) assert.equal(operation, told);
  const status = await real.ended(operation);
  assert.ok(status.state in scenario.ends, JSON.stringify(status));
  assert.equal((await scenario.ask(provisioning)).operation, operation);
  const sameType = await provisioning.operations({ type: scenario.type, limit: 100 });
  assert.equal(sameType.length, 1, 'there is one operation of it');

  const answer = scenario.ends[status.state];
  const { state, instances } = provisioning.agent(AGENT);
  const live = (await runtime.list()).filter((instance) => instance.state === 'running');
  assert.equal(live.length, answer === undefined ? 0 : 1, 'one generation runs');
  // What runs is what is known, and nothing else.
  assert.deepEqual(
    processesIn(folder).filter(({ instance }) => instance !== undefined),
    live.map(({ name: instance, pid }) => ({ pid, instance })),
  );
  // What was replaced has ended, and is known for its output alone; of what was deleted nothing is known.
  const others = (await runtime.list()).filter((instance) => instance.state !== 'running');
  if (answer === undefined) assert.deepEqual(others, []);
  assert.ok(
    others.every((instance) => instance.state === 'exited'),
    JSON.stringify(others),
  );
  const isReplaced = scenario.type !== 'create' && status.state === 'completed' && answer !== undefined;
  const known = isReplaced ? (await provisioning.agentLogs(AGENT, { limit: 1_000 })).lines : [];
  if (isReplaced)
    assert.ok(
      others.some(({ name }) => known.some(({ instance }) => instance === name)),
      'what it said can still be read',
    );
  const routes = await door.list();
  if (answer === undefined) {
    assert.equal(state, 'revoked');
    assert.ok(routes.every(({ targets }) => targets.length === 0));
  } else {
    assert.equal(state, 'running');
    assert.deepEqual(
      instances.filter(({ serving }) => serving).map(({ instance }) => instance),
      live.map(({ name: instance }) => instance),
    );
    const [route] = routes;
    assert.deepEqual(
      route?.targets.map(({ instance }) => instance),
      live.map(({ name: instance }) => instance),
    );
    assert.deepEqual(route?.fallback ?? [], []);
    const response = await fetch(`http://127.0.0.1:${route?.port}/`);
    assert.equal(await response.text(), answer);
  }
  await checkTrail(real, status);
}

/** Each change of the operation has its entry, and no entry tells of one that was not. */
async function checkTrail({ audit }: RealProvisioning, status: OperationStatus): Promise<void> {
  const entries = (await audit.log.range(1, MAX_ENTRIES)).map(({ facts }) => facts);
  const details = entries.map(
    (facts) => facts.details as Readonly<Record<string, unknown>> & { phase?: string; stage?: string },
  );
  const own = details.filter(({ operation }) => operation === status.operation);
  const count = (phase: string, stage?: string): number =>
    own.filter((entry) => entry.phase === phase && entry.stage === stage).length;
  assert.equal(count('accepted'), 1, 'it was taken once');
  assert.equal(count(status.state), 1, 'it ended once');
  for (const { name, state, attempts } of status.stages) {
    assert.equal(count('begun', name), attempts, `${name} was begun as often as the trail says`);
    assert.equal(count('completed', name), state === 'completed' ? 1 : 0, `${name} is ${state}`);
  }
}

async function run(
  args: readonly string[],
): Promise<{ readonly asked: string | undefined; readonly commits: number | undefined }> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('WAOOAW_'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...args], {
    env: Object.fromEntries(own),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('close', (...how) => resolve(how));
  });
  const commits = /^ended (\d+)$/m.exec(said)?.[1];
  assert.ok(signal === 'SIGKILL' || (code === 0 && commits !== undefined), said);
  return {
    asked: /^asked (.+)$/m.exec(said)?.[1],
    commits: commits === undefined ? undefined : Number(commits),
  };
}

/** Living processes of the folder: instances by their name, and whoever works in it. */
function processesIn(folder: string): { readonly pid: number; readonly instance: string | undefined }[] {
  return listPids().flatMap((pid) => {
    const environment = environmentOf(pid);
    const instance = environment
      .find((entry) => entry.startsWith('WAOOAW_INSTANCE='))
      ?.slice('WAOOAW_INSTANCE='.length);
    const isOurs =
      workingFolderOf(pid)?.startsWith(folder) === true ||
      (instance !== undefined && environment.some((entry) => entry.includes(folder)));
    return isOurs && identify(pid) ? [{ pid, instance }] : [];
  });
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}
