/** The health service: looks at things, and says, truthfully, what state each is in. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AgentRestarter } from '../../ports/agent-restarter.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { AuditSink } from '../../ports/audit-sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MetricReader } from '../../ports/metric-reader.ts';
import type { Publisher } from '../../ports/publisher.ts';
import { Alerting } from './alerting.ts';
import { carries, healthNamespaces } from './channels.ts';
import type { Tags } from './channels.ts';
import { Checker } from './checker.ts';
import { definitionOfService } from './definitions.ts';
import type { Health } from './health.ts';
import { IncidentTrail } from './incident-trail.ts';
import { DEFAULT_HEALTH_LIMITS } from './limits.ts';
import type { HealthLimits } from './limits.ts';
import { Managing } from './managing.ts';
import type { HealthRecord } from './record/record.ts';
import { openRecord } from './record/index.ts';
import { Remediator } from './remediation.ts';
import type { SendRemedy } from './remedy.ts';
import { overallOf } from './word.ts';

export { healthFamilies } from './families.ts';
export type { Health, HealthStats, IncidentQuery } from './health.ts';
export { DEFAULT_HEALTH_LIMITS } from './limits.ts';
export type { HealthLimits } from './limits.ts';

/** What the service needs. */
export interface HealthDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  /** Answers what checks of metrics ask. */
  readonly reader: MetricReader;
  /** Where failures are raised as alerts. Default: nowhere. */
  readonly alerts?: AlertSink;
  /** Where remedies and incidents are recorded. Default: nowhere. */
  readonly audit?: AuditSink;
  /** Starts agents anew. Default: nobody does. */
  readonly agents?: AgentRestarter;
  readonly limits?: Partial<HealthLimits>;
  /** Path of the file of checks, YAML or JSON. Default: none. */
  readonly file?: string;
  /** Between two looks at it where its folder does not tell, ms; default 5,000. */
  readonly filePollMs?: number;
  /** Checks of the API may look at loopback and private addresses; default false. Those of the file always may. */
  readonly allowPrivateApiChecks?: boolean;
  /** Makes the requests of remedies; `fetch` by default. */
  readonly send?: SendRemedy;
  /** Told of what goes wrong beside requests. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Puts the service together. */
export function createHealth(deps: HealthDeps): Health {
  const { clock, publisher, reader, alerts, audit, agents, onError } = deps;
  const limits: HealthLimits = { ...DEFAULT_HEALTH_LIMITS, ...deps.limits };
  const waiting = new Set<() => void>();
  const remediator = new Remediator({
    clock,
    reader,
    audit,
    agents,
    limits,
    onError,
    send: deps.send ?? fetch,
    allowPrivate: true,
  });
  const checker = new Checker({
    clock,
    publisher,
    limits,
    remediator,
    onError,
    alerting: new Alerting({ sink: alerts, onError }),
    trail: new IncidentTrail({ clock, audit, onError }),
  });
  checker.changed = () => [...waiting].forEach((recheck) => recheck());
  let record: HealthRecord | undefined;
  let managing: Managing | undefined;
  let isReady = false;
  let closing: Promise<void> | undefined;

  const summary = (tags: Tags = {}) => {
    const checks = checker.statuses().filter((status) => carries(status, tags));
    return { state: overallOf(checks), checks };
  };
  const check = (id: string) => checker.get(id).status;
  const started = (): Managing => {
    if (!managing || !isReady || closing) throw new WaooawError('unavailable', 'The checks are not loaded');
    return managing;
  };
  const kept = (): HealthRecord => {
    started();
    return record!;
  };
  const [namespace, tagNamespace] = healthNamespaces({ has: (id) => checker.has(id), check, summary });

  return {
    namespace,
    tagNamespace,

    tagSource: {
      version: () => checker.version,
      // What is not known, or not meant to be up, has no state of its own.
      tagged: () =>
        checker
          .statuses()
          .flatMap(({ tags, state, word }) => (tags ? [{ tags, ...(state === word && { state }) }] : [])),
    },

    register(given) {
      const definition = definitionOfService(given);
      const { check: id } = definition.settings;
      if (checker.has(id)) throw new WaooawError('bad_request', `There is a check "${id}" already`);
      const [watched] = checker.put([definition]);
      return () => {
        if (checker.find(id) === watched) checker.remove(id);
      };
    },

    stateOf: (id) => checker.find(id)?.status.state ?? 'unknown',

    waitFor: (id, state, signal) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          if (signal.aborted) reject(signal.reason as Error);
          else if (checker.find(id)?.status.state === state) resolve();
          else return;
          waiting.delete(settle);
          signal.removeEventListener('abort', settle);
        };
        waiting.add(settle);
        signal.addEventListener('abort', settle);
        settle();
      }),

    summary,
    check,
    history: async (id, days) => started().history(id, days),
    incidents: async (query) => kept().incidents(query),
    acknowledge: async (incident, by, note) => started().acknowledge(incident, by, note),
    addNote: async (incident, by, text) => started().addNote(incident, by, text),
    definitions: () => started().definitions(),
    create: async (input, by) => started().create(input, by),
    replace: async (input, by) => started().replace(input, by),
    remove: async (id) => started().remove(id),
    pause: async (id, by) => started().pause(id, by),
    resume: async (id) => started().resume(id),
    run: async (id) => checker.run(id),
    beat: (id) => checker.beat(id),
    windows: () => kept().windows(),
    addWindow: async (window, by) => started().addWindow(window, by),
    endWindow: async (id) => started().endWindow(id),

    stats: () => ({
      words: countsOf(checker.statuses().map(({ word }) => word)),
      flapping: checker.statuses().filter(({ flapping }) => flapping).length,
      checks: checker.statuses().length,
      ...checker.stats(),
      ...remediator.stats(),
    }),

    async start(database) {
      const opened = (record = openRecord({ database, clock, limits, onError }));
      managing = new Managing({
        clock,
        checker,
        limits,
        onError,
        record: opened,
        file: deps.file,
        filePollMs: deps.filePollMs,
        probes: { clock, reader },
        allowPrivateApiChecks: deps.allowPrivateApiChecks ?? false,
      });
      await managing.start();
      isReady = true;
    },

    close() {
      closing ??= (async () => {
        const still = [checker.close(), remediator.close(), managing?.close() ?? Promise.resolve()];
        await Promise.all(still);
        await record?.close();
      })().catch((error: unknown) => onError(error, 'the checks cannot be closed'));
      return closing;
    },
  };
}

function countsOf<Word extends string>(words: readonly Word[]): Readonly<Partial<Record<Word, number>>> {
  const counts: Partial<Record<Word, number>> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
