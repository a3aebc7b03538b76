/** An agent's instances as they are shown. */
import type { AgentInstance } from '../../../../src/protocol/index.ts';
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { AgentRecord } from '../record/record.ts';
import type { SeenDoor } from './seen-door.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { hasEnded } from './survey.ts';

/**
 * Those of the agent's present incarnation, as they were last seen; by generation, then by place. What was replaced, or was
 * one too many, and has ended is kept for its output alone: it is not among them.
 */
export function shownInstances(
  record: Pick<AgentRecord, 'agent' | 'incarnation' | 'spec' | 'live'>,
  { runtime, door }: { readonly runtime: SeenRuntime; readonly door: SeenDoor },
): AgentInstance[] {
  const { agent, incarnation } = record;
  const own = runtime.instances(agent).filter(({ labels }) => Number(labels['incarnation']) === incarnation);
  const isMeant = meantOf(record, own);
  return own
    .filter((instance) => !hasEnded(instance) || isMeant(instance))
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

/** What the agent is, or is to become; and of one that is at rest what it was last. */
function meantOf(
  { spec, live }: Pick<AgentRecord, 'spec' | 'live'>,
  own: readonly Instance[],
): (instance: Instance) => boolean {
  const last = Math.max(...own.map(generationOf));
  const generations = [spec.generation, live?.generation ?? last];
  const replicas = Math.max(spec.replicas, live?.replicas ?? 0);
  return (instance) =>
    generations.includes(generationOf(instance)) && Number(instance.name.split('.').at(-1)) < replicas;
}

function generationOf({ labels }: Instance): number {
  return Number(labels['generation']);
}

/** Their names end in two numbers, of which 10 comes after 9. */
function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
