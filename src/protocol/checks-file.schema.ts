/** The file of checks and maintenance windows. */
import { z } from 'zod';
import {
  checkFields,
  checkFlapping,
  checkId,
  checkWindow,
  moment,
  ms,
  sharedFields,
  text,
  times,
  windowFields,
} from './health.schema.ts';
import { probe } from './probe.schema.ts';

const action = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }).max(2_048),
    secretFile: text(4_096).optional().describe('File with the secret that requests are signed with'),
  }),
  z.strictObject({
    kind: z.literal('exec'),
    command: z
      .array(text(4_096).regex(/^[^\0]*$/, { error: 'expected no zero byte' }), {
        error: 'expected a list: the program and its arguments',
      })
      .min(1)
      .max(64)
      .refine(([program = '']) => program.startsWith('/'), { path: [0], error: 'expected an absolute path' }),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, { error: 'expected a variable' }),
        z
          .string({ error: 'expected a text' })
          .max(4_096)
          .regex(/^[^\0]*$/, { error: 'expected no zero byte' }),
      )
      .default({}),
  }),
  z.strictObject({ kind: z.literal('restart-agent'), agent: text(128) }),
]);

const remediation = z.strictObject({
  action,
  cooldownMs: ms(1_000).default(300_000).describe('Between two attempts, ms'),
  maxAttempts: times.default(3).describe('Attempts in one incident'),
  timeoutMs: ms(10, 600_000).default(30_000).describe('For one attempt, ms'),
});

/** A check, as the file has it. From the local file only: commands, remedies, and secrets from files. */
export const writtenCheck = z
  .strictObject({ ...checkFields, probe, remediation: remediation.optional() })
  .superRefine(checkFlapping);

/** One of the file, with its defaults filled in; the files that it names are still to be read. */
export type WrittenCheck = z.output<typeof writtenCheck>;

/** A moment in the file: `2026-11-30T22:00:00Z`, with its offset, or ms since 1970. */
const written = z.union([moment, z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso))], {
  error: 'expected a time with its offset, such as 2026-11-30T22:00:00+01:00, or milliseconds since 1970',
});

/** A maintenance window, as the file has it. */
const fileWindow = z
  .strictObject({ id: checkId, ...windowFields, startsAt: written.optional(), endsAt: written.optional() })
  .superRefine(checkWindow);

const defaults = z.strictObject(sharedFields).partial();

/** The file of checks. What `defaults` say holds for each check that says nothing else. */
export const checksFile = z.preprocess(
  withDefaults,
  z.strictObject({
    defaults: defaults.optional(),
    checks: z.array(writtenCheck, { error: 'expected a list of checks' }).default([]),
    maintenance: z.array(fileWindow, { error: 'expected a list of windows' }).max(1_000).default([]),
  }),
);

/** Puts the file's defaults into its checks. What is of another shape is left for the schema to refuse. */
function withDefaults(said: unknown): unknown {
  const file = said ?? {};
  if (!isRecord(file) || !Array.isArray(file['checks'])) return file;
  const { defaults: given, checks } = file;
  if (!isRecord(given) || !defaults.safeParse(given).success) return file;
  return {
    ...file,
    checks: checks.map((check: unknown) => (isRecord(check) ? { ...given, ...check } : check)),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
