/** The health API's answers, for OpenAPI. `optional` and not `exactOptional`, which its generator takes for required. */
import { z } from 'zod';
import { checkInput } from './health.schema.ts';
import type { CheckHistory, CheckStatus, Incident, MaintenanceWindow } from './health.ts';

const at = (what: string) => z.number().describe(`${what}, ms since 1970`);
const tags = z.record(z.string(), z.string());

const state = z.enum(['unknown', 'up', 'degraded', 'down']);
const word = z
  .enum(['unknown', 'up', 'degraded', 'down', 'paused', 'maintenance', 'unreachable'])
  .describe('What to show: the state, or what stands above it');

const timings = z
  .object({
    dnsMs: z.number().optional(),
    connectMs: z.number().optional(),
    tlsMs: z.number().optional(),
    firstByteMs: z.number().optional(),
    totalMs: z.number(),
  })
  .describe('Where the time of the last run went, ms');

const soft = z
  .object({
    state: z.enum(['up', 'degraded', 'down']),
    runs: z.int().describe('Results in a row'),
    needed: z.int().describe('Results in a row that change the state'),
    since: at('The first of them'),
  })
  .describe('What the last runs say, while they are too few to change the state');

const flapping = z
  .object({
    percent: z.number().describe('Weighted share of changes among the last 21 results'),
    changes: z.int().describe('Changes among the results of windowMs'),
    windowMs: z.number(),
  })
  .describe('It changes too often to be believed');

/** A check and its last result. */
export const checkStatus = z
  .object({
    check: z.string(),
    title: z.string(),
    kind: z.enum(['http', 'tcp', 'tls', 'dns', 'exec', 'heartbeat', 'metric', 'custom']),
    source: z.enum(['service', 'file', 'api']).describe('Where it is defined'),
    state: state.describe('What enough results in a row agree on, and what it depends on allows'),
    word,
    since: at('When this word began: a failure with its first result'),
    at: at('When the last result came in').optional(),
    reason: z.string().optional().describe('Why it is not up, or the figure that it judged'),
    tookMs: z.number().optional().describe('How long the last run took, ms'),
    timings: timings.optional(),
    certificateExpiresAt: at('When the certificate that was seen expires').optional(),
    tags: tags.optional().describe('What it is about'),
    critical: z.boolean().describe('Counts for the overall state'),
    intervalMs: z.number().describe('How often it runs, ms'),
    soft: soft.optional(),
    flapping: flapping.optional(),
    unreachableBy: z.string().optional().describe('The parent that is down'),
    causedBy: z.string().optional().describe('The dependency that this state comes from'),
    maintenance: z
      .object({ id: z.string(), endsAt: z.number(), reason: z.string() })
      .optional()
      .describe('The window that it is in'),
    paused: z.object({ by: z.string(), at: z.number() }).optional(),
    incident: z
      .object({ id: z.string(), startedAt: z.number(), acknowledgedBy: z.string().optional() })
      .optional()
      .describe('The incident that is open'),
  })
  .meta({ id: 'CheckStatus' }) satisfies z.ZodType<Pick<CheckStatus, 'check' | 'state' | 'word' | 'since'>>;

const status = z.enum(['pass', 'warn', 'fail']);

/** A check in `application/health+json`: with the draft's status and time beside ours. */
export const healthEntry = checkStatus
  .extend({ status, time: z.string().optional() })
  .meta({ id: 'HealthEntry' });

/** `GET /api/health`. */
export const healthDocument = z
  .object({
    status,
    state,
    version: z.string(),
    checks: z.record(z.string(), z.array(healthEntry)),
  })
  .meta({ id: 'Health' });

/** Why the check changed, and when. */
const transition = z
  .object({
    check: z.string(),
    at: at('When'),
    from: word,
    to: word,
    reason: z.string().optional(),
  })
  .meta({ id: 'CheckTransition' });

/** An incident. */
export const incident = z
  .object({
    id: z.string(),
    check: z.string(),
    title: z.string(),
    worst: z.enum(['degraded', 'down']).describe('The worst it came to'),
    startedAt: at('The first failed result'),
    confirmedAt: at('When enough results agreed'),
    endedAt: at('When it was up again; absent while it is open').optional(),
    cause: z.string().describe('The reason of the first failure'),
    tags: tags.optional(),
    acknowledged: z.object({ by: z.string(), at: z.number(), note: z.string().optional() }).optional(),
    notes: z.array(z.object({ at: z.number(), by: z.string(), text: z.string() })).readonly(),
  })
  .meta({ id: 'Incident' }) satisfies z.ZodType<Omit<Incident, 'endedAt' | 'tags' | 'acknowledged'>>;

/** `GET /api/health/incidents`. */
export const incidentList = z
  .object({ incidents: z.array(incident).readonly() })
  .meta({ id: 'IncidentList' });

const spent = {
  upMs: z.number(),
  degradedMs: z.number(),
  downMs: z.number(),
  maintenanceMs: z.number(),
  unknownMs: z
    .number()
    .describe('Unknown, paused, unreachable, and while the check or the server was not there'),
};

const uptime = z
  .object({
    ...spent,
    windowMs: z.number(),
    ratio: z
      .number()
      .nullable()
      .describe('(up + degraded) / (up + degraded + down); null where nothing was known'),
  })
  .meta({ id: 'Uptime' });

/** `GET /api/health/{check}/history`. */
export const checkHistory = z
  .object({
    check: z.string(),
    uptime: z.object({ day: uptime, week: uptime, month: uptime, quarter: uptime }),
    segments: z
      .array(z.object({ ...spent, from: z.number(), to: z.number(), worst: word }))
      .readonly()
      .describe('One a day, oldest first'),
    transitions: z.array(transition).readonly().describe('Newest first'),
    incidents: z.array(incident).readonly().describe('Newest first'),
  })
  .meta({ id: 'CheckHistory' }) satisfies z.ZodType<Pick<CheckHistory, 'check' | 'uptime' | 'segments'>>;

/** `GET /api/health/checks`. */
export const checkList = z.object({ checks: z.array(checkInput).readonly() }).meta({ id: 'CheckList' });

/** A maintenance window. */
export const maintenanceWindow = z
  .object({
    id: z.string(),
    reason: z.string(),
    checks: z.array(z.string()).readonly(),
    tags,
    startsAt: at('Begins; of one that recurs, when it is valid from'),
    endsAt: at('Ends; of one that recurs, when it does not any more').optional(),
    recurs: z
      .object({ cron: z.string(), durationMs: z.number(), timeZone: z.string() })
      .optional()
      .describe('When each begins, and how long it lasts'),
    createdBy: z.string(),
    createdAt: z.number(),
    source: z.enum(['file', 'api']).describe('Windows of the file are changed there'),
  })
  .meta({ id: 'MaintenanceWindow' }) satisfies z.ZodType<Omit<MaintenanceWindow, 'endsAt' | 'recurs'>>;

/** `GET /api/health/maintenance`. */
export const maintenanceList = z
  .object({ windows: z.array(maintenanceWindow).readonly() })
  .meta({ id: 'MaintenanceList' });
