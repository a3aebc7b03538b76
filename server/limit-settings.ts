/** The limits of the services as settings: the defaults are theirs, and each gets its range and its meaning here. */
import { DEFAULT_ALERTS_LIMITS } from './services/alerts/limits.ts';
import { DEFAULT_AUDIT_LIMITS } from './services/audit/limits.ts';
import type { AuditLimits } from './services/audit/limits.ts';
import { DEFAULT_LIMITS } from './services/broadcaster/limits.ts';
import { DEFAULT_CONTEXTS_LIMITS } from './services/contexts/limits.ts';
import { DEFAULT_HEALTH_LIMITS } from './services/health/limits.ts';
import { DEFAULT_METRICS_LIMITS } from './services/metrics/limits.ts';
import { integer } from './setting.ts';
import type { Setting } from './setting.ts';

/** A limit with its meaning, from 1 on. */
export const limit = (meaning: string, max = 1_000_000_000): ((fallback: number) => Setting<number>) => {
  return (fallback) => integer(1, max, fallback, meaning);
};

const keep = (length: string): ((fallback: number) => Setting<number>) => {
  return (fallback) =>
    integer(3_600_000, 315_360_000_000, fallback, `How long buckets of ${length} are kept, on disk, ms.`);
};

/** The settings of the broadcaster. */
export const BROADCASTER_SETTINGS = withDefaults(DEFAULT_LIMITS, {
  maxConnections: limit('Open connections.'),
  maxConnectionsPerIdentity: limit('Open connections of one identity.'),
  maxChannels: limit('Channels with readers, or kept for readers who may come back.'),
  maxSubscriptions: limit('Subscriptions of one connection.'),
  maxChannelLength: limit('Length of a channel name, characters.', 65_536),
  maxFrameBytes: limit('Largest frame from a client, bytes.'),
  maxPublicationBytes: limit('Largest publication by a client or over HTTP, as JSON, bytes.'),
  // From what a subscribe with a position needs, to what every parser and every stack takes.
  maxDepth: (fallback) =>
    integer(
      8,
      1_000,
      fallback,
      'Levels of arrays and objects in a message from a client, a request body or a publication.',
    ),
  messagesPerSecond: limit('Messages from one client, a second, sustained.'),
  messageBurst: limit('Messages from one client at once, before the sustained rate counts.'),
  subscribesPerSecond: limit('Subscribes by one client, a second, sustained; those of a connect count too.'),
  subscribeBurst: limit('Subscribes by one client at once, before the sustained rate counts.'),
  maxRefused: limit('Refused messages in a row until a connection is closed.'),
  maxPendingBytes: limit(
    'Bytes that may wait for one reader; over this it is sent no more until it has read them.',
  ),
  maxPendingFrames: limit('Frames that may wait for one reader; over this likewise.'),
  slowAfterMs: limit('How long a reader may stay over these two until it is closed, ms.', 600_000),
  maxBufferedBytes: limit(
    'Bytes that may wait for one reader, answers to its own commands included; over this it is closed at once.',
  ),
  appHistorySize: limit('Publications that one of the host’s own channels keeps.', 1_000_000),
  appHistoryAgeMs: limit('How long they are kept, ms.', 86_400_000),
  connectTimeoutMs: limit('From the upgrade to the connect message, ms.'),
  pingMs: limit('Between two pings, ms.'),
  pongTimeoutMs: limit('From a ping to its pong, ms.'),
  drainWindowMs: limit('The longest that clients are spread over when the server goes down, ms.', 600_000),
  drainPerSecond: limit(
    'Clients asked to leave in a second, when they are few enough for less than the whole window.',
  ),
});

/** The settings of the metrics service. */
export const METRICS_SETTINGS = withDefaults(DEFAULT_METRICS_LIMITS, {
  keepSecondsMs: (fallback) =>
    integer(60_000, 86_400_000, fallback, 'How long buckets of one second are kept, in memory, ms.'),
  keepTenSecondsMs: (fallback) =>
    integer(60_000, 604_800_000, fallback, 'How long buckets of ten seconds are kept, in memory, ms.'),
  keepMinutesMs: keep('one minute'),
  keepFiveMinutesMs: keep('five minutes'),
  keepHoursMs: keep('one hour'),
  keepDaysMs: keep('one day'),
  maxLateMs: (fallback) => integer(0, 3_600_000, fallback, 'How late a sample may come, ms.'),
  maxFutureMs: limit('How far a sample may be ahead of the server’s clock, ms.', 3_600_000),
  persistIntervalMs: (fallback) =>
    integer(
      100,
      3_600_000,
      fallback,
      'Between two writes of metrics to disk, ms: what a crash loses at most.',
    ),
  maxSeries: limit('Series with samples in the last WAOOAW_KEEP_SECONDS_MS.'),
  maxSeriesPerMetric: limit('Series of one metric; more share an overflow series.'),
  maxSeriesPerSource: limit('Series of one sender or scraped job.'),
  maxFineSeries: limit('Series that have buckets of one and ten seconds, some 40 KiB each.'),
  maxSilentSeries: limit('Series without a recent sample that can still be asked for.'),
  maxBatch: limit('Samples of one batch of JSON.'),
  maxIngestBytes: limit('Largest body of samples as it is sent, bytes.'),
  maxDecompressedBytes: limit('Largest body of samples once it is decompressed, bytes.'),
  maxRejectedShown: limit('Bad parts of a body that are spelt out in the answer; all are counted.', 10_000),
  maxNameLength: limit('Length of a metric name, characters.', 65_536),
  maxSeriesLength: limit('Length of a series, name and tags as written in its channel, characters.', 65_536),
  maxTags: limit('Tags of one sample.', 1_000),
  maxTagLength: limit('Length of a tag name or value, characters.', 65_536),
  publishIntervalMs: limit(
    'Between two publications of one series or live query, ms; a change after a longer pause is published at once.',
    60_000,
  ),
  maxQuerySeries: limit('Series that one query may match.'),
  maxQueryGroups: limit('Groups of one answer.', 100_000),
  maxQuerySteps: limit('Steps of one answer.', 1_000_000),
  maxQueryPoints: limit('Points of all answers of one call: groups times steps.'),
  maxQueries: limit('Metrics asked for in one call.', 1_000),
  maxLiveQueries: limit('Queries that are kept up to date at once.', 1_000_000),
  maxLivePoints: limit('Points of all queries that are kept up to date.'),
  maxBodiesBytes: limit('Bodies of samples that are on their way in, together, bytes.', 100_000_000_000),
});

/** The settings of the contexts service. */
export const CONTEXTS_SETTINGS = withDefaults(DEFAULT_CONTEXTS_LIMITS, {
  contextIntervalMs: limit(
    'Between two looks at the agents, services and environments in use, and so between two publications of them, ms.',
    60_000,
  ),
  contextPageItems: limit(
    'Agents, services or environments of a page, where the caller does not say.',
    100_000,
  ),
  maxContextPageItems: limit('The same, at most; of a publication too.', 100_000),
  maxContextQueryLength: limit('Length of a search for them, characters.', 8_192),
});

/** The settings of the alerts service. */
export const ALERTS_SETTINGS = withDefaults(DEFAULT_ALERTS_LIMITS, {
  maxRules: limit('Alert rules, of the file and of the API together.', 100_000),
  maxAlerts: limit('Alerts, and groups that are watched for no data.'),
  maxSilences: limit('Silences that are not over.', 1_000_000),
  evaluationConcurrency: limit('Alert rules that are evaluated at once.', 1_000),
  evaluationTimeoutMs: limit('Time for a rule’s query to answer, ms.', 600_000),
  keepResolvedMs: limit(
    'How long resolved alerts stay in the list, and ended silences in theirs, ms.',
    2_592_000_000,
  ),
  flapStartPercent: limit(
    'Weighted share of changes among the last 21 states from which an alert flaps, percent.',
    100,
  ),
  flapStopPercent: limit('The share at which it does not any more, percent.', 100),
  maxNoticeAlerts: limit('Alerts of one notice.', 100_000),
  noticeTimeoutMs: limit('Time for a receiver of notices to answer, ms.', 600_000),
  noticeRetryMinMs: limit(
    'The longest pause after the first failed attempt at a notice, ms; it doubles with each.',
    600_000,
  ),
  noticeRetryMaxMs: limit('The longest pause between two attempts at a notice, ms.', 86_400_000),
  noticeRetryAfterMaxMs: limit(
    'The longest retry-after of a receiver of notices that is obeyed, ms.',
    86_400_000,
  ),
  maxNoticeRefusals: limit('Refusals by a receiver until a notice without a resolve is given up.', 1_000),
  maxDeadNotices: limit('Notices that were given up and are kept.', 1_000_000),
});

const past = (meaning: string, min = 3_600_000): ((fallback: number) => Setting<number>) => {
  return (fallback) => integer(min, 315_360_000_000, fallback, meaning);
};

/** The settings of the health service. */
export const HEALTH_SETTINGS = withDefaults(DEFAULT_HEALTH_LIMITS, {
  healthPersistIntervalMs: limit(
    'Between two writes of what the last results of checks say, ms; changes of state do not wait.',
    3_600_000,
  ),
  healthAliveIntervalMs: limit(
    'Between two signs of life of the server, ms: after a crash, this much of the checks’ past at most is unknown.',
    3_600_000,
  ),
  keepTransitionsMs: past(
    'How long changes of the states of checks are kept, ms; their history shows up to 90 days.',
    86_400_000,
  ),
  maxTransitionsPerCheck: limit('Changes of state of one check that are kept.', 10_000_000),
  keepIncidentsMs: past('How long incidents that ended are kept, ms.', 86_400_000),
  maxIncidentNotes: limit('Notes of one incident.', 100_000),
  maxWindows: limit(
    'Maintenance windows that are not over, of WAOOAW_CHECKS_FILE and of the API together.',
    100_000,
  ),
  keepWindowsMs: past('How long maintenance windows that ended are kept, ms.'),
  maxUnwrittenHealthRows: limit(
    'What of the checks’ past waits for a database that refuses, rows; beyond it the oldest are lost, which is logged.',
    100_000_000,
  ),
  healthPruneIntervalMs: limit('Between two looks for what is too old to be kept, ms.', 86_400_000),
  maxChecks: limit('Checks of WAOOAW_CHECKS_FILE and of the API together.', 100_000),
  checkConcurrency: limit('Checks that look at once.', 10_000),
  checkConcurrencyPerHost: limit('Checks that look at once at one host.', 10_000),
  checkStallMs: limit(
    'How long the server itself may stand still while a check looks until a failure of that look says nothing, ms.',
    600_000,
  ),
  maxRemediationsPerMinute: limit(
    'Attempts to mend something, of all checks together, in any minute.',
    10_000,
  ),
  remediationConcurrency: limit('Attempts to mend something at once.', 1_000),
});

/** The audit service's limits that are numbers: what becomes of entries that cannot be written is a setting of its own. */
export type AuditNumbers = Omit<AuditLimits, 'onFailure'>;

const { onFailure: _, ...numbers } = DEFAULT_AUDIT_LIMITS;

/** Their defaults. */
export const AUDIT_NUMBERS: AuditNumbers = numbers;

/** The settings of the audit service's limits. */
export const AUDIT_LIMIT_SETTINGS = withDefaults(AUDIT_NUMBERS, {
  maxEntryBytes: (fallback) => integer(1_024, 16_777_216, fallback, 'Largest audit entry, bytes.'),
  maxBatchEntries: limit('Audit entries of one request.', 100_000),
  maxEntryDepth: limit('Levels of arrays and objects in before, after and details of an audit entry.', 256),
  auditPageItems: limit('Audit entries of a page, where the caller does not say.', 100_000),
  maxAuditPageItems: limit('The same, at most.', 100_000),
  maxAuditQueryLength: limit('Length of a query for audit entries, characters.', 65_536),
  maxFacetValues: limit('Values of a field of audit entries that are counted in one answer.', 100_000),
  maxStatisticsDays: limit('Days that one answer with statistics of the audit trail covers.', 3_660),
  auditSnapshotItems: limit('Newest audit entries that a live timeline begins with.', 10_000),
  maxAuditPublicationBytes: limit(
    'Bytes of one publication of audit entries, and of what a live timeline begins with.',
  ),
  checkpointIntervalMs: limit(
    'The shortest time between two checkpoints that nobody asked for, ms.',
    3_600_000,
  ),
  checkpointTimeoutMs: limit('Time for WAOOAW_AUDIT_CHECKPOINT_URL to answer, ms.', 600_000),
  maxCheckpointAttempts: limit('Attempts to bring a checkpoint there.', 1_000),
  checkpointRetryMs: limit('The pause after the first failed one, ms; it doubles with each.', 600_000),
  gapRetryMs: limit('Between two attempts to write down how many audit entries are missing, ms.', 3_600_000),
  readFoldMs: limit(
    'How long the same query of the audit trail by the same reader is not recorded again, ms.',
  ),
  readRepeatMs: limit('When it is recorded again although it never ceased, ms.'),
  maxFoldedReads: limit('Queries of readers that are remembered to that end.', 10_000_000),
  maxReadEntries: limit(
    'Audit entries for distinct queries of one reader in WAOOAW_READ_WINDOW_MS.',
    100_000,
  ),
  readWindowMs: limit('How long what one reader asks is counted together for that, ms.', 86_400_000),
  maxReadQueryBytes: limit('Bytes of a query that the entry of its reading keeps.', 16_384),
  maxCountedReaders: limit(
    'Readers whose further queries are counted apart; those of all others are counted together.',
    1_000_000,
  ),
  maxOwnAuditSearches: limit('Searches of the audit trail by one caller at once.', 10_000),
  maxAuditSearches: limit('Searches of the audit trail at once.', 10_000),
  maxReportEntries: limit('Audit entries that are read for one report.'),
  maxReportItems: limit('Groups and entries of a list in a report.', 10_000),
  maxCheckpointFileBytes: (fallback) =>
    integer(
      4_096,
      1_000_000_000,
      fallback,
      'Size of the checkpoint file from which on it is put aside (.1), and another one begins, bytes.',
    ),
});

/** Gives each limit its default, in the order of the defaults. */
export function withDefaults<T extends object>(
  defaults: T,
  limits: { readonly [K in keyof T]: (fallback: number) => Setting<number> },
): { readonly [K in keyof T]: Setting<number> } {
  // In the order of the defaults, which is that of the documentation.
  const settings = Object.entries(defaults).map(([key, fallback]) => [
    key,
    limits[key as keyof T](fallback as number),
  ]);
  return Object.fromEntries(settings) as { readonly [K in keyof T]: Setting<number> };
}
