/** The alerts service: rules over metrics, signals of other services, and who is told of them. */
import type { Alert, Json } from '../../../src/protocol/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type {
  AlertRule,
  NewSilence,
  NoticeList,
  RuleStatus,
  RuleTest,
  Silence,
} from '../../../src/protocol/alerts.schema.ts';
import type { AlertSink } from '../../ports/alert-sink.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Database } from '../../ports/database.ts';
import type { MetricReader } from '../../ports/metric-reader.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import { CHANNEL } from './ledger.ts';
import { DEFAULT_ALERTS_LIMITS } from './limits.ts';
import type { AlertsLimits } from './limits.ts';
import { readAlertsFile } from './rules-file.ts';
import { Running } from './running.ts';
import type { SilenceState } from './silences.ts';
import { latestOfEach } from './snapshot.ts';
import type { AlertsStats } from './stats.ts';
import { NO_STATS } from './stats.ts';
import type { Send } from './webhook.ts';

export { alertsFamilies } from './families.ts';
export { DEFAULT_ALERTS_LIMITS } from './limits.ts';
export type { AlertsLimits } from './limits.ts';
export type { AlertsStats } from './stats.ts';

/** What the service needs. */
export interface AlertsDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  /** Answers the rules' queries. */
  readonly reader: MetricReader;
  readonly limits?: Partial<AlertsLimits>;
  /** Path of the file of rules and receivers, YAML or JSON. Without one there are no receivers. */
  readonly file?: string;
  /** Where people find this server, for links in notices; without a slash at its end. Default none. */
  readonly externalUrl?: string;
  /** Makes requests; `fetch` by default. */
  readonly send?: Send;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
  /** Told of what goes wrong beside requests. */
  readonly onError: (error: unknown, what: string) => void;
}

/** The service. All but `namespace`, `stats` and `close` reject with `unavailable` before `start`. */
export interface Alerts {
  readonly limits: AlertsLimits;
  /** The `alerts` channel, for the broadcaster. */
  readonly namespace: Namespace;
  /** Where other services raise alerts. */
  readonly sink: AlertSink;
  /** Everything that stands, and what was resolved lately. */
  list(): readonly Alert[];
  rules(): readonly RuleStatus[];
  /** @throws WaooawError `not_found`. */
  rule(name: string): RuleStatus;
  /** @throws WaooawError `conflict` for a name that is used, `rule_limit` at `maxRules`. */
  createRule(rule: AlertRule, by: string): Promise<RuleStatus>;
  /** @throws WaooawError `not_found`, `read_only` for a rule of the file. */
  replaceRule(rule: AlertRule, by: string): Promise<RuleStatus>;
  /** Its alerts resolve, with that reason. @throws WaooawError as `replaceRule`. */
  deleteRule(name: string): Promise<void>;
  /** What a rule would say now. @throws WaooawError of the query. */
  testRule(rule: AlertRule): Promise<RuleTest>;
  silences(): readonly (Silence & { readonly state: SilenceState })[];
  /** @throws WaooawError `bad_request`, `silence_limit` at `maxSilences`. */
  silence(asked: NewSilence, by: string): Promise<Silence>;
  /** Ends a silence now; one that is over stays as it is. @throws WaooawError `not_found`. */
  expire(id: string): Promise<void>;
  /** The outbox as it stands. */
  notices(): NoticeList;
  stats(): AlertsStats;
  /**
   * Reads the file and what was kept, and goes on where it was.
   * @throws WaooawError `bad_config` naming file, line and field; the database's own.
   */
  start(database: Database): Promise<void>;
  /** Stops looking and telling; resolves once nothing is written any more. */
  close(): Promise<void>;
}

/** Kept for readers whose connection broke. */
const HISTORY = { size: 256, ageMs: 600_000 };

/** Puts the service together. */
export function createAlerts(deps: AlertsDeps): Alerts {
  const limits = { ...DEFAULT_ALERTS_LIMITS, ...deps.limits };
  let running: Running | undefined;
  let closed = false;

  const started = (): Running => {
    if (!running) throw new WaooawError('unavailable', 'The alerts are not loaded yet');
    return running;
  };

  return {
    limits,

    namespace: {
      name: CHANNEL,
      history: HISTORY,
      onDemand: false,
      access: READ_ONLY,
      conflate: latestOfEach,
      resolve: (channel) => (channel === CHANNEL ? channel : undefined),
      snapshot: () => ({ alerts: running?.shown() ?? [] }) as unknown as Json,
    },

    sink: { observe: async (signal) => started().signal(signal) },

    list: () => started().shown(),
    rules: () => started().ruleList(),
    rule: (name) => started().ruleStatus(name),
    createRule: async (rule, by) => started().createRule(rule, by),
    replaceRule: async (rule, by) => started().replaceRule(rule, by),
    deleteRule: async (name) => started().deleteRule(name),
    testRule: async (rule) => started().test(rule),
    silences: () => started().silenceList(),
    silence: async (asked, by) => started().addSilence(asked, by),
    expire: async (id) => started().expire(id),
    notices: () => started().notices(),
    stats: () => running?.stats() ?? NO_STATS,

    async start(database) {
      const file = deps.file === undefined ? { rules: [], receivers: [] } : await readAlertsFile(deps.file);
      const next = new Running({
        clock: deps.clock,
        publisher: deps.publisher,
        reader: deps.reader,
        onError: deps.onError,
        send: deps.send ?? fetch,
        random: deps.random ?? Math.random,
        externalUrl: deps.externalUrl ?? '',
        limits,
        file,
        database,
      });
      await next.load();
      if (closed) return;
      running = next;
      next.begin();
    },

    async close() {
      closed = true;
      await running?.close();
    },
  };
}
