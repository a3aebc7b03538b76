/**
 * What the health API takes, for validation at the server's edge and for OpenAPI, and what a file of checks has in common with
 * it. `optional` and not `exactOptional`, which the OpenAPI generator takes for required.
 */
import { z } from 'zod';
import { apiProbe } from './probe.schema.ts';
import { TAG_NAME } from './series.ts';

/** Ids of checks: kebab-case, and not a word that stands for something else in the API's paths or the names of channels. */
export const CHECK_ID = /^(?!(checks|incidents|maintenance|tag)$)[a-z0-9]+(-[a-z0-9]+)*$/;

const DAY_MS = 86_400_000;
/** Checks, tags and dependencies that one check or window may name. */
const MAX_TAGS = 32;
const MAX_DEPENDENCIES = 64;
const MAX_WINDOW_CHECKS = 1_000;

/** Whole milliseconds. */
export const ms = (min: number, max = DAY_MS) =>
  z
    .int({ error: `expected a whole number of milliseconds from ${min} to ${max}` })
    .min(min, { error: `expected at least ${min} ms` })
    .max(max, { error: `expected at most ${max} ms` });
/** How often. */
export const times = z
  .int({ error: 'expected a whole number from 1 to 100' })
  .min(1, { error: 'expected at least 1' })
  .max(100, { error: 'expected at most 100' });
const yesOrNo = z.boolean({ error: 'expected true or false' });
/** A text that is not empty. */
export const text = (max: number) =>
  z
    .string({ error: 'expected a text' })
    .min(1, { error: 'expected a text' })
    .max(max, { error: `expected at most ${max} characters` });
const percent = z.number({ error: 'expected a number from 1 to 100' }).min(1).max(100);
/** ms since 1970. */
export const moment = z.int({ error: 'expected milliseconds since 1970' }).min(0).max(8_640_000_000_000_000);

/** A check's id. */
export const checkId = z
  .string({ error: 'expected a check id' })
  .max(128, { error: 'expected at most 128 characters' })
  .regex(CHECK_ID, {
    error: 'expected a kebab-case id, such as payments-api; checks, incidents, maintenance and tag are taken',
  });

/** Tags of a check, and what a window or a query chooses checks by. */
export const checkTags = z
  .record(z.string().max(128).regex(TAG_NAME, { error: 'expected a tag name' }), text(1_024))
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, { error: `expected at most ${MAX_TAGS} tags` });

const dependency = z
  .strictObject({
    check: checkId.describe('What must be up'),
    critical: yesOrNo.default(true).describe('While it is down, so is this; not critical: this is degraded'),
  })
  .meta({ id: 'CheckDependency' });

/** What a file may say once for all of its checks. */
export const sharedFields = {
  critical: yesOrNo.default(true).describe('Counts for the overall state'),
  intervalMs: ms(1_000).default(30_000).describe('How often it looks, ms'),
  timeoutMs: ms(10, 600_000)
    .default(10_000)
    .describe('A look that takes longer has found the thing down, ms'),
  failureThreshold: times.default(3).describe('Results in a row that make it worse'),
  successThreshold: times.default(1).describe('Results in a row that make it better'),
  startGraceMs: ms(0)
    .default(0)
    .describe(
      'From its start: failures are shown and not counted, until the first success or the end of this, ms',
    ),
  degradedAfterMs: ms(1, 600_000).optional().describe('A success that took longer is degraded, ms'),
  flapStartPercent: percent
    .default(30)
    .describe('Weighted share of changes among the last 21 results from which it flaps, percent'),
  flapStopPercent: percent.default(20).describe('The share at which it does not any more, percent'),
  alert: yesOrNo.default(true).describe('Raises an alert when it is not up'),
};

/** What every check has beside how it looks. */
export const checkFields = {
  check: checkId.describe('kebab-case, unique: the <check> of health/<check>'),
  title: text(256).optional().describe('For people; the id when absent'),
  tags: checkTags.default({}).describe('What it is about, as on series: agent, service, environment …'),
  ...sharedFields,
  dependsOn: z
    .array(dependency, { error: 'expected a list' })
    .max(MAX_DEPENDENCIES)
    .default([])
    .describe('What else must be up'),
  parent: checkId
    .optional()
    .describe('What stands before it, such as a router: while that is down this is unreachable'),
};

/** Refuses a flapping that would stop before it starts. */
export function checkFlapping(
  of: { readonly flapStartPercent: number; readonly flapStopPercent: number },
  context: z.RefinementCtx,
): void {
  if (of.flapStopPercent <= of.flapStartPercent) return;
  const message = `expected at most flapStartPercent, which is ${of.flapStartPercent}`;
  context.addIssue({ code: 'custom', path: ['flapStopPercent'], message });
}

/** A check, as the API takes it: it runs no command and remedies nothing. */
export const checkInput = z
  .strictObject({ ...checkFields, probe: apiProbe })
  .superRefine(checkFlapping)
  .meta({ id: 'CheckInput' });

/** A check with its defaults filled in. */
export type CheckInput = z.output<typeof checkInput>;

const recurs = z.strictObject({
  cron: text(128).describe('When each begins: minute, hour, day of the month, month, day of the week'),
  durationMs: ms(60_000, 31 * DAY_MS).describe('How long each lasts, ms'),
  timeZone: text(64)
    .default('UTC')
    .refine(isTimeZone, { error: 'expected an IANA time zone, such as Europe/Berlin' })
    .describe('The zone of these hours'),
});

/** What every maintenance window has beside its times. */
export const windowFields = {
  reason: text(1_024).describe('For people'),
  checks: z.array(checkId, { error: 'expected a list' }).max(MAX_WINDOW_CHECKS).default([]).describe('By id'),
  tags: checkTags.default({}).describe('And those that carry all of these tags'),
  recurs: recurs.optional(),
};

interface WindowTimes {
  readonly checks: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
  readonly recurs?: object | undefined;
}

/** Refuses a window that names nothing, or has no end. */
export function checkWindow(of: WindowTimes, context: z.RefinementCtx): void {
  const { checks, tags, startsAt = 0, endsAt, recurs } = of;
  const refuse = (field: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  // One that names nothing would silence everything.
  if (checks.length === 0 && Object.keys(tags).length === 0) refuse('checks', 'expected checks or tags');
  if (endsAt === undefined && !recurs) refuse('endsAt', 'expected an end, or recurs');
  if (endsAt !== undefined && endsAt <= startsAt) refuse('endsAt', 'expected a time after startsAt');
}

/** `POST /api/health/maintenance`: a time in which failures are expected. */
export const newMaintenance = z
  .strictObject({
    ...windowFields,
    startsAt: moment.optional().describe('ms since 1970; now when absent'),
    endsAt: moment.optional().describe('ms since 1970; of one that recurs, when it does not any more'),
  })
  .superRefine(checkWindow)
  .meta({ id: 'NewMaintenance' });

/** What is asked for. */
export type NewMaintenance = z.output<typeof newMaintenance>;

/** A window of the file of checks: one that has its id. */
export type FileWindow = NewMaintenance & { readonly id: string };

/** `POST /api/health/incidents/{id}/acknowledge`. */
export const newAcknowledgement = z
  .strictObject({ note: text(4_096).optional().describe('For people: who does what, or where') })
  .meta({ id: 'NewAcknowledgement' });

/** `POST /api/health/incidents/{id}/notes`. */
export const incidentNote = z.strictObject({ text: text(4_096) }).meta({ id: 'NewIncidentNote' });

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
