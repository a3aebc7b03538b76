/** The agents of `npm start`: the file of their kinds, the first of them, and their end. */
import { join } from 'node:path';
import { createDoor } from '../server/engines/door/door.ts';
import { createProcessRuntime } from '../server/engines/process/runtime.ts';
import { createSystemClock } from '../server/engines/system/clock.ts';
import type { NewAgent } from '../src/protocol/index.ts';
import { root } from './run.ts';

/** What may run in the demo. */
export const AGENTS_FILE = join(root, 'demo/agents.yaml');

/** What a newcomer finds running: one version behind, so that there is something to upgrade. */
const FIRST: NewAgent = { agent: 'prober', kind: 'prober', version: '1.0.0', title: 'Prober of this server' };

/**
 * Creates the first agent, where there never was one: whoever deleted it need not do so again.
 * @param url the server's, with a slash at its end.
 * @returns whether it did. A server that asks for a token is left as it is.
 */
export async function firstAgent(url: string): Promise<boolean> {
  const before = await fetch(new URL('./api/operations?source=engine&limit=1', url));
  if (!before.ok) return false;
  const { operations } = (await before.json()) as { operations: readonly object[] };
  if (operations.length > 0) return false;
  const answer = await fetch(new URL('./api/agents', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(FIRST),
  });
  return answer.ok;
}

/**
 * Ends everything that agents of a server run, as a shutdown of the machine would: what each of them is meant to be stays, and so does
 * its port, so that the next start brings it back.
 * @param dataDir of a server that has ended.
 */
export async function endAgents(dataDir: string): Promise<void> {
  const onError = (error: unknown): void => console.error(error);
  const clock = createSystemClock();
  const door = createDoor({ folder: join(dataDir, 'door'), clock, onError });
  const runtime = createProcessRuntime({ folder: join(dataDir, 'agents/run'), clock, onError });
  await door.end();
  const instances = await runtime.list();
  await Promise.all(instances.map(({ name }) => runtime.stop(name)));
  await runtime.close();
}
