/** Runs every example of docs/protocol.md against a live server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { CLOSE } from '../src/protocol/index.ts';
import type { Json } from '../src/protocol/index.ts';
import { checkServerMessage } from '../src/protocol/server-frames.schema.ts';
import { turn } from '../server/testing/event-loop.ts';
import { EventParser } from '../server/testing/event-reader.ts';
import type { ServerSentEvent } from '../server/testing/event-reader.ts';
import { Reader, post } from '../server/testing/harness.ts';
import type { Answer } from '../server/testing/harness.ts';
import { difference, filled, isPartial, readExamples } from './protocol-examples.ts';
import type { Example, Step } from './protocol-examples.ts';
import { order, startWorld } from './protocol-world.ts';
import type { World } from './protocol-world.ts';

type Of<Kind extends Step['kind']> = Extract<Step, { readonly kind: Kind }>;

/** A way to talk to the server: a WebSocket, or the streaming variant. */
interface Line {
  session(): string;
  send(step: Of<'send'>): Promise<void>;
  hear(step: Of<'hear'>): Promise<unknown>;
  status(): Promise<{ readonly status: number; readonly type: string }>;
  closed(): Promise<{ readonly code: number; readonly reason: string }>;
  /** Every frame as it came. */
  frames(): readonly string[];
  /** What came and was not asked for. */
  rest(): readonly unknown[];
}

/** What may happen in an example, in the page's words. */
const HAPPENINGS: readonly (readonly [RegExp, (world: World, line: Line, ...words: string[]) => unknown])[] =
  [
    [
      /^published on (\S+): (?!orders)(.+)$/,
      ({ waooaw }, _, channel = '', data = '') =>
        waooaw.broadcaster.publish(channel, JSON.parse(data) as Json),
    ],
    [
      /^published on (\S+): orders (\d+) to (\d+)$/,
      ({ waooaw }, _, channel = '', first = '', last = '') => {
        for (let n = Number(first); n <= Number(last); n += 1)
          waooaw.broadcaster.publish(channel, { ...order(n) });
      },
    ],
    [
      /^said to (\S+): (.+)$/,
      ({ waooaw }, _, identity = '', data = '') =>
        waooaw.broadcaster.sendToUser(identity, JSON.parse(data) as Json),
    ],
    [
      /^said to this connection: (.+)$/,
      ({ waooaw }, line, data = '') => waooaw.broadcaster.sendTo(line.session(), JSON.parse(data) as Json),
    ],
    [
      /^a sample of (\w+): (\d+)$/,
      ({ waooaw, clock }, _, name = '', value = '') => {
        waooaw.metrics.ingest([{ name, value: Number(value) }]);
        clock.advance(0);
      },
    ],
    [/^(\d+) ms pass$/, ({ clock }, _, ms = '') => clock.advance(Number(ms))],
    [/^(\d+) s pass$/, ({ clock }, _, s = '') => clock.advance(Number(s) * 1000)],
    [/^the server is told to stop$/, ({ waooaw }) => void waooaw.drain()],
    [/^the server stops$/, ({ waooaw }) => waooaw.broadcaster.close()],
    [
      /^an administrator ends the connection$/,
      ({ waooaw }, line) => waooaw.broadcaster.disconnect(line.session()),
    ],
    [/^ana’s tokens are revoked$/, ({ waooaw }) => waooaw.auth.revokeSubject('ana')],
  ];

const examples = readExamples();

describe('docs/protocol.md', () => {
  it('has examples, each with a name of its own', () => {
    assert.ok(examples.length > 10);
    assert.equal(new Set(examples.map(({ name }) => name)).size, examples.length);
  });

  for (const example of examples) {
    it(`tells what the server says: ${example.name}`, (t) => run(t, example));
  }

  it('shows each message that the server may send, and nothing that it may not', () => {
    const heard = examples.flatMap(({ steps }) => steps.filter((step) => step.kind === 'hear'));
    const kinds = new Set(heard.flatMap(({ message }) => Object.keys(message as object)));
    for (const kind of ['ok', 'err', 'pubs', 'after', 'lost', 'end', 'direct', 'move', 'ping'])
      assert.ok(kinds.has(kind), kind);
    for (const { message, event } of heard) {
      if (!isPartial(message) && !event) checkServerMessage(filled(message, (key) => key));
    }
  });

  it('lets happen what can be made to happen, each of it somewhere', () => {
    const seen = new Set<RegExp>();
    for (const { steps, line } of examples) {
      for (const step of steps) {
        if (step.kind !== 'happens') continue;
        const found = HAPPENINGS.find(([words]) => words.test(step.text));
        assert.ok(found, `docs/protocol.md:${line}: nobody can make "${step.text}" happen`);
        seen.add(found[0]);
      }
    }
    assert.equal(seen.size, HAPPENINGS.length);
  });
});

async function run(t: TestContext, { given, steps, line: at }: Example): Promise<void> {
  const world = await startWorld(t, given);
  if (given['random']) t.mock.method(Math, 'random', () => Number(given['random']));
  const streaming = steps.some((step) => step.kind === 'send' && step.path !== undefined);
  const line = streaming ? streamingLine(t, world) : await webSocketLine(t, world, given, steps);
  for (const step of steps) {
    const where = `docs/protocol.md:${at}: ${JSON.stringify(step)}`;
    if (step.kind === 'send') await line.send(step);
    else if (step.kind === 'happens') {
      const [words, happen] = HAPPENINGS.find(([known]) => known.test(step.text)) ?? [];
      assert.ok(words && happen, where);
      await happen(world, line, ...(words.exec(step.text)?.slice(1) ?? []));
      if (/pass$/.test(step.text)) await turn();
    } else if (step.kind === 'hear') {
      const heard = await line.hear(step);
      assert.equal(difference(step.message, heard), undefined, `${where}\ncame: ${JSON.stringify(heard)}`);
    } else if (step.kind === 'close') {
      const { code, reason } = await line.closed();
      assert.deepEqual([code, reason], [step.code, step.reason], where);
      assert.equal(CLOSE[reason as keyof typeof CLOSE], code, where);
    } else {
      const { status, type } = await line.status();
      assert.equal(status, step.status, where);
      if (step.type !== undefined) assert.ok(type.startsWith(step.type), where);
    }
  }
  await turn();
  assert.deepEqual(line.rest(), [], `docs/protocol.md:${at} leaves out what came`);
  if (given['one-frame']) assert.equal(line.frames().at(-1)?.split('\n').length, Number(given['one-frame']));
}

/** A WebSocket that stands where the example begins: connected, unless it begins with that, and following. */
async function webSocketLine(
  t: TestContext,
  world: World,
  given: Example['given'],
  steps: readonly Step[],
): Promise<Line> {
  const reader = await Reader.open(t, world.socketUrl);
  let session = '';
  const [first] = steps;
  const connects = first?.kind === 'send' && 'connect' in (first.message as object);
  if (!connects && given['connected'] !== 'no') {
    const follows = given['follows']?.split(',') ?? [];
    const subs = follows.map((sub) => {
      const [ch = '', everyMs] = sub.split('@');
      return { ch, ...(everyMs !== undefined && { everyMs: Number(everyMs) }) };
    });
    const token = given['as'] === undefined ? {} : { token: await world.token(`${given['as']}’s token`) };
    reader.say({ id: 1_000, connect: { ...token, subs } });
    const { ok, err } = await reader.inbox.answer(1_000);
    assert.ok(ok, JSON.stringify(err));
    session = ok.session!;
  }
  return {
    session: () => session,
    async send({ message }) {
      reader.say(await withTokens(world, message));
    },
    async hear() {
      const heard = await reader.next();
      session = heard.ok?.session ?? session;
      return heard;
    },
    status: () => assert.fail('a WebSocket has no status'),
    closed: () => reader.closed,
    frames: () => reader.inbox.frames,
    rest: () => reader.inbox.rest(),
  };
}

/** The streaming variant, every event and answer as it comes. */
function streamingLine(t: TestContext, { url, token }: World): Line {
  const events: ServerSentEvent[] = [];
  const answers: Promise<Answer | IncomingMessage>[] = [];
  let arrived = (): void => undefined;
  let session = '';
  const nextEvent = async (): Promise<ServerSentEvent> => {
    while (events.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
    return events.shift()!;
  };
  const open = async (body: string): Promise<IncomingMessage> => {
    const asking = http.request(`${url}/sse`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token('ana’s token')}` },
    });
    t.after(() => asking.destroy());
    asking.on('error', () => undefined).end(body);
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const parser = new EventParser();
    response.setEncoding('utf8').on('data', (text: string) => {
      events.push(...parser.push(text));
      arrived();
    });
    return response;
  };
  return {
    session: () => session,
    async send({ message, path = '' }) {
      const body = JSON.stringify(message);
      if (path === '/sse') answers.push(open(body));
      else {
        assert.equal(path, '/sse/<session>');
        answers.push(
          post(`${url}/sse/${session}`, body, { authorization: `Bearer ${await token('ana’s token')}` }),
        );
      }
    },
    async hear({ event = 'message' }) {
      const { name, data } = await nextEvent();
      assert.equal(name, event);
      const heard = JSON.parse(data) as { ok?: { session?: string } };
      session = heard.ok?.session ?? session;
      return heard;
    },
    async status() {
      const answer = await answers.shift()!;
      const status = 'status' in answer ? answer.status : (answer.statusCode ?? 0);
      return { status, type: answer.headers['content-type'] ?? '' };
    },
    closed: () => assert.fail('a stream ends with an event'),
    frames: () => [],
    rest: () => events,
  };
}

/** Puts tokens where the page has words for them. */
async function withTokens(world: World, message: unknown): Promise<unknown> {
  const { connect, refresh } = message as { connect?: { token?: string }; refresh?: { token: string } };
  if (connect?.token !== undefined)
    return { ...(message as object), connect: { ...connect, token: await world.token(connect.token) } };
  if (refresh) return { ...(message as object), refresh: { token: await world.token(refresh.token) } };
  return message;
}
