/**
 * What the agents' API takes and answers, for validation at the server's edge and for OpenAPI. Whatever is sent chooses among what
 * local configuration defines: there is no field for a command, a path or a variable. `optional` and not `exactOptional`, which the
 * OpenAPI generator takes for required.
 */
import { z } from 'zod';
import { AGENT_STATES } from './agents.ts';
import type {
  AgentConfiguration,
  AgentKindInfo,
  AgentSelection,
  AgentStatus,
  AgentStorage,
  LogPage,
  NewAgent,
} from './agents.ts';
import type { Json } from './frames.ts';
import { json } from './json.schema.ts';
import { agentId, givenTags, kebab, operationError, operationStatus } from './operations.schema.ts';
import { OPERATION_TYPES } from './operations.ts';
import type { BulkOutcome } from './operations.ts';
import type { Same } from './same.ts';

const MAX_PARAMETERS = 256;
const MAX_SECRETS = 64;
const MAX_SECRET = 65_536;
const MAX_GRACE_MS = 3_600_000;
const MAX_REPLICAS = 1_000;
/** Agents that one call may name. */
const MAX_SELECTED = 1_000;

const at = (what: string) => z.number().describe(`${what}, ms since 1970`);
const whole = (min: number, max: number) => {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const name = z
  .string({ error: 'expected a name' })
  .min(1, { error: 'expected a name' })
  .max(128, { error: 'expected at most 128 characters' });
const version = z
  .string({ error: 'expected a version' })
  .min(1, { error: 'expected a version' })
  .max(64, { error: 'expected at most 64 characters' });
const few = (max: number, what: string) => ({
  check: (record: object) => Object.keys(record).length <= max,
  error: `expected at most ${max} ${what}`,
});

const counted = few(MAX_PARAMETERS, 'parameters');
const parameters = z
  .record(name, json, { error: 'expected an object' })
  .refine(counted.check, { error: counted.error })
  .describe('As the kind’s schema asks: they are values, and never part of a command’s text');
const known = few(MAX_SECRETS, 'secrets');
const secrets = z
  .record(
    name,
    z
      .string({ error: 'expected a text' })
      .min(1, { error: 'expected a text' })
      .max(MAX_SECRET, { error: `expected at most ${MAX_SECRET} characters` }),
    { error: 'expected an object' },
  )
  .refine(known.check, { error: known.error })
  .describe('Kept encrypted; no answer, log or audit entry ever has their values');
const graceMs = whole(0, MAX_GRACE_MS).describe(
  'How long it is waited for before it is forced, ms; 0 forces at once. Default: as its kind says',
);
const replicas = whole(1, MAX_REPLICAS).describe('Instances that run at once, at most as its kind allows');

/** `POST /api/agents`. */
export const newAgent = z
  .strictObject({
    agent: agentId.describe('kebab-case, unique among agents that are not revoked'),
    kind: kebab('a kind', 64).describe('One of those that GET /api/kinds lists'),
    version: version.optional().describe('One of the kind’s; its newest when absent'),
    title: name.max(256).optional().describe('For people; the id when absent'),
    parameters: parameters.optional(),
    secrets: secrets.optional(),
    tags: givenTags.optional().describe('What it is about, as on series; agent and kind are added'),
    replicas: replicas.optional(),
    port: whole(1, 65_535).optional().describe('The stable port; one that is free when absent'),
    start: z
      .boolean({ error: 'expected true or false' })
      .optional()
      .describe('False leaves it provisioned; default true'),
  })
  .meta({ id: 'NewAgent' });

/** What each command takes beside its name. Those that are not here take nothing. */
export const COMMAND_FIELDS = {
  start: {},
  stop: { graceMs: graceMs.optional() },
  restart: {},
  upgrade: {
    version: version.optional().describe('Default: as it is'),
    parameters: parameters.optional().describe('In the place of all it had; default: as they are'),
    secrets: secrets.optional().describe('Beside those it had'),
  },
  rollback: {},
  scale: { replicas },
  suspend: {},
  resume: {},
  delete: { graceMs: graceMs.optional() },
} as const;

const command = <const T extends keyof typeof COMMAND_FIELDS>(type: T) =>
  z.strictObject({ type: z.literal(type), ...COMMAND_FIELDS[type] });

/** A command, as it is given to many agents at once. */
export const bulkCommand = z
  .discriminatedUnion(
    'type',
    [
      command('start'),
      command('stop'),
      command('restart'),
      command('upgrade'),
      command('rollback'),
      command('scale'),
      command('suspend'),
      command('resume'),
      command('delete'),
    ],
    { error: `expected a type, one of ${Object.keys(COMMAND_FIELDS).join(', ')}` },
  )
  .meta({ id: 'AgentCommand' });

const selection = z
  .strictObject({
    agents: z
      .array(agentId, { error: 'expected a list' })
      .min(1)
      .max(MAX_SELECTED)
      .optional()
      .describe('By id'),
    tags: z
      .record(z.string().max(128), z.string().max(1_024))
      .optional()
      .describe('All that carry these tags; agent and kind are tags, too'),
  })
  .refine(({ agents, tags = {} }) => agents !== undefined || Object.keys(tags).length > 0, {
    error: 'expected agents or tags: a command for everything is none',
  });

/** `POST /api/agents/bulk`. */
export const bulkRequest = z.strictObject({ selection, command: bulkCommand }).meta({ id: 'BulkRequest' });

const instance = z
  .object({
    instance: z.string(),
    generation: z.int(),
    version: z.string(),
    state: z.enum(['starting', 'running', 'suspended', 'exited', 'lost']),
    startedAt: at('When it was started'),
    serving: z.boolean().describe('Takes requests of the agent’s stable port'),
    pid: z.int().optional(),
    exit: z
      .object({
        at: z.number(),
        code: z.int().optional(),
        signal: z.string().optional(),
        reason: z.enum(['stopped', 'memory']).optional(),
      })
      .optional()
      .describe('How it ended'),
  })
  .meta({ id: 'AgentInstance' });

const state = z.enum(AGENT_STATES);

/** An agent. */
export const agentStatus = z
  .object({
    agent: z.string(),
    title: z.string(),
    kind: z.string(),
    version: z.string(),
    previousVersion: z.string().optional().describe('What a rollback goes back to'),
    state,
    reason: z.string().optional().describe('Why it is errored'),
    since: at('When this state began'),
    desired: z
      .enum(['running', 'stopped', 'suspended', 'revoked'])
      .describe('What it is meant to be in; the server brings it there again and again'),
    generation: z.int().describe('Counts changes of what it is meant to be; the ETag for If-Match'),
    replicas: z.int(),
    parameters: z.record(z.string(), json),
    secrets: z.array(z.string()).readonly().describe('Names of the secrets it was given'),
    tags: z.record(z.string(), z.string()),
    address: z
      .object({ host: z.string(), port: z.int() })
      .optional()
      .describe('Where its stable port listens; absent for a kind without one'),
    instances: z.array(instance).readonly(),
    restarts: z.int().describe('Since it was created, those that nobody asked for'),
    operation: z.string().optional().describe('The active operation, or the last one'),
    busy: z.boolean().describe('That operation is not at its end'),
    actions: z.array(z.enum(OPERATION_TYPES)).readonly().describe('What may be asked of it now'),
    createdAt: at('When it was created'),
    createdBy: z.string(),
  })
  .meta({ id: 'AgentStatus' });

/** `GET /api/agents`. */
export const agentList = z.object({ agents: z.array(agentStatus).readonly() }).meta({ id: 'AgentList' });

/** An object, for all that its values may be anything. */
const schema = z.record(z.string(), z.unknown()) as unknown as z.ZodType<Json>;

const kindInfo = z
  .object({
    kind: z.string(),
    title: z.string(),
    description: z.string().optional(),
    versions: z.array(z.string()).readonly().describe('Newest last'),
    parameters: schema.describe('JSON Schema of the parameters'),
    secrets: z
      .array(z.object({ name: z.string(), required: z.boolean() }))
      .readonly()
      .describe('The secrets it takes'),
    hasPort: z.boolean().describe('It has a stable port'),
    maxReplicas: z.int(),
  })
  .meta({ id: 'AgentKind' });

/** `GET /api/kinds`. */
export const kindList = z.object({ kinds: z.array(kindInfo).readonly() }).meta({ id: 'AgentKindList' });

/** `POST /api/agents/bulk`: what became of each. */
export const bulkOutcomes = z
  .object({
    outcomes: z
      .array(
        z.object({
          agent: z.string(),
          operation: operationStatus.optional(),
          error: operationError.optional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'BulkOutcomes' });

/** A page of a log. */
export const logPage = z
  .object({
    lines: z
      .array(
        z.object({
          n: z.int().describe('Its place: higher is later'),
          at: z.number(),
          stream: z.enum(['stdout', 'stderr', 'engine']),
          text: z.string(),
          instance: z.string().optional(),
          stage: z.string().optional(),
        }),
      )
      .readonly()
      .describe('In order'),
    more: z.boolean().describe('There is more before the first, or with after, behind the last'),
  })
  .meta({ id: 'LogPage' });

/** What of a log is asked for. */
export const logQuery = z.object({
  after: z.coerce.number().int().min(0).optional().describe('Only lines after this one'),
  before: z.coerce.number().int().min(0).optional().describe('Only lines before this one'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(200)
    .describe('At most; the last ones, or with after the first ones'),
});

/** `GET /api/agents/{agent}/storage`. */
export const agentStorage = z
  .object({
    bytes: z.number(),
    files: z.number(),
    quotaBytes: z.number(),
    over: z.boolean().describe('It holds more than its quota'),
    partial: z.boolean().optional().describe('There is more: only so many files are counted'),
  })
  .meta({ id: 'AgentStorage' });

/** `GET /api/agents/{agent}/configurations`. */
export const configurationList = z
  .object({
    configurations: z
      .array(
        z.object({
          generation: z.int(),
          version: z.string(),
          replicas: z.int(),
          at: z.number().describe('ms since 1970'),
          by: z.string().describe('Id of whoever asked for it'),
          parameters: z.record(z.string(), json),
        }),
      )
      .readonly()
      .describe('Newest first'),
  })
  .meta({ id: 'AgentConfigurationList' });

type Outcome = z.output<typeof bulkOutcomes>['outcomes'][number];
type Configuration = z.output<typeof configurationList>['configurations'][number];

/** Fails to compile where a schema and its interface part. */
export const AGENTS_HOLD: readonly true[] = [
  true satisfies Same<z.output<typeof newAgent>, NewAgent>,
  true satisfies Same<z.output<typeof selection>, AgentSelection>,
  true satisfies Same<z.output<typeof agentStatus>, AgentStatus>,
  true satisfies Same<z.output<typeof kindInfo>, AgentKindInfo>,
  true satisfies Same<z.output<typeof logPage>, LogPage>,
  true satisfies Same<z.output<typeof agentStorage>, AgentStorage>,
  true satisfies Same<Configuration, AgentConfiguration>,
  true satisfies Same<Outcome, BulkOutcome>,
];
