/** Prepare, start and ready: new instances, until they are well. */
import { inState } from '../settling.ts';
import { bringUp, discard, gate, isUp, newNames, oldNames, othersOf, stopAll } from './instances.ts';
import type { Outcome, Stage, Task } from './stage.ts';
import { countsOf } from './traffic.ts';

/** Writes the configuration, and finds out whether there is all that it takes: before anything is touched. */
export const prepare: Stage = {
  async run(task): Promise<Outcome> {
    const { work, resources, epoch } = task;
    await resources.prepare(task.agent(), work.target, task.kind(), work.first, epoch());
    const external = { counts: await countsOf(task) };
    if (work.plan !== 'prepare') return { external };
    const said = `The agent is ${work.before.state}: this was not tried, and takes effect when it is started`;
    task.say(said);
    task.progress(100, said);
    return { external, result: { takesEffect: 'when it is started' } };
  },
};

/** Starts instances. Beside them nothing runs but what served before. */
export const start: Stage = {
  async run(task): Promise<Outcome> {
    const { work } = task;
    await endStrays(task);
    const instances = await bringUp(task, work.target, work.first);
    const isFirst = ['create', 'start', 'revive'].includes(work.plan);
    return {
      external: { instances },
      ...(isFirst && { agent: (now, at) => inState(now, 'deployed', at) }),
    };
  },

  async undo(task): Promise<void> {
    const names = newNames(task);
    // Beside what serves they are soon forgotten: the operation's log keeps the last of what they said.
    const isForGood = task.work.plan === 'replace' || task.work.plan === 'scale-up';
    if (isForGood) await discard(task, names);
    else await stopAll(task, names);
  },
};

/** Waits until they are ready, and stay well for a while: what ends at once never was. Those that only went on have shown it. */
export const ready: Stage = {
  async run(task): Promise<void> {
    if (task.work.plan === 'resume') await gate(task, oldNames(task), 0);
    else await gate(task, newNames(task), task.kind().upgrade.minHealthyMs);
  },
};

/** Halts instances. */
export const suspend: Stage = {
  async run(task): Promise<void> {
    for (const name of oldNames(task)) await task.runtime.suspend(name);
  },
  async undo(task): Promise<void> {
    for (const name of oldNames(task)) await task.runtime.resume(name);
  },
};

/** Lets instances go on. */
export const resume: Stage = {
  run: (task) => suspend.undo!(task),
  undo: (task) => suspend.run(task),
};

/** Nothing of an agent runs beside what is asked for, and of one that was errored nothing of before. */
async function endStrays(task: Task): Promise<void> {
  const { plan, before } = task.work;
  if (plan === 'scale-up') return;
  const wanted = newNames(task);
  const kept = plan === 'replace' ? [...wanted, ...oldNames(task)] : wanted;
  const strays = (await othersOf(task, before.state === 'errored' ? [] : kept)).filter(isUp);
  await stopAll(
    task,
    strays.map(({ name }) => name),
  );
}
