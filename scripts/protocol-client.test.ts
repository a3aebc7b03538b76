/** Feeds what the server says in the examples of docs/protocol.md to the client of this package. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { SocketClient } from '../src/client/index.ts';
import type { Subscription } from '../src/client/index.ts';
import { closeBand } from '../src/protocol/index.ts';
import type { Command, Json, Position, Reply, ServerMessage, Subscribed } from '../src/protocol/index.ts';
import { turn } from '../server/testing/event-loop.ts';
import { FakeClock } from '../src/testing/clock.ts';
import { Recorder } from '../src/testing/recorder.ts';
import { admission, scriptSockets } from '../src/testing/script.ts';
import type { Script, ScriptedSocket } from '../src/testing/script.ts';
import { bare, readExamples } from './protocol-examples.ts';
import type { Example, Step } from './protocol-examples.ts';
import { standing } from './protocol-world.ts';

const examples = readExamples();
/** What was fed, by kind. */
const fed = new Set<string>();

describe('the client of this package', () => {
  for (const example of examples) {
    it(`understands what the server says: ${example.name}`, async (t) => {
      const script = scriptSockets();
      t.after(() => script.restore());
      await new Scene(t, script, example, await standing()).play();
    });
  }

  it('has been fed everything that a server says', () => {
    for (const kind of ['connect', 'subscribe', 'unsubscribe', 'demand', 'publish', 'request', 'refresh'])
      assert.ok(fed.has(kind), kind);
    for (const kind of ['err', 'pubs', 'after', 'lost', 'end', 'direct', 'ping', 'move', 'close'])
      assert.ok(fed.has(kind), kind);
  });
});

/** A client in an example, and the server as the example has it. */
class Scene {
  readonly #script: Script;
  readonly #example: Example;
  readonly #standing: ReadonlyMap<string, Subscribed>;
  readonly #clock = new FakeClock(1_750_000_000_000);
  readonly #client: SocketClient;
  /** What each channel's listener was told. */
  readonly #told = new Map<string, Recorder>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #messages: Json[] = [];
  /** What the client sent for a command of the example, by the example's id. */
  readonly #sent = new Map<
    number,
    { readonly id: number; readonly command: Command; readonly settled: Promise<unknown> }
  >();

  constructor(t: TestContext, script: Script, example: Example, at: ReadonlyMap<string, Subscribed>) {
    const connects = example.steps.flatMap(commandsOf).find((command) => 'connect' in command);
    const token = connects ? connects.connect.token : example.given['as'] && `${example.given['as']}’s token`;
    this.#script = script;
    this.#example = example;
    this.#standing = at;
    this.#client = new SocketClient({
      url: 'http://example.test',
      clock: this.#clock,
      random: () => 0,
      lingerMs: 0,
      fallbackAfter: Infinity,
      ...(token && { token }),
    });
    this.#client.on('message', (message) => this.#messages.push(message));
    t.after(() => this.#client.disconnect());
  }

  get #socket(): ScriptedSocket {
    return this.#script.sockets[0]!;
  }

  async play(): Promise<void> {
    const { given, steps } = this.#example;
    const sent = steps.flatMap(commandsOf);
    const connects = sent.find((command) => 'connect' in command);
    const first = connects?.connect.subs ?? [];
    const follows = (given['follows']?.split(',') ?? []).map((sub) => sub.split('@'));
    const past = sent.flatMap((command) =>
      'subscribe' in command && command.subscribe.since ? [command.subscribe] : [],
    );
    for (const { ch } of [...first, ...past]) this.#follow(ch);
    for (const [ch = '', everyMs = '0'] of follows) this.#follow(ch, Number(everyMs));
    this.#client.connect();
    this.#socket.open();
    if (!connects) this.#admit(past.map(({ ch, since }) => [ch, since!]));
    for (const step of steps) {
      await this.#step(step).catch((error: unknown) => {
        throw new Error(`docs/protocol.md:${this.#example.line}: ${JSON.stringify(step)}`, { cause: error });
      });
      await turn();
    }
  }

  #follow(ch: string, everyMs = 0): void {
    const recorder = new Recorder();
    this.#told.set(ch, recorder);
    this.#subscriptions.set(ch, this.#client.subscribe(ch, recorder, { everyMs }));
  }

  /** Connected before the example begins; `past`: at another place than the server is. */
  #admit(past: readonly (readonly [ch: string, since: Position])[]): void {
    const connect = this.#socket.last('connect') as unknown as Extract<Command, { connect: unknown }>;
    const subs = (connect.connect.subs ?? []).map(({ ch }) => ({
      ...this.#standing.get(ch)!,
      ...Object.fromEntries(past)[ch],
    }));
    this.#socket.say({ id: connect.id, ok: admission(connect, { subs }) });
  }

  async #step(step: Step): Promise<void> {
    if (step.kind === 'send') for (const command of commandsOf(step)) await this.#send(command);
    else if (step.kind === 'close') this.#close(step.code, step.reason);
    else if (step.kind === 'happens') {
      const [, time, unit] = /^(\d+) (s|ms) pass$/.exec(step.text) ?? [];
      if (time) this.#clock.advance(Number(time) * (unit === 's' ? 1000 : 1));
    } else if (step.kind === 'hear' && step.event === 'close') {
      const { code, reason } = step.message as { code: number; reason: string };
      this.#close(code, reason);
    } else if (step.kind === 'hear') {
      const message = bare(step.message) as ServerMessage;
      if ('id' in message) await this.#answer(message);
      else this.#hear(message);
    }
  }

  /** Has the client send a command, and holds what it sent to the example. */
  async #send(command: Command): Promise<void> {
    let settled: Promise<unknown> = Promise.resolve();
    if ('subscribe' in command) this.#subscribe(command.subscribe);
    else if ('unsubscribe' in command) this.#byNumber(command.unsubscribe.n)?.stop();
    else if ('demand' in command) this.#byNumber(command.demand.n)?.demand(command.demand.everyMs);
    else if ('publish' in command) {
      const { ch, data, key } = command.publish;
      settled = this.#client.publish(ch, data, { ...(key !== undefined && { key }) });
    } else if ('request' in command)
      settled = this.#client.request(command.request.method, command.request.data);
    else if ('refresh' in command) this.#client.setToken(command.refresh.token);
    settled.catch(() => undefined);
    await turn();
    this.#clock.advance(0);
    const [name = '', body] = Object.entries(command).find(([key]) => key !== 'id') ?? [];
    const found = this.#socket.sent.findLast((message) => name in message);
    // Not everything that can be said is said by this client.
    if (!found) return;
    const { client: _, subs, ...said } = found[name] as Record<string, unknown>;
    const { client: __, subs: asked, ...expected } = body as Record<string, unknown>;
    assert.deepEqual({ ...said, subs: subs ?? [] }, { ...expected, subs: asked ?? [] });
    this.#sent.set(command.id, { id: found.id!, command, settled });
  }

  /** With a position: something is missing on the live connection, and the client notices. */
  #subscribe({ ch, since, everyMs }: Extract<Command, { subscribe: unknown }>['subscribe']): void {
    const { n } = this.#standing.get(ch) ?? {};
    if (since) this.#socket.say({ n, pubs: [[since.o + 2, null]], h: '0'.repeat(16) });
    else this.#follow(ch, everyMs);
  }

  #byNumber(n: number): Subscription | undefined {
    return this.#subscriptions.get(this.#channel(n));
  }

  #channel(n: number): string {
    return [...this.#standing.values()].find((at) => at.n === n)?.ch ?? '';
  }

  async #answer(reply: Reply): Promise<void> {
    const sent = reply.id === null ? undefined : this.#sent.get(reply.id);
    const before = sent && 'subscribe' in sent.command ? this.#heardOf(sent.command.subscribe.ch) : 0;
    this.#socket.say({ ...reply, id: sent?.id ?? (reply.id === null ? null : reply.id + 10_000) });
    if ('err' in reply) fed.add('err');
    if (!sent) return;
    const { command } = sent;
    fed.add(Object.keys(command).find((key) => key !== 'id')!);
    if ('err' in reply && ('publish' in command || 'request' in command)) {
      await assert.rejects(sent.settled, { code: reply.err.code });
    } else if ('err' in reply && 'subscribe' in command) {
      assert.deepEqual(this.#told.get(command.subscribe.ch)?.heard.at(-1), ['error', reply.err.code]);
    } else if ('ok' in reply && 'publish' in command) assert.deepEqual(await sent.settled, reply.ok);
    else if ('ok' in reply && 'request' in command) assert.deepEqual({ data: await sent.settled }, reply.ok);
    else if ('ok' in reply && 'subscribe' in command)
      this.#expect(command.subscribe.ch, before, reply.ok as Subscribed);
    else if ('ok' in reply && 'connect' in command && 'subs' in reply.ok) {
      assert.deepEqual(this.#client.identity, reply.ok.identity);
      for (const answer of reply.ok.subs) {
        if ('err' in answer) assert.deepEqual(this.#told.get(answer.ch)?.heard, [['error', answer.err.code]]);
        else this.#expect(answer.ch, 0, answer);
      }
    }
  }

  #heardOf(ch: string): number {
    return this.#told.get(ch)?.heard.length ?? 0;
  }

  /** The listener was told what the answer holds, and the client stands where it says. */
  #expect(ch: string, before: number, { lost, pubs, snapshot, o }: Partial<Subscribed>): void {
    const heard = this.#told.get(ch)?.heard.slice(before);
    if (pubs)
      assert.deepEqual(
        heard,
        pubs.map(([offset, data]) => ['publication', offset, data]),
      );
    else assert.deepEqual(heard, [...(lost ? [['lost', lost]] : []), ['snapshot', snapshot]]);
    assert.deepEqual([this.#client.channel(ch)?.offset, this.#client.channel(ch)?.current], [o, true]);
  }

  #hear(message: Exclude<ServerMessage, Reply>): void {
    const ch = 'n' in message ? this.#channel(message.n) : '';
    const before = this.#heardOf(ch);
    this.#socket.say(message);
    for (const key of Object.keys(message)) fed.add(key);
    // Nobody listens any more; that the client minds nothing is what there is to see.
    if (ch !== '' && !this.#client.channel(ch)) assert.equal(this.#heardOf(ch), before);
    else if ('pubs' in message) this.#expect(ch, before, { pubs: message.pubs, o: message.pubs.at(-1)![0] });
    else if ('lost' in message) this.#expect(ch, before, message);
    else if ('end' in message)
      assert.deepEqual(this.#told.get(ch)?.heard.at(-1), ['error', message.end.code]);
    else if ('direct' in message) assert.deepEqual(this.#messages, [message.direct]);
    else if ('move' in message) {
      this.#clock.advance(message.move.afterMs - 1);
      assert.equal(this.#script.sockets.length, 1);
      this.#clock.advance(1);
      assert.equal(this.#script.sockets.length, 2, 'make');
      assert.equal(this.#socket.closedWith, undefined, 'before break');
      this.#script.socket.accept();
      assert.ok(this.#socket.closedWith !== undefined);
    } else assert.ok(this.#socket.last('pos'));
  }

  #close(code: number, reason: string): void {
    this.#socket.end(code, reason);
    fed.add('close');
    assert.equal(this.#client.state, closeBand(code) === 'terminal' ? 'failed' : 'reconnecting');
  }
}

/** What a step sends that is a command or a pong; what is broken on purpose is left out. */
function commandsOf(step: Step): Command[] {
  if (step.kind !== 'send') return [];
  const all = step.path !== undefined && Array.isArray(step.message) ? step.message : [step.message];
  return all.filter((message) => typeof message === 'object' && !Array.isArray(message)) as Command[];
}
