/**
 * docs/asyncapi.json: the protocol for programs, as AsyncAPI 3.0.0. Made of the schemas that validate at run time, the
 * registries of codes, and the examples of docs/protocol.md, which are run against a live server.
 *
 *     node scripts/asyncapi.ts            prints it
 *     node scripts/asyncapi.ts --write    writes it
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import {
  CLOSE,
  CODES,
  SOCKET_PATH,
  STREAM_PATH,
  SUBPROTOCOLS,
  VERSION,
  closeBand,
} from '../src/protocol/index.ts';
import type { CloseName, ErrorBody, ErrorCode } from '../src/protocol/index.ts';
import { COMMANDS, pong, position, publishRequest, subscribe } from '../src/protocol/frames.schema.ts';
import * as server from '../src/protocol/server-frames.schema.ts';
import { filled, isPartial, readExamples } from './protocol-examples.ts';
import type { Example, Step } from './protocol-examples.ts';
import { root } from './run.ts';

/** The document's file. */
export const FILE = join(root, 'docs/asyncapi.json');

/** What a message is for, and its schema's name. */
type About = readonly [schema: string, summary: string];
type Command = keyof typeof COMMANDS;
type Failure = { readonly id: unknown; readonly err: ErrorBody };

/** Each command, and its answer when it is done. */
const ASKED: Readonly<
  Record<Command, { readonly about: About; readonly answer: readonly [...About, z.ZodType] }>
> = {
  connect: {
    about: ['ConnectCommand', 'The first message: who asks, and what for'],
    answer: ['ConnectReply', 'Connected', server.connected],
  },
  subscribe: {
    about: ['SubscribeCommand', 'Follows a channel, from a known position if there is one'],
    answer: ['SubscribeReply', 'Followed, from this position on', server.subscribed],
  },
  unsubscribe: {
    about: ['UnsubscribeCommand', 'Follows a channel no longer'],
    answer: ['UnsubscribeReply', 'Nothing comes of it any more', server.done],
  },
  demand: {
    about: ['DemandCommand', 'Changes how often publications of a channel are wanted'],
    answer: ['DemandReply', 'Taken', server.done],
  },
  publish: {
    about: ['PublishCommand', 'Publishes on one of the host’s own channels'],
    answer: ['PublishReply', 'Stored, here', server.published],
  },
  request: {
    about: ['RequestCommand', 'Asks the server something that is no channel'],
    answer: ['RequestReply', 'The answer', server.responded],
  },
  refresh: {
    about: ['RefreshCommand', 'Brings another token of the same identity'],
    answer: ['RefreshReply', 'Taken', server.refreshed],
  },
};

/** What the server says by itself. */
const SAID = {
  batch: ['Batch', 'Publications of one channel', server.batch],
  loss: ['Loss', 'The past of a live subscription cannot be continued', server.loss],
  end: ['Ended', 'The rights to a channel are gone', server.ended],
  ping: ['Ping', 'Proof of life, with the server’s clock', server.ping],
  move: ['Move', 'Come back on a new connection', server.move],
  direct: ['Direct', 'For this connection alone, at most once', server.direct],
} as const satisfies Record<string, readonly [string, string, z.ZodType]>;

const closed = z.object({ code: z.int().min(1000).max(4999), reason: z.string() });

/** Parts that others refer to. */
const PARTS: Readonly<Record<string, z.ZodType>> = {
  Position: position,
  SubscribeRequest: subscribe,
  PublishRequest: publishRequest,
  LostReason: server.lostReason,
  PublicationRow: server.publicationRow,
  ErrorBody: server.errorBody,
  SubscribeFailure: server.subscribeFailure,
  Connected: server.connected,
  Subscribed: server.subscribed,
  Published: server.published,
  Responded: server.responded,
  Refreshed: server.refreshed,
  Done: server.done,
};

/** Puts the document together. @throws Error when a message has no example on the page. */
export function asyncApi(examples: readonly Example[] = readExamples()): object {
  const names = Object.keys(ASKED) as Command[];
  const replies = names.map((name) => `${name}Reply`);
  const shown = examplesOf(examples);
  const message = (key: string, schema: string, summary: string, correlated: boolean): [string, object] => {
    const found = shown.get(key);
    if (!found) throw new Error(`docs/protocol.md has no example of "${key}" that is whole`);
    return [
      key,
      {
        name: key,
        summary,
        contentType: 'application/json',
        ...(correlated && { correlationId: { $ref: '#/components/correlationIds/command' } }),
        payload: { $ref: `#/components/schemas/${schema}` },
        examples: found,
      },
    ];
  };
  const messages = Object.fromEntries([
    ...names.flatMap((name) => {
      const { about, answer } = ASKED[name];
      return [message(name, ...about, true), message(`${name}Reply`, answer[0], answer[1], true)];
    }),
    message('failure', 'Failure', 'A command is refused; the connection goes on', true),
    ...Object.entries(SAID).map(([key, [schema, summary]]) => message(key, schema, summary, false)),
    message('pong', 'Pong', 'The answer to a ping: the offsets reached', false),
    message(
      'closed',
      'Closed',
      'The last event of a stream, named `close`: what would be the close frame',
      false,
    ),
  ]);
  const up = [...names, 'pong'];
  const down = [...replies, 'failure', ...Object.keys(SAID)];
  const within = (keys: readonly string[]): object =>
    Object.fromEntries(keys.map((key) => [key, { $ref: `#/components/messages/${key}` }]));
  const of = (channel: string, keys: readonly string[]): object[] =>
    keys.map((key) => ({ $ref: `#/channels/${channel}/messages/${key}` }));
  const channel = (name: string): object => ({ $ref: `#/channels/${name}` });

  return {
    asyncapi: '3.0.0',
    info: {
      title: 'waooaw',
      version: VERSION,
      description:
        'The protocol waooaw.v1 as the server speaks it: it receives what a client sends. docs/protocol.md says what the messages mean and promise. Within a version fields are only ever added: ignore what you do not know.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      websocket: {
        host: 'localhost:8787',
        protocol: 'ws',
        description:
          'Frames are text: one message, or several, one a line. The token stands in the connect message.',
      },
      streaming: {
        host: 'localhost:8787',
        protocol: 'http',
        description: 'Where no WebSocket gets through: server-sent events down, each a frame, and POST up.',
        security: [{ $ref: '#/components/securitySchemes/bearer' }],
      },
    },
    channels: {
      websocket: {
        address: SOCKET_PATH,
        description: `The subprotocol is ${SUBPROTOCOLS.join(' or ')}.`,
        servers: [{ $ref: '#/servers/websocket' }],
        messages: within([...up, ...down]),
        bindings: {
          ws: {
            method: 'GET',
            headers: {
              type: 'object',
              properties: { 'Sec-WebSocket-Protocol': { type: 'string', enum: [...SUBPROTOCOLS] } },
              required: ['Sec-WebSocket-Protocol'],
            },
            bindingVersion: '0.1.0',
          },
        },
      },
      stream: {
        address: STREAM_PATH,
        description:
          'POST of the connect message, or of a list that begins with it. The answer streams what the server says.',
        servers: [{ $ref: '#/servers/streaming' }],
        messages: within(['connect', ...down, 'closed']),
      },
      streamUp: {
        address: `${STREAM_PATH}/{session}`,
        description: 'POST of a message, or of a list of them. Answers come down the stream.',
        servers: [{ $ref: '#/servers/streaming' }],
        parameters: { session: { description: 'As the answer to connect names it' } },
        messages: within(up.filter((key) => key !== 'connect')),
      },
    },
    operations: {
      ...Object.fromEntries(
        names.map((name) => [
          name,
          {
            action: 'receive',
            channel: channel('websocket'),
            summary: ASKED[name].about[1],
            messages: of('websocket', [name]),
            reply: { channel: channel('websocket'), messages: of('websocket', [`${name}Reply`, 'failure']) },
          },
        ]),
      ),
      pong: { action: 'receive', channel: channel('websocket'), messages: of('websocket', ['pong']) },
      ...Object.fromEntries(
        Object.entries(SAID).map(([key, [, summary]]) => [
          key,
          { action: 'send', channel: channel('websocket'), summary, messages: of('websocket', [key]) },
        ]),
      ),
      openStream: {
        action: 'receive',
        channel: channel('stream'),
        messages: of('stream', ['connect']),
        bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
        reply: { channel: channel('stream'), messages: of('stream', ['connectReply', 'failure', 'closed']) },
      },
      stream: { action: 'send', channel: channel('stream'), messages: of('stream', [...down, 'closed']) },
      sayOnStream: {
        action: 'receive',
        channel: channel('streamUp'),
        messages: of(
          'streamUp',
          up.filter((key) => key !== 'connect'),
        ),
        bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
        reply: { channel: channel('stream'), messages: of('stream', [...replies.slice(1), 'failure']) },
      },
    },
    components: {
      messages,
      schemas: schemas(),
      correlationIds: {
        command: { description: 'An answer repeats the id of its command', location: '$message.payload#/id' },
      },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a JWT' } },
    },
    'x-close-codes': {
      bands: {
        'at-once': 'Come back now, with a little jitter: 4000–4199, 1001, 1012',
        'back-off': 'Come back later: 4200–4299, and everything not named here',
        terminal: 'Do not come back: 4400–4499, 1002, 1003, 1007–1010',
      },
      codes: (Object.entries(CLOSE) as [CloseName, number][]).map(([reason, code]) => ({
        code,
        reason,
        band: closeBand(code),
        description: CODES[reason].title,
      })),
    },
    'x-error-codes': Object.entries(CODES).map(([code, { retryable, title }]) => ({
      code,
      retryable,
      description: title,
    })),
  };
}

/** The document as it stands in its file. */
export async function asyncApiText(): Promise<string> {
  return format(JSON.stringify(asyncApi()), { ...(await resolveConfig(FILE)), filepath: FILE });
}

/** Every schema by its name, as JSON Schema of the draft that AsyncAPI builds on. */
function schemas(): Record<string, unknown> {
  const registry = z.registry<{ readonly id: string }>();
  const add = (id: string, schema: z.ZodType): void => void registry.add(schema, { id });
  for (const [id, schema] of Object.entries(PARTS)) add(id, schema);
  for (const [name, { about, answer }] of Object.entries(ASKED)) {
    add(about[0], COMMANDS[name as Command]);
    add(answer[0], z.object({ id: COMMANDS.connect.shape.id, ok: answer[2] }));
  }
  for (const [id, , schema] of Object.values(SAID)) add(id, schema);
  add('Failure', server.failure);
  add('Pong', pong);
  add('Closed', closed);
  const { schemas: made } = z.toJSONSchema(registry, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
    override({ jsonSchema }) {
      delete jsonSchema.readOnly;
      // Strict in our tests; a client ignores what it does not know.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(made).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema] as const),
  );
}

/** What the page shows of each message, by the message's key: at most three of each. */
function examplesOf(examples: readonly Example[]): Map<string, { name: string; payload: unknown }[]> {
  const found = new Map<string, { name: string; payload: unknown }[]>();
  for (const { name, steps } of examples) {
    const asked = new Map<unknown, string>();
    const heard = steps
      .filter((step) => step.kind === 'hear')
      .map(({ message }) => message as Partial<Failure>);
    const refused = new Set(heard.filter(({ err }) => err).map(({ id }) => id));
    for (const step of steps) {
      // A command that is refused is no example of one.
      if (step.kind === 'send' && refused.has((step.message as Partial<Failure>).id)) continue;
      for (const payload of messagesOf(step)) {
        const key = keyOf(step, payload, asked);
        const list = found.get(key) ?? [];
        if (isPartial(payload) || list.length === 3 || Array.isArray(payload)) continue;
        list.push({ name, payload: filled(payload, fill) });
        found.set(key, list);
      }
    }
  }
  // What a client must not send is no example of what it may.
  found.delete('none');
  return found;
}

function messagesOf(step: Step): unknown[] {
  if (step.kind !== 'send' && step.kind !== 'hear') return [];
  return step.kind === 'send' && step.path !== undefined && Array.isArray(step.message)
    ? step.message
    : [step.message];
}

/** @param asked commands by id: an answer is one to the command of its id. */
function keyOf(step: Step, payload: unknown, asked: Map<unknown, string>): string {
  const fields = payload as Readonly<Record<string, unknown>>;
  if (step.kind === 'send') {
    const command = Object.keys(COMMANDS).find((name) => name in fields);
    if (command) asked.set(fields['id'], command);
    return command ?? ('pos' in fields ? 'pong' : 'none');
  }
  if ('ok' in fields) return `${asked.get(fields['id']) ?? 'none'}Reply`;
  if ('err' in fields) return 'failure';
  if ('pubs' in fields) return 'batch';
  if ('lost' in fields) return 'loss';
  if (step.kind === 'hear' && step.event === 'close') return 'closed';
  return Object.keys(SAID).find((key) => key in fields) ?? 'none';
}

/** Texts that the page leaves out. */
function fill(key: string, within: object): string {
  if (key === 'session') return '5f0c2a9e-3d1b-4c68-9a77-0e2b8d4f6a10';
  if (key === 'version') return VERSION;
  if (key === 'message' && 'code' in within) return CODES[within.code as ErrorCode].title;
  throw new Error(`docs/protocol.md leaves out "${key}", for which there is no example`);
}

if (import.meta.main) {
  if (process.argv.includes('--write')) writeFileSync(FILE, await asyncApiText());
  else process.stdout.write(await asyncApiText());
}
