/** An agent's instances as they are shown. */
import type { AgentInstance } from '../../../../src/protocol/index.ts';
import type { AgentRecord } from '../record/record.ts';
import type { SeenDoor } from './seen-door.ts';
import type { SeenRuntime } from './seen-runtime.ts';

/** Those of the agent's present incarnation, as they were last seen; by generation, then by place. */
export function shownInstances(
  { agent, incarnation }: Pick<AgentRecord, 'agent' | 'incarnation'>,
  { runtime, door }: { readonly runtime: SeenRuntime; readonly door: SeenDoor },
): AgentInstance[] {
  return runtime
    .instances(agent)
    .filter(({ labels }) => Number(labels['incarnation']) === incarnation)
    .sort((a, b) => byNumbers(a.name, b.name))
    .map(({ name, labels, state, startedAt, pid, exit }) => ({
      instance: name,
      generation: Number(labels['generation']),
      version: labels['version'] ?? '',
      state,
      startedAt,
      serving: state === 'running' && door.serves(agent, name),
      ...(pid !== undefined && { pid }),
      ...(exit && { exit }),
    }));
}

/** Their names end in two numbers, of which 10 comes after 9. */
function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
