/** Allocate: folders, the stable port, a token. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import { inState } from '../settling.ts';
import type { Outcome, Stage, Task } from './stage.ts';

/** Gives an agent what it asks for. */
export const allocate: Stage = {
  async run(task): Promise<Outcome> {
    const agent = task.agent();
    const kind = task.kind();
    await task.resources.allocate(agent, kind);
    const port = kind.hasPort ? await openPort(task) : undefined;
    const role = kind.tokenRole;
    // Issued again after a crash, it takes the place of the one that nobody was told.
    const given = role && agent.keyId === undefined ? await task.tokens.issue(agent.agent, role) : undefined;
    const statements = given && task.resources.sealToken(agent, given.token);
    return {
      external: { ...(port !== undefined && { port }), ...(given && { keyId: given.keyId }) },
      ...(statements && { statements }),
      agent: (now, at) => ({
        ...(now.state === 'draft' ? inState(now, 'provisioned', at) : now),
        ...(port !== undefined && { port }),
        ...(given && { keyId: given.keyId }),
      }),
    };
  },

  async undo(task): Promise<Outcome> {
    const agent = task.agent();
    await task.door.close(agent.agent);
    if (agent.keyId !== undefined) await task.tokens.revoke(agent.keyId);
    await task.resources.release(agent);
    return {
      agent: (now) => {
        const { keyId: _keyId, ...rest } = now;
        return rest;
      },
    };
  },
};

/** The port that was asked for, the kind's first free one, or any; until something serves it says so. */
async function openPort(task: Task): Promise<number> {
  const { agent, port } = task.agent();
  const { ports } = task.kind();
  const open = async (wanted: number | undefined): Promise<number> => {
    const { port: opened } = await task.door.point({
      agent,
      ...(wanted !== undefined && { port: wanted }),
      targets: [],
    });
    task.say(`The stable port is ${opened}`);
    return opened;
  };
  if (port !== undefined || !ports) return open(port);
  return openOneOf(task, ports, open);
}

async function openOneOf(
  task: Task,
  { from, to }: { readonly from: number; readonly to: number },
  open: (port: number) => Promise<number>,
): Promise<number> {
  const { agent } = task.agent();
  const doors = await task.door.list();
  const own = doors.find((door) => door.agent === agent);
  if (own) return own.port;
  const taken = new Set([...doors.map(({ port }) => port), ...task.portsTaken()]);
  for (let port = from; port <= to; port += 1) {
    if (taken.has(port)) continue;
    try {
      return await open(port);
    } catch (error) {
      if (!(error instanceof WaooawError) || error.code !== 'port_in_use') throw error;
    }
  }
  throw new WaooawError('port_in_use', `No port from ${from} to ${to} is free`);
}
