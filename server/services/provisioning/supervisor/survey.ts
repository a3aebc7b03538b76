/** Compares what runs of an agent with what is meant to. Pure: it says what is to be done, and does nothing. */
import type { Instance } from '../../../ports/agent-runtime.ts';
import type { AgentRecord, AgentSpec } from '../record/record.ts';
import { instanceName } from '../resources.ts';

/** An instance that is meant to run. */
export interface Wanted {
  readonly name: string;
  readonly index: number;
  readonly spec: AgentSpec;
}

/** What is compared. */
export interface SurveyInput {
  /** Undefined: there is no such agent. */
  readonly record: AgentRecord | undefined;
  /** All that are labelled with its id. */
  readonly instances: readonly Instance[];
  /** Of this process: what a later one started is not ours to touch. */
  readonly epoch: number;
  /** ms since 1970. */
  readonly now: number;
  readonly keepEndedInstancesMs: number;
  readonly maxEndedInstances: number;
}

/** What is to be done. */
export interface Survey {
  /** Meant to run, and nothing is known of them. */
  readonly missing: readonly Wanted[];
  /** Meant to run, and ended or lost. */
  readonly ended: readonly (Wanted & { readonly instance: Instance })[];
  /** Meant to run, and do. */
  readonly running: readonly Instance[];
  /** Run, and are left as they are: of an agent that is errored. */
  readonly left: readonly Instance[];
  readonly suspend: readonly string[];
  readonly resume: readonly string[];
  /** Not meant to run. */
  readonly stop: readonly Instance[];
  /** Ended, and kept no longer. */
  readonly remove: readonly Instance[];
}

/** True when nothing of it runs any more, as far as can be told. */
export function hasEnded({ state }: Pick<Instance, 'state'>): boolean {
  return state === 'exited' || state === 'lost';
}

/** Which of its lives an instance is in: one that is started anew is another. */
export function lifeOf({ externalId, startedAt }: Pick<Instance, 'externalId' | 'startedAt'>): string {
  return `${externalId}@${startedAt}`;
}

/** The instances that a spec stands for. */
export function instancesOf(agent: Pick<AgentRecord, 'agent' | 'incarnation'>, spec: AgentSpec): Wanted[] {
  return Array.from({ length: spec.replicas }, (_, index) => ({
    name: instanceName(agent, spec.generation, index),
    index,
    spec,
  }));
}

/** Says what is to be done about an agent that nobody works on. */
export function survey(input: SurveyInput): Survey {
  const { record, epoch } = input;
  const ours = input.instances.filter(({ labels }) => !(Number(labels['epoch']) > epoch));
  const byName = new Map(input.instances.map((instance) => [instance.name, instance]));
  const isOther = ({ labels }: Instance): boolean =>
    !record || record.state === 'revoked' || Number(labels['incarnation']) !== record.incarnation;
  const others = ours.filter(isOther);
  const own = ours.filter((instance) => !isOther(instance));

  const wanted = record ? wantedOf(record) : [];
  const names = new Set(wanted.map(({ name }) => name));
  const left = record ? generationsLeftAlone(record) : new Set<number>();
  const isUnwanted = (instance: Instance): boolean =>
    !names.has(instance.name) && !left.has(Number(instance.labels['generation']));
  const unwanted = own.filter(isUnwanted);
  // What is lost may still run somewhere: whoever looks for it finds its name for a while.
  const gone = others.filter(({ state }) => state === 'exited');

  const known = wanted.flatMap((one) => {
    const instance = byName.get(one.name);
    return instance ? [{ ...one, instance }] : [];
  });
  const isSuspended = record?.state === 'suspended';
  const lives = known.filter(({ instance }) => !hasEnded(instance));
  const inState = (state: Instance['state']): string[] =>
    lives.filter(({ instance }) => instance.state === state).map(({ name }) => name);
  return {
    // What ends while it is suspended is found, and judged, when it is to go on.
    missing: isSuspended ? [] : wanted.filter(({ name }) => !byName.has(name)),
    ended: isSuspended ? [] : known.filter(({ instance }) => hasEnded(instance)),
    running: lives.map(({ instance }) => instance),
    left: own.filter((instance) => !hasEnded(instance) && !names.has(instance.name) && !isUnwanted(instance)),
    suspend: isSuspended ? [...inState('running'), ...inState('starting')] : [],
    resume: isSuspended ? [] : inState('suspended'),
    stop: [...others, ...unwanted].filter((instance) => !hasEnded(instance)),
    remove: [...gone, ...tooOld([...unwanted, ...others.filter(({ state }) => state === 'lost')], input)],
  };
}

/** What runs, or stands still, while nobody works on the agent. */
function wantedOf(record: AgentRecord): Wanted[] {
  const { state, live } = record;
  return live && (state === 'running' || state === 'suspended') ? instancesOf(record, live) : [];
}

/** Whoever looks into a failure finds it as it was; what runs on may still serve. */
function generationsLeftAlone({ state, live, spec }: AgentRecord): Set<number> {
  if (state !== 'errored' && state !== 'deployed') return new Set();
  return new Set([spec.generation, ...(live ? [live.generation] : [])]);
}

/** Those whose output nobody is to read any more: all but the newest few, and these too after a while. */
function tooOld(unwanted: readonly Instance[], input: SurveyInput): Instance[] {
  return unwanted
    .filter(hasEnded)
    .sort((a, b) => endOf(b) - endOf(a))
    .filter(
      (instance, place) =>
        place >= input.maxEndedInstances || input.now - endOf(instance) >= input.keepEndedInstancesMs,
    );
}

function endOf({ exit, startedAt }: Instance): number {
  return exit?.at ?? startedAt;
}
