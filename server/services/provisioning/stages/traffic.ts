/** Expose, switch, watch, conceal and drain: who takes requests, and that none is lost. */
import type { Json } from '../../../../src/protocol/index.ts';
import type { DoorCounts } from '../../../ports/agent-door.ts';
import { committed } from '../settling.ts';
import { namesOf, newNames, oldNames, pointAt, restoreOld } from './instances.ts';
import type { Outcome, Stage, Task } from './stage.ts';

/** What an upgrade tells of requests. */
type Counted = Pick<DoorCounts, 'failed' | 'retried' | 'drained' | 'cut' | 'socketsClosed'>;

/** Requests go to the instances; when there are to be more of them, to all. */
export const expose: Stage = {
  async run(task): Promise<void> {
    await pointAt(task, servingNames(task));
  },

  async undo(task): Promise<void> {
    if (task.work.plan !== 'scale-up') return close(task);
    await pointAt(task, oldNames(task));
    await drainOf(task, newNames(task));
  },
};

/** All requests go to the new instances at once, and the old ones stay warm behind them. */
export const switchOver: Stage = {
  async run(task): Promise<void> {
    await pointAt(task, newNames(task), await stillThere(task, oldNames(task)));
  },

  async undo(task): Promise<Outcome> {
    await restoreOld(task);
    await pointAt(task, oldNames(task));
    await drainOf(task, newNames(task));
    return { result: { requests: await requestsSince(task, undefined) } };
  },
};

/** The new ones serve, and the old ones wait. Once this is over nothing goes back. */
export const watch: Stage = {
  async run(task): Promise<Outcome> {
    const { work, type, signal } = task;
    const kind = task.kind();
    await task.supervisor.watch(newNames(task), kind, kind.upgrade.watchMs, signal);
    return { agent: (now, at) => committed(now, work, type, at) };
  },
};

/** Nobody takes new requests; or, where there are to be fewer, those that are to go do not. */
export const conceal: Stage = {
  async run(task): Promise<void> {
    const left = task.work.plan === 'scale-down' ? namesOf(task.agent(), task.work.target) : [];
    if (left.length > 0) await pointAt(task, left);
    else await close(task);
  },

  async undo(task): Promise<void> {
    const { before } = task.work;
    if (before.state !== 'running') return;
    await restoreOld(task);
    await pointAt(task, oldNames(task));
  },
};

/** What was asked before is answered. */
export const drain: Stage = {
  async run(task): Promise<Outcome> {
    const { plan } = task.work;
    if (plan === 'replace') await pointAt(task, newNames(task));
    const drained = await drainOf(task, leavingNames(task));
    return {
      external: { drained },
      result: { requests: plan === 'replace' ? await requestsSince(task, drained) : drained },
    };
  },
};

/** The counts of the agent's stable port now; none without one. */
export async function countsOf(task: Task): Promise<Readonly<Record<string, Json>>> {
  const { agent } = task.agent();
  const open = (await task.door.list()).find((one) => one.agent === agent);
  return { ...open?.counts };
}

/** Those that go. */
export function leavingNames(task: Task): readonly string[] {
  const { plan, before, first } = task.work;
  return plan === 'scale-down' ? namesOf(task.agent(), before.live, first) : oldNames(task);
}

function servingNames(task: Task): readonly string[] {
  if (task.work.plan === 'resume') return oldNames(task);
  return namesOf(task.agent(), task.work.target);
}

async function close(task: Task): Promise<void> {
  const { agent, port } = task.agent();
  await task.door.point({ agent, ...(port !== undefined && { port }), targets: [] });
}

/** An old instance that is gone is no reason to hold the new ones back. */
async function stillThere(task: Task, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(names.map((name) => task.runtime.find(name)));
  return found.flatMap((one) => (one?.state === 'running' && one.port !== undefined ? [one.name] : []));
}

async function drainOf(task: Task, names: readonly string[]): Promise<Counted> {
  const { graceMs } = task.work;
  const { agent } = task.agent();
  // Without any grace nothing is waited for.
  const drained = await task.door.drain(agent, names, graceMs === 0 ? 0 : task.drainMs());
  return { failed: 0, retried: 0, ...drained };
}

/** What became of requests since the operation began. Counts of a door that began anew begin anew. */
async function requestsSince(task: Task, drained: Counted | undefined): Promise<Counted> {
  const before = task.external('prepare').counts as Readonly<Record<string, number>> | undefined;
  const now = (await countsOf(task)) as Readonly<Record<string, number>>;
  const since = (name: keyof Counted): number => {
    const from = before?.[name] ?? 0;
    const to = now[name] ?? 0;
    return Math.max(to < from ? to : to - from, drained?.[name] ?? 0);
  };
  return {
    failed: since('failed'),
    retried: since('retried'),
    drained: since('drained'),
    cut: since('cut'),
    socketsClosed: since('socketsClosed'),
  };
}
