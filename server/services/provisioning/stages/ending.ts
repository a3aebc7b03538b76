/** Stop, retire and release: what is not needed any more ends, and of what is deleted nothing stays. */
import { bringUp, gate, namesLeft, newNames, oldNames, othersOf, retireAll, stopAll } from './instances.ts';
import type { Outcome, Stage } from './stage.ts';
import { leavingNames } from './traffic.ts';

/** Stops all instances; or, where there are to be fewer, those that are to go. Their output stays. */
export const stop: Stage = {
  async run(task): Promise<void> {
    const { plan, graceMs } = task.work;
    if (plan === 'scale-down') return retireAll(task, leavingNames(task));
    const all = await othersOf(task, plan === 'restart-in-place' ? newNames(task) : []);
    await stopAll(task, namesLeft(all), graceMs);
  },

  /** Only what was cancelled is begun again: what failed is left as it is. */
  async undo(task): Promise<void> {
    const { live, state } = task.work.before;
    if (!live || (state !== 'running' && state !== 'suspended')) return;
    const names = oldNames(task);
    await bringUp(task, live, 0);
    await gate(task, names, 0);
    if (state === 'suspended') for (const name of names) await task.runtime.suspend(name);
  },
};

/** The old instances have answered everything: they end. What they said may be what somebody wants to know now, and stays. */
export const retire: Stage = {
  async run(task): Promise<void> {
    const old = await othersOf(task, newNames(task));
    await stopAll(task, namesLeft(old));
  },
};

/** Gives back whatever the agent had, the output of its instances too. */
export const release: Stage = {
  async run(task): Promise<Outcome> {
    const agent = task.agent();
    const all = await othersOf(task, []);
    await stopAll(task, namesLeft(all));
    for (const { name } of all) await task.runtime.remove(name);
    await task.door.close(agent.agent);
    if (agent.keyId !== undefined) await task.tokens.revoke(agent.keyId);
    await task.resources.release(agent);
    task.say('Storage, configuration, secrets, port and token are given back');
    return {};
  },
};
