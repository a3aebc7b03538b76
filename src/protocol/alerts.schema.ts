/**
 * The alerts API's bodies and answers, for validation at the server's edge and for OpenAPI. `optional` and not
 * `exactOptional`, which the OpenAPI generator takes for required.
 */
import { z } from 'zod';
import type { Alert } from './alerts.ts';
import { WaooawError } from './error.ts';
import { ACROSS, AGGREGATIONS } from './queries.ts';
import { parseSelector } from './selector.ts';
import { TAG_NAME } from './series.ts';

/** 31 days: the longest that a rule may count, ms. */
const MAX_MS = 2_678_400_000;
const MAX_LABELS = 32;
/** Set by us in every notice. */
const RESERVED = ['alertname', 'severity'];

/** What annotations may hold beside plain text: `{{value}}` and `{{label.x}}`. */
export const PLACEHOLDER = /\{\{\s*(?:(value)|label\.([a-zA-Z_][a-zA-Z0-9_]*))\s*\}\}/g;

const severity = z.enum(['degraded', 'critical']);
const ms = (fallback: number, min = 0) => z.int().min(min).max(MAX_MS).default(fallback);
const tagName = z.string().max(128).regex(TAG_NAME, 'expected a label name');
const few = (record: object): boolean => Object.keys(record).length <= MAX_LABELS;

const labels = z
  .record(tagName, z.string().max(256))
  .refine(few, `expected at most ${MAX_LABELS}`)
  .refine(
    (record) => !RESERVED.some((name) => Object.hasOwn(record, name)),
    `${RESERVED.join(' and ')} are set by the server`,
  )
  .default({});

const annotations = z
  .record(
    tagName,
    z
      .string()
      .max(4_096)
      .refine(
        (text) => !text.replaceAll(PLACEHOLDER, '').includes('{{'),
        'expected {{value}} or {{label.name}} between the braces',
      ),
  )
  .refine(few, `expected at most ${MAX_LABELS}`)
  .default({});

/** When a value is bad. With `clearValue` a firing alert clears only beyond that (hysteresis). */
export const alertCondition = z
  .strictObject({
    op: z.enum(['>', '>=', '<', '<=']),
    value: z.number(),
    clearValue: z.number().optional().describe('A firing alert clears only once this is passed too'),
  })
  .refine(
    ({ op, value, clearValue = value }) => (op.startsWith('>') ? clearValue <= value : clearValue >= value),
    { path: ['clearValue'], message: 'expected a value on the good side of `value`' },
  );

const query = z
  .strictObject({
    metric: z.string().max(4_096).superRefine(checkSelector).describe('A selector, as in a metric query'),
    windowMs: ms(300_000, 1_000).describe('How far back is looked, ms'),
    stepMs: z
      .int()
      .min(1_000)
      .max(MAX_MS)
      .optional()
      .describe(
        'The span that is judged, ms: the newest complete step. Default 60,000, or half of a shorter window',
      ),
    aggregation: z.enum(AGGREGATIONS).optional(),
    across: z.enum(ACROSS).optional(),
    by: z.array(tagName).max(16).default([]).describe('Tags that tell alerts of one rule apart'),
  })
  .refine(({ windowMs, stepMs = 0 }) => windowMs >= 2 * stepMs, {
    path: ['windowMs'],
    message: 'expected at least two steps, so that one of them is complete at any time',
  });

/** A rule. */
export const alertRule = z
  .strictObject({
    name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,127}$/, 'expected letters, digits and _ . : -'),
    query,
    condition: alertCondition,
    forMs: ms(0).describe('How long the condition holds before it fires, ms'),
    keepFiringForMs: ms(0).describe('How long it is clear before it resolves, ms'),
    noData: z
      .enum(['alert', 'keep', 'ok'])
      .default('alert')
      .describe('What no data means: an alert; that nothing changed; nothing that anybody is told'),
    noDataAfterMs: ms(120_000, 1_000).describe('The oldest value that still counts, ms'),
    goneAfterMs: ms(86_400_000, 1_000).describe('When a group without data counts as gone, ms'),
    severity: severity.default('critical'),
    labels,
    annotations,
    evaluateMs: ms(15_000, 1_000).describe('Between two evaluations, ms'),
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'AlertRule' });

/** A rule with its defaults filled in. */
export type AlertRule = z.output<typeof alertRule>;

/** What an alert's label must be. A label that it lacks counts as empty. */
export const alertMatcher = z.strictObject({
  label: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label name'),
  operator: z.enum(['=', '!=', '=~', '!~']).default('='),
  value: z.string().max(1_024),
});

/** A matcher with its defaults filled in. */
export type AlertMatcher = z.output<typeof alertMatcher>;

/** `POST /api/alerts/silences`. */
export const newSilence = z
  .strictObject({
    matchers: z
      .array(alertMatcher)
      .min(1)
      .max(16)
      .describe('All of them must match; alertname and severity too'),
    startsAt: z.int().min(0).optional().describe('ms since 1970; now when absent'),
    endsAt: z.int().min(0).describe('ms since 1970'),
    comment: z.string().max(1_024).default(''),
  })
  .meta({ id: 'NewSilence' });

/** What is asked for. */
export type NewSilence = z.output<typeof newSilence>;

/** A silence. */
export const silence = z
  .object({
    id: z.string(),
    matchers: z.array(alertMatcher).readonly(),
    startsAt: z.number(),
    endsAt: z.number(),
    createdAt: z.number(),
    createdBy: z.string().describe('The caller'),
    comment: z.string(),
  })
  .meta({ id: 'Silence' });

/** One that is kept. */
export type Silence = Readonly<z.output<typeof silence>>;

/** `GET /api/alerts/silences`. */
export const silenceList = z
  .object({
    silences: z.array(silence.extend({ state: z.enum(['pending', 'active', 'ended']) })).readonly(),
  })
  .meta({ id: 'SilenceList' });

const texts = z.record(z.string(), z.string());

/** An alert. */
export const alert = z
  .object({
    alert: z.string(),
    rule: z.string(),
    source: z.enum(['metrics', 'health', 'provisioning']),
    state: z.enum(['pending', 'firing', 'resolved', 'no-data']),
    severity,
    labels: texts,
    annotations: texts,
    summary: z.string(),
    value: z.number().optional(),
    activeAt: z.number(),
    firedAt: z.number().optional(),
    resolvedAt: z.number().optional(),
    updatedAt: z.number(),
    flapping: z.boolean(),
    silencedBy: z.array(z.string()).readonly(),
  })
  .meta({ id: 'Alert' }) satisfies z.ZodType<Omit<Alert, 'value' | 'firedAt' | 'resolvedAt'>>;

/** `GET /api/alerts`. */
export const alertList = z.object({ alerts: z.array(alert).readonly() }).meta({ id: 'AlertList' });

const count = (what: string) => z.int().describe(what);

/** A rule, and how its evaluations go. */
export const ruleStatus = z
  .object({
    rule: alertRule,
    origin: z.enum(['file', 'api']).describe('Rules of the file are changed there'),
    changedAt: z.number().optional(),
    changedBy: z.string().optional(),
    evaluatedAt: z.number().optional().describe('The last evaluation that had a result, ms since 1970'),
    evaluations: count('With a result, since the start'),
    failures: count('Without one, since the start; they change no alert'),
    overruns: count('Left out because the one before was not done'),
    error: z
      .object({ code: z.string(), message: z.string(), at: z.number() })
      .optional()
      .describe('What is wrong now'),
    alerts: z.object({ pending: z.int(), firing: z.int(), noData: z.int() }),
  })
  .meta({ id: 'RuleStatus' });

/** What is known of a rule. */
export type RuleStatus = z.output<typeof ruleStatus>;

/** `GET /api/alerts/rules`. */
export const ruleList = z.object({ rules: z.array(ruleStatus).readonly() }).meta({ id: 'RuleList' });

/** `POST /api/alerts/rules/test`: what the rule would say now, were it new. */
export const ruleTest = z
  .object({
    at: z.number(),
    alerts: z
      .array(
        z.object({
          labels: texts,
          outcome: z.enum(['firing', 'clear', 'unknown']),
          state: z.enum(['inactive', 'pending', 'firing', 'no-data']),
          value: z.number().optional(),
          valueAt: z.number().optional().describe('End of the step that was judged, ms since 1970'),
          summary: z.string(),
          annotations: texts,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'RuleTest' });

/** What a dry run found. */
export type RuleTest = z.output<typeof ruleTest>;

const notice = z.object({
  id: z.string().describe('The idempotency key of its requests'),
  receiver: z.string(),
  group: z.string(),
  resolves: z.boolean().describe('It tells of a resolve, and so is never given up'),
  madeAt: z.number(),
  attempts: z.int(),
  nextAt: z.number().describe('The next attempt, ms since 1970'),
  lastError: z.string().optional(),
  deadAt: z.number().optional().describe('When it was given up, ms since 1970'),
});

/** A notice, for whoever looks after the outbox. */
export type NoticeInfo = z.output<typeof notice>;

/** `GET /api/alerts/notices`. */
export const noticeList = z
  .object({
    receivers: z
      .array(
        z.object({
          receiver: z.string(),
          due: count('Alerts to be told of, not in a notice yet'),
          delivered: count('Notices, since the start'),
          failed: count('Attempts, since the start'),
        }),
      )
      .readonly(),
    waiting: z.array(notice).readonly().describe('Under way or to be tried again, oldest first'),
    dead: z.array(notice).readonly().describe('Given up, oldest first'),
  })
  .meta({ id: 'NoticeList' });

/** The outbox as it stands. */
export type NoticeList = z.output<typeof noticeList>;

/** A receiver of notices. From the local file only: whoever may call the API must not choose where we connect to. */
export const alertReceiver = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,127}$/, 'expected letters, digits and _ . : -'),
  url: z.url({ protocol: /^https?$/, message: 'expected an http or https URL' }),
  secretFile: z.string().min(1).optional().describe('File with the secret that requests are signed with'),
  sendResolved: z.boolean().default(true),
  groupBy: z.array(z.string().max(128)).max(16).default(['alertname']).describe('Labels; [] for one group'),
  groupWaitMs: ms(10_000).describe('How long more of the same group is waited for, ms'),
  repeatMs: ms(14_400_000, 1_000).describe('When what still fires is told again, ms'),
  minSeverity: severity.default('degraded'),
});

/** The file of rules and receivers. */
export const alertsFile = z.strictObject({
  receivers: z.array(alertReceiver).max(100).default([]),
  rules: z.array(alertRule).default([]),
});

function checkSelector(text: string, context: z.RefinementCtx): void {
  try {
    parseSelector(text);
  } catch (error) {
    const message = error instanceof WaooawError ? error.message : String(error);
    context.addIssue({ code: 'custom', message });
  }
}
