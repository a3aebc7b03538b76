/** The file of kinds of agents. */
import { z } from 'zod';
import { ms, text, times } from './health.schema.ts';

/** A kind's name. */
export const KIND_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** A version's name. It stands in names of files and in labels, and never begins with a dot or a dash. */
export const VERSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
/** A variable of the environment that is not the server's to set. */
export const VARIABLE = /^(?!WAOOAW_|(PORT|HOST)$)[A-Za-z_]\w*$/;
/** Variables that decide which code runs: what a caller sends never stands in one. */
const LOADERS =
  /^(LD_|DYLD_|NODE_|PYTHON|PERL|RUBY|JAVA|JDK_|BASH_|GIT_|LUA_|DOTNET_|OPENSSL_|GCONV_|PHP)|^(PATH|HOME|ENV|IFS|SHELL|PS4|_JAVA_OPTIONS|CLASSPATH)$/;

const HOUR_MS = 3_600_000;
const MAX_BYTES = 2 ** 50;

const yesOrNo = z.boolean({ error: 'expected true or false' });
const whole = (min: number, max: number) =>
  z
    .int({ error: `expected a whole number from ${min} to ${max}` })
    .min(min, { error: `expected at least ${min}` })
    .max(max, { error: `expected at most ${max}` });
const bytes = (min: number, max = MAX_BYTES) =>
  z
    .int({ error: `expected a whole number of bytes from ${min} to ${max}` })
    .min(min, { error: `expected at least ${min} bytes` })
    .max(max, { error: `expected at most ${max} bytes` });
/** A text that a system call takes whole. */
const argument = (max: number) =>
  z
    .string({ error: 'expected a text; in quotes where it looks like a number' })
    .max(max, { error: `expected at most ${max} characters` })
    .regex(/^[^\0]*$/, { error: 'expected no zero byte' });
const path = argument(4_096).min(1, { error: 'expected a path' });
const NO_VARIABLE = 'expected a variable, such as API_TOKEN; PORT, HOST and WAOOAW_… are the server’s own';
const variable = z.string({ error: 'expected a variable' }).max(128).regex(VARIABLE, { error: NO_VARIABLE });
const secretName = variable.refine((name) => !LOADERS.test(name), {
  error: 'expected another variable: this one can decide which code runs',
});
const name = (pattern: RegExp, error: string) =>
  z
    .string({ error: 'expected a text; in quotes where it looks like a number' })
    .max(64, { error: 'expected at most 64 characters' })
    .regex(pattern, { error });

const command = z
  .array(argument(4_096), { error: 'expected a list: the program and its arguments' })
  .min(1, { error: 'expected a program' })
  .max(256);
const env = z.record(z.string(), argument(65_536)).superRefine((values, context) => {
  for (const name of Object.keys(values))
    if (!variable.safeParse(name).success)
      context.addIssue({ code: 'custom', path: [name], message: NO_VARIABLE });
});

const version = z.strictObject({
  version: name(VERSION_NAME, 'expected a version, such as 1.4.0').describe('Its name, unique in its kind'),
  folder: path.optional().describe('Where it lives: `{folder}` in the command, and where it works'),
  command: command.optional().describe('The program and its arguments'),
  env: env.default({}).describe('Over the kind’s'),
});

const ports = z
  .strictObject({ from: whole(1, 65_535), to: whole(1, 65_535) })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'expected at least from' });

const probeFields = {
  intervalMs: ms(50, 600_000).default(1_000).describe('Between two looks, ms'),
  timeoutMs: ms(10, 600_000).default(2_000).describe('For one look, ms'),
  failureThreshold: times.default(3).describe('Failures in a row that make it not well'),
};
const ready = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    path: z
      .string()
      .max(2_048)
      .regex(/^\/[!-~]*$/, { error: 'expected a path, such as /health' })
      .default('/'),
    ...probeFields,
  }),
  z.strictObject({ kind: z.literal('tcp'), ...probeFields }),
  z.strictObject({ kind: z.literal('process'), ...probeFields }),
]);

const restart = z
  .strictObject({
    when: z.enum(['always', 'on-failure', 'never']).default('always').describe('After an end of its own'),
    delayMs: ms(1, HOUR_MS).default(1_000).describe('Before the first restart; doubles, ms'),
    maxDelayMs: ms(1, HOUR_MS).default(60_000).describe('Before any restart, ms'),
    stableMs: ms(1).default(60_000).describe('It ran this long: the delay begins anew, ms'),
    maxInWindow: times.default(5).describe('Ends from which it is left alone as crashed'),
    windowMs: ms(1).default(300_000).describe('In which they are counted, ms'),
  })
  .refine(({ delayMs, maxDelayMs }) => delayMs <= maxDelayMs, {
    path: ['maxDelayMs'],
    error: 'expected at least delayMs',
  });

const upgrade = z.strictObject({
  progressDeadlineMs: ms(100, HOUR_MS).default(60_000).describe('From start to ready without progress, ms'),
  minHealthyMs: ms(0, HOUR_MS).default(2_000).describe('How long it is well before it serves, ms'),
  watchMs: ms(0, HOUR_MS).default(10_000).describe('How long the former one stays warm behind it, ms'),
  drainMs: ms(0, HOUR_MS).default(30_000).describe('For what the former one still has to answer, ms'),
});

const stop = z.strictObject({
  signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']).default('SIGTERM'),
  graceMs: ms(0, HOUR_MS).default(10_000).describe('Until it is forced, ms'),
});

const logs = z.strictObject({
  maxFileBytes: bytes(4_096, 2 ** 32)
    .default(10_485_760)
    .describe('Of one file, bytes'),
  maxFiles: whole(1, 100).default(5).describe('The one that is written, and earlier ones'),
  maxLineBytes: bytes(80, 1_048_576).default(16_384).describe('Longer lines are cut, bytes'),
});

const resources = z.strictObject({
  memoryBytes: bytes(1_048_576).optional().describe('Resident memory of all its processes, bytes'),
  openFiles: whole(16, 1_048_576).optional(),
  processes: whole(1, 1_048_576).optional(),
  cpuSeconds: whole(1, 1_000_000_000).optional().describe('Processor time, s'),
  fileBytes: bytes(0).optional().describe('Largest file that it may write, bytes'),
  nice: whole(0, 19).optional().describe('How much it stands back'),
});

const kind = z
  .strictObject({
    kind: name(KIND_NAME, 'expected a kebab-case name, such as folder-watcher'),
    title: text(256).optional().describe('For people; the name when absent'),
    description: text(4_096).optional(),
    folder: path.optional().describe('Of versions that name none'),
    command: command.optional().describe('Of versions that name none'),
    env: env.default({}).describe('Of all versions'),
    versions: z
      .array(version, { error: 'expected a list of versions' })
      .min(1, { error: 'expected a version' })
      .max(1_000)
      .describe('Newest last'),
    parameters: z
      .record(z.string(), z.json(), { error: 'expected a JSON Schema of type object' })
      .default({ type: 'object' })
      .describe('JSON Schema of what callers choose'),
    secrets: z
      .array(z.strictObject({ name: secretName, required: yesOrNo.default(true) }))
      .max(64)
      .default([])
      .describe('What callers give and nobody reads again, by the variable that it stands in'),
    passEnv: z.array(variable).max(256).default([]).describe('The server’s own variables that it sees'),
    port: z.union([yesOrNo, ports], { error: 'expected true, false, or from and to' }).default(false),
    maxReplicas: whole(1, 1_000).default(10),
    resources: resources.prefault({}),
    storage: z.strictObject({ quotaBytes: bytes(0).default(1_073_741_824) }).prefault({}),
    queue: yesOrNo.default(false).describe('It has a channel app/agents/<agent> of its own'),
    tokenRole: z.enum(['viewer', 'operator']).optional().describe('Role of its token towards this server'),
    ready: ready.optional().describe('How it shows that it is ready'),
    restart: restart.prefault({}),
    upgrade: upgrade.prefault({}),
    stop: stop.prefault({}),
    logs: logs.prefault({}),
  })
  .superRefine((of, context) => {
    const refuse = (place: readonly PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...place], message });
    if (of.port === false && of.ready !== undefined && of.ready.kind !== 'process')
      refuse(['ready', 'kind'], 'expected process, as it has no port');
    if (of.queue && of.tokenRole === undefined)
      refuse(['tokenRole'], 'expected a role, as its channel is reached by its token only');
  });

/** A kind, as the file has it, with its defaults filled in. */
export type WrittenKind = z.output<typeof kind>;
/** A version, as the file has it. */
export type WrittenVersion = WrittenKind['versions'][number];

/** The file of kinds. */
export const kindsFile = z.preprocess(
  (said) => said ?? {},
  z.strictObject({ kinds: z.array(kind, { error: 'expected a list of kinds' }).max(1_000).default([]) }),
);
