/** Instances of an agent, for the stages: which there are to be, brought up, found, stopped. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { DoorTarget } from '../../../ports/agent-door.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { AgentRecord, AgentSpec } from '../record/record.ts';
import { instanceName } from '../resources.ts';
import type { Task } from './stage.ts';

/** Instances live on this machine. */
const HOST = '127.0.0.1';
/** Of what an instance said last, in the log of an operation that takes it back. */
const LAST_LINES = 20;

/** Names of a specification's instances, from the first that is asked for. */
export function namesOf(agent: AgentRecord, spec: AgentSpec | undefined, first = 0): readonly string[] {
  if (!spec) return [];
  const count = Math.max(spec.replicas - first, 0);
  return Array.from({ length: count }, (_, index) => instanceName(agent, spec.generation, first + index));
}

/** Those that the operation brings up. */
export function newNames(task: Task): readonly string[] {
  return namesOf(task.agent(), task.work.target, task.work.first);
}

/** Those that served before it. */
export function oldNames(task: Task): readonly string[] {
  return namesOf(task.agent(), task.work.before.live);
}

/** It exists, and has not ended. */
export function isUp({ state }: Instance): boolean {
  return state === 'starting' || state === 'running' || state === 'suspended';
}

/** All of the agent that the runtime knows, ended ones too, but for those named. */
export async function othersOf(task: Task, but: readonly string[]): Promise<readonly Instance[]> {
  const { agent, incarnation } = task.agent();
  const isOurs = ({ name, labels }: Instance): boolean =>
    labels.agent === agent && labels.incarnation === String(incarnation) && !but.includes(name);
  return (await task.runtime.list()).filter(isOurs);
}

/** Starts what does not run yet. @returns what each is outside of us. */
export async function bringUp(
  task: Task,
  spec: AgentSpec,
  first: number,
): Promise<Readonly<Record<string, string>>> {
  const { runtime, resources, epoch } = task;
  const agent = task.agent();
  const kind = task.kind();
  const names = namesOf(agent, spec, first);
  let started = 0;
  const begun = await Promise.allSettled(
    names.map(async (name, place) => {
      const before = await runtime.find(name);
      if (before?.state === 'running' || before?.state === 'starting')
        return [name, before.externalId] as const;
      const prepared = await resources.prepare(agent, spec, kind, first + place, epoch());
      const { externalId, pid } = await runtime.start(prepared);
      started += 1;
      task.say(`${name} started${pid === undefined ? '' : ` as process ${pid}`}`);
      task.progress((started / names.length) * 100, `${started} of ${names.length} started`);
      return [name, externalId] as const;
    }),
  );
  return Object.fromEntries(allOf(begun));
}

/** Stops instances, and waits until nothing of them runs. */
export async function stopAll(task: Task, names: readonly string[], graceMs?: number): Promise<void> {
  let stopped = 0;
  const ended = await Promise.allSettled(
    names.map(async (name) => {
      const exit = await task.runtime.stop(name, graceMs);
      stopped += 1;
      if (exit) task.say(`${name} stopped${exit.signal === undefined ? '' : ` by ${exit.signal}`}`);
      task.progress((stopped / names.length) * 100, `${stopped} of ${names.length} stopped`);
    }),
  );
  allOf(ended);
}

/** Stops instances that are not needed any more. Their output stays, until the supervisor clears it away. */
export async function retireAll(task: Task, names: readonly string[]): Promise<void> {
  await stopAll(task, namesLeft(await known(task, names)));
}

/** Stops instances that did not do; what they said last stands in the operation's log too. */
export async function discard(task: Task, names: readonly string[]): Promise<void> {
  // What was stopped before is of an earlier life, in which it did.
  const failed = (await known(task, names)).filter(
    ({ state, exit }) => state !== 'exited' || exit?.reason !== 'stopped',
  );
  await stopAll(task, namesLeft(failed));
  for (const { name } of failed) await quote(task, name);
}

/** Of these, what may still run: to stop what has ended would only say so once more. */
export function namesLeft(instances: readonly Instance[]): readonly string[] {
  return instances.flatMap(({ name, state }) => (state === 'exited' ? [] : [name]));
}

/** Where instances take requests. @throws WaooawError `not_ready` for one that does not run, or has no port. */
export async function targetsOf(task: Task, names: readonly string[]): Promise<readonly DoorTarget[]> {
  return Promise.all(
    names.map(async (name) => {
      const instance = await task.runtime.find(name);
      if (!instance || !isUp(instance) || instance.port === undefined)
        throw new WaooawError('not_ready', `Instance ${name} does not take requests`);
      return { instance: name, host: HOST, port: instance.port };
    }),
  );
}

/** Points the agent's stable port at instances. */
export async function pointAt(
  task: Task,
  names: readonly string[],
  fallback: readonly string[] = [],
): Promise<number> {
  const { agent, port } = task.agent();
  const { port: open } = await task.door.point({
    agent,
    ...(port !== undefined && { port }),
    targets: await targetsOf(task, names),
    ...(fallback.length > 0 && { fallback: await targetsOf(task, fallback) }),
  });
  return open;
}

/** What ran before runs, and is ready: brought up again where it does not. */
export async function restoreOld(task: Task): Promise<void> {
  const { live } = task.work.before;
  if (!live) return;
  const names = oldNames(task);
  const found = await Promise.all(names.map((name) => task.runtime.find(name)));
  if (found.every((instance) => instance?.state === 'running')) return;
  await bringUp(task, live, 0);
  await gate(task, names, 0);
}

/** Waits until instances are ready, and have been for a while. */
export async function gate(task: Task, names: readonly string[], minHealthyMs: number): Promise<void> {
  const kind = task.kind();
  const { progressDeadlineMs } = kind.upgrade;
  await task.supervisor.ready(
    names,
    kind,
    { progressDeadlineMs, minHealthyMs },
    task.signal,
    (percent, detail) => task.progress(percent, detail),
  );
}

async function known(task: Task, names: readonly string[]): Promise<readonly Instance[]> {
  const found = await Promise.all(names.map((name) => task.runtime.find(name)));
  return found.filter((one) => one !== undefined);
}

/** What an instance said last. It may have written anything: these are lines, and nothing reads them. */
async function quote(task: Task, name: string): Promise<void> {
  const page = await task.runtime.logs(name, { limit: LAST_LINES }).catch(() => undefined);
  for (const { stream, text } of page?.lines ?? []) task.say(`${name} ${stream}: ${text}`);
}

/** @throws the first that was refused, once all are done. */
function allOf<T>(results: readonly PromiseSettledResult<T>[]): readonly T[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
