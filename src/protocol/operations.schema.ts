/**
 * What the API of operations takes and answers, for validation at the server's edge and for OpenAPI; and, as JSON Schema, the
 * published form in which anybody may tell of work in stages. `optional` and not `exactOptional`, which the generators take
 * for required.
 */
import { z } from 'zod';
import { json } from './json.schema.ts';
import { OPERATION_ACTIONS, OPERATION_STATES, STAGE_STATES } from './operations.ts';
import type { NewOperation, OperationStage, OperationStatus, StageUpdate } from './operations.ts';
import type { Same } from './same.ts';
import { TAG_NAME } from './series.ts';

/** kebab-case. */
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_STAGES = 64;
const MAX_TAGS = 32;
const MAX_LOG_LINES = 100;
const MAX_LINE = 4_096;

const text = (max: number) =>
  z
    .string({ error: 'expected a text' })
    .min(1, { error: 'expected a text' })
    .max(max, { error: `expected at most ${max} characters` });
const at = (what: string) => z.number().describe(`${what}, ms since 1970`);

/** A kebab-case name. */
export const kebab = (what: string, max: number) =>
  z
    .string({ error: `expected ${what}` })
    .max(max, { error: `expected at most ${max} characters` })
    .regex(KEBAB, { error: `expected ${what} in kebab-case, such as payments-api` });

/** An agent's id. It is part of the names of its instances, its channels and its folders. */
export const agentId = kebab('an agent id', 63);

/** Tags as they are given. Those that the server sets itself are not taken. */
export const givenTags = z
  .record(
    z
      .string()
      .max(128)
      .regex(TAG_NAME, { error: 'expected a tag name' })
      .refine((name) => name !== 'agent' && name !== 'kind', {
        error: 'agent and kind are the server’s own',
      }),
    text(1_024),
  )
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, { error: `expected at most ${MAX_TAGS} tags` });

/** What went wrong. */
export const operationError = z
  .object({
    code: z
      .string()
      .max(64)
      .regex(/^[a-z][a-z0-9_]*$/, { error: 'expected a code in snake_case' })
      .describe('One of the registry, or the host’s own'),
    message: text(4_096),
  })
  .meta({ id: 'OperationError' });

const stageState = z.enum(STAGE_STATES, { error: `expected one of ${STAGE_STATES.join(', ')}` });
const percent = z
  .number({ error: 'expected a number from 0 to 100' })
  .min(0, { error: 'expected a number from 0 to 100' })
  .max(100, { error: 'expected a number from 0 to 100' });

/** A step of an operation. */
export const operationStage = z
  .object({
    name: z.string().describe('kebab-case, unique in its operation'),
    title: z.string().describe('For people'),
    description: z.string().optional(),
    state: stageState,
    startedAt: at('When it was begun').optional(),
    endedAt: at('When it ended').optional(),
    percent: percent.optional().describe('Share done while it runs; absent: not known'),
    detail: z.string().optional().describe('What it does just now, in one line'),
    error: operationError.optional(),
    expected: z
      .object({ p50Ms: z.number(), p90Ms: z.number(), runs: z.int().describe('Of how many runs') })
      .optional()
      .describe('How long it took before, ms'),
    attempts: z.int().describe('How often it was begun'),
  })
  .meta({ id: 'OperationStage' });

/** Work in stages. */
export const operationStatus = z
  .object({
    operation: z.string().describe('Its id'),
    type: z.string().describe('What is done: one of the server’s own, or a host’s, in kebab-case'),
    title: z.string().describe('For people'),
    source: z.enum(['engine', 'host']).describe('Who does it: this server, or somebody else who tells of it'),
    agent: z.string().optional(),
    state: z.enum(OPERATION_STATES),
    stages: z.array(operationStage).readonly(),
    percent: percent.describe('Of the whole'),
    createdAt: at('When it was asked for'),
    startedAt: at('When it was begun').optional(),
    endedAt: at('When it ended').optional(),
    by: z.string().describe('Who asked for it'),
    generation: z.int().optional().describe('The agent’s generation that it makes'),
    error: operationError.optional(),
    result: z
      .record(z.string(), json)
      .optional()
      .describe('What came of it, such as the counts of requests of an upgrade'),
    actions: z.array(z.enum(OPERATION_ACTIONS)).readonly().describe('What may be asked of it now'),
    action: z
      .object({
        name: z.enum(OPERATION_ACTIONS),
        phase: z.enum(['accepted', 'in-effect', 'done']),
        by: z.string(),
        at: z.number(),
      })
      .optional()
      .describe('The last thing that was asked of it, and how far that is'),
    queuePlace: z.int().optional().describe('Place in the queue, from 1; absent unless queued'),
    tags: z.record(z.string(), z.string()),
    url: z.string().optional().describe('A host’s page of it'),
    revision: z.int().describe('Counts changes; the ETag of a host’s own operation'),
  })
  .meta({ id: 'OperationStatus' });

/** `GET /api/operations`. */
export const operationList = z
  .object({ operations: z.array(operationStatus).readonly() })
  .meta({ id: 'OperationList' });

const newStage = z.strictObject({
  name: kebab('a stage name', 64).describe('kebab-case, unique in its operation'),
  title: text(128).optional().describe('For people; the name when absent'),
  description: text(1_024).optional(),
});

/** `POST /api/operations`: a host's own operation, to be shown beside the server's. */
export const newOperation = z
  .strictObject({
    type: kebab('a type', 64).describe('What is done, in kebab-case, such as release'),
    title: text(256).describe('For people'),
    stages: z
      .array(newStage, { error: 'expected a list' })
      .min(1, { error: 'expected at least one stage' })
      .max(MAX_STAGES, { error: `expected at most ${MAX_STAGES} stages` })
      .refine((stages) => new Set(stages.map(({ name }) => name)).size === stages.length, {
        error: 'expected names of which none is there twice',
      })
      .describe('Its steps, in order'),
    agent: agentId.optional().describe('The agent that it is about'),
    tags: givenTags.optional(),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an http or https address' })
      .max(2_048)
      .optional()
      .describe('A page that has more of it, http or https'),
  })
  .meta({ id: 'NewOperation' });

/** `PATCH /api/operations/{operation}/stages/{stage}`: what a host tells of one of its stages. */
export const stageUpdate = z
  .strictObject({
    state: stageState.optional(),
    percent: percent.optional().describe('Share done'),
    detail: text(1_024).optional().describe('What it does just now, in one line'),
    error: operationError.optional(),
    log: z
      .array(z.string({ error: 'expected a text' }).max(MAX_LINE), { error: 'expected a list of lines' })
      .max(MAX_LOG_LINES, { error: `expected at most ${MAX_LOG_LINES} lines` })
      .optional()
      .describe('Lines that are added to the operation’s log'),
  })
  .refine((update) => Object.keys(update).length > 0, { error: 'expected something that is told' })
  .meta({ id: 'StageUpdate' });

/** Fails to compile where a schema and its interface part. */
export const OPERATIONS_HOLD: readonly true[] = [
  true satisfies Same<z.output<typeof operationStage>, OperationStage>,
  true satisfies Same<z.output<typeof operationStatus>, OperationStatus>,
  true satisfies Same<z.output<typeof newOperation>, NewOperation>,
  true satisfies Same<z.output<typeof stageUpdate>, StageUpdate>,
];
