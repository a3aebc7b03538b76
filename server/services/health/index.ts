/** The health service: looks at things on an interval and says, truthfully, what state each is in. */
import { TAG_NAME, WaooawError, worseOf, findState } from '../../../src/protocol/index.ts';
import type { CheckState, CheckStatus, HealthSummary, Json, Severity } from '../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { CheckDefinition, HealthGate, ProbeResult } from '../../ports/health-gate.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import type { TagSource } from '../../ports/tag-source.ts';

/** What the service needs. */
export interface HealthDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
}

/** The service. */
export interface Health extends HealthGate {
  /** The `health` and `health/<check>` channels, for the broadcaster. */
  readonly namespace: Namespace;
  /** The checks' tags, with the state of each check. */
  readonly tagSource: TagSource;
  /** The worst state, and every check. */
  summary(): HealthSummary;
  /** @throws WaooawError `not_found`. */
  check(id: string): CheckStatus;
  /** Stops looking. */
  close(): void;
}

interface Watched {
  readonly definition: CheckDefinition;
  status: CheckStatus;
  running: boolean;
  timer: Timer;
}

const CHECK_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const HISTORY = { size: 64, ageMs: 600_000 };

/** Puts the service together. */
export function createHealth(deps: HealthDeps): Health {
  const { clock, publisher } = deps;
  const checks = new Map<string, Watched>();
  const waiting = new Set<() => void>();
  const stopped = new AbortController();
  /** Counts checks that came, went or changed their state. */
  let version = 0;

  const statusOf = (id: string): CheckStatus => {
    const watched = checks.get(id);
    if (!watched) throw new WaooawError('not_found', `There is no check "${id}"`);
    return watched.status;
  };

  const look = async (watched: Watched): Promise<void> => {
    if (watched.running) return;
    watched.running = true;
    const start = clock.monotonicMs();
    const result = await runProbe(watched.definition, clock, stopped.signal);
    watched.running = false;
    // A check that was taken off while its probe ran has nobody to report to.
    if (stopped.signal.aborted || checks.get(watched.definition.check) !== watched) return;
    const at = clock.now();
    const { state, reason } = result;
    const { check, title, tags, intervalMs } = watched.definition;
    if (state !== watched.status.state) version += 1;
    const since = state === watched.status.state ? watched.status.since : at;
    const tookMs = Math.round(clock.monotonicMs() - start);
    watched.status = {
      check,
      title,
      state,
      since,
      at,
      tookMs,
      intervalMs,
      ...(reason !== undefined && { reason }),
      ...(tags && { tags }),
    };
    publisher.publish(`health/${check}`, { ...watched.status });
    publisher.publish('health', { ...watched.status });
    for (const recheck of [...waiting]) recheck();
  };

  const summary = (): HealthSummary => {
    const list = [...checks.values()].map(({ status }) => status);
    return { state: worstOf(list.map(({ state }) => state)), checks: list };
  };

  return {
    namespace: {
      name: 'health',
      history: HISTORY,
      onDemand: false,
      access: READ_ONLY,
      conflate: latestOfEach,
      resolve: (channel) =>
        channel === 'health' || checks.has(channel.slice('health/'.length)) ? channel : undefined,
      snapshot: (channel) =>
        channel === 'health'
          ? { state: summary().state, checks: summary().checks.map((status) => ({ ...status })) }
          : { ...statusOf(channel.slice('health/'.length)) },
    },

    tagSource: {
      version: () => version,
      tagged: () =>
        [...checks.values()].flatMap(({ status: { tags, state } }) => (tags ? [{ tags, state }] : [])),
    },

    register(given) {
      const definition = { ...given, ...(given.tags && { tags: { ...given.tags } }) };
      const { check, title, tags, intervalMs } = definition;
      if (!CHECK_ID.test(check))
        throw new WaooawError('bad_request', `"${check}" is not a kebab-case check id`);
      if (checks.has(check)) throw new WaooawError('bad_request', `There is a check "${check}" already`);
      checkTags(check, tags);
      const watched: Watched = {
        definition,
        status: { check, title, state: 'unknown', since: clock.now(), intervalMs, ...(tags && { tags }) },
        running: false,
        timer: clock.every(intervalMs, () => void look(watched)),
      };
      checks.set(check, watched);
      version += 1;
      void look(watched);
      return () => {
        if (checks.get(check) !== watched) return;
        checks.delete(check);
        version += 1;
        retire(watched);
      };
    },

    stateOf: (id) => checks.get(id)?.status.state ?? 'unknown',

    waitFor: (id, state, signal) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          if (signal.aborted) reject(signal.reason as Error);
          else if (checks.get(id)?.status.state === state) resolve();
          else return;
          waiting.delete(settle);
          signal.removeEventListener('abort', settle);
        };
        waiting.add(settle);
        signal.addEventListener('abort', settle);
        settle();
      }),

    summary,
    check: statusOf,

    close() {
      stopped.abort();
      checks.forEach(retire);
    },
  };
}

/** The last result of each check, in the order of their last results. */
export function latestOfEach(results: readonly Json[]): readonly Json[] {
  const latest = new Map<string, Json>();
  for (const result of results) {
    const { check } = result as { readonly check: string };
    latest.delete(check);
    latest.set(check, result);
  }
  return [...latest.values()];
}

/** @throws WaooawError `bad_tags`. */
function checkTags(check: string, tags: CheckDefinition['tags'] = {}): void {
  for (const [name, value] of Object.entries(tags)) {
    if (!TAG_NAME.test(name) || typeof value !== 'string')
      throw new WaooawError(
        'bad_tags',
        `Check ${check}: ${JSON.stringify(name)} is not a tag name with a text`,
      );
  }
}

function retire({ timer, definition }: Watched): void {
  timer.cancel();
  definition.close?.();
}

/** The worst of many, by severity; `unknown` never masks a failure, and nothing at all is `unknown`. */
export function worstOf(states: readonly CheckState[]): CheckState {
  const severityOf = (state: CheckState): Severity => findState(state)!.severity;
  const [first, ...others] = states;
  if (first === undefined) return 'unknown';
  return others.reduce(
    (worst, state) => (worseOf(severityOf(worst), severityOf(state)) === severityOf(worst) ? worst : state),
    first,
  );
}

/** Runs a probe; one that throws or outlasts its time has found the thing down. */
async function runProbe(
  definition: CheckDefinition,
  clock: Clock,
  stopped: AbortSignal,
): Promise<ProbeResult> {
  const { timeoutMs } = definition;
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, stopped]);
  let timer: Timer | undefined;
  const late = new Promise<ProbeResult>((resolve) => {
    timer = clock.after(timeoutMs, () => {
      controller.abort();
      resolve({ state: 'down', reason: `No answer within ${timeoutMs} ms` });
    });
  });
  try {
    return await Promise.race([Promise.resolve(definition.probe(signal)), late]);
  } catch (error) {
    return { state: 'down', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    timer?.cancel();
  }
}
