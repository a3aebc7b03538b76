/** The server behind a scripted socket: admits channels one by one, publishes on them, and is asked by HTTP. */
import type { Json } from '../protocol/frames.ts';
import type { Role } from '../protocol/roles.ts';
import { at, hash, scriptSockets } from './script.ts';
import type { Script } from './script.ts';
import { until } from './until.ts';

/** A question by HTTP that waits for its answer. */
export interface Question {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal | undefined;
  answer(body: object, status?: number): void;
  /** The network fails. */
  fail(): void;
}

/** Where a channel stands. */
interface Place {
  readonly n: number;
  offset: number;
}

/** The far end, played by the test in place of WebSocket and `fetch`. */
export class FarEnd {
  readonly script: Script = scriptSockets();
  readonly questions: Question[] = [];
  readonly #fetch = globalThis.fetch;
  readonly #places = new Map<string, Place>();
  readonly #answered = new Set<number>();

  constructor() {
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      return new Promise((resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
        this.questions.push({
          method: request.method,
          url: new URL(request.url),
          headers: request.headers,
          body: typeof init?.body === 'string' ? init.body : '',
          signal: init?.signal ?? undefined,
          answer: (body, status = 200) => resolve(new Response(JSON.stringify(body), { status })),
          fail: () => reject(new TypeError('Failed to fetch')),
        });
      });
    };
  }

  restore(): void {
    globalThis.fetch = this.#fetch;
    this.script.restore();
  }

  /** The newest socket gets through, as somebody of this role. */
  async accept(role?: Role): Promise<void> {
    await until(() => this.script.sockets.at(-1)?.readyState === 0, 'somebody knocks');
    this.#places.clear();
    const { socket } = this.script;
    socket.accept({ t: Date.now(), identity: { id: 'me', name: 'Me', ...(role && { role }) } });
    const { subs = [] } = socket.last('connect').connect as unknown as { subs?: readonly { ch: string }[] };
    subs.forEach(({ ch }, i) => this.#places.set(ch, { n: i + 1, offset: 0 }));
  }

  /** Waits until a channel is asked for, and begins it with this. */
  async admit(ch: string, snapshot: unknown): Promise<void> {
    // It was asked for with the connection, and has begun.
    if (this.#places.get(ch)?.offset === 0) return this.lose(ch, snapshot);
    const id = await this.#asked(ch);
    const place = { n: this.#answered.size + 100, offset: 5 };
    this.#places.set(ch, place);
    this.script.socket.say({ id, ok: at(place.n, ch, 5, { snapshot: snapshot as Json }) });
  }

  /** Waits until a channel is asked for, and refuses it. */
  async refuse(ch: string, code: string, message: string): Promise<void> {
    const id = await this.#asked(ch);
    this.script.socket.say({ id, err: { code, message, retryable: false } });
  }

  /** Publishes on a channel that was admitted. */
  publish(ch: string, data: unknown): void {
    const place = this.#place(ch);
    place.offset += 1;
    this.script.socket.say({ n: place.n, pubs: [[place.offset, data]], h: hash(place.offset) });
  }

  /** Publications were lost, and this is what the channel holds now. */
  lose(ch: string, snapshot: unknown): void {
    const place = this.#place(ch);
    place.offset += 10;
    const { n, offset } = place;
    this.script.socket.say({ n, lost: 'slow', e: 'k', o: offset, h: hash(offset), snapshot });
  }

  /** The question of this number, from 0. */
  question(index: number): Promise<Question> {
    return until(() => this.questions[index], `question ${index}`);
  }

  #place(ch: string): Place {
    const place = this.#places.get(ch);
    if (!place) throw new Error(`${ch} was not admitted`);
    return place;
  }

  async #asked(ch: string): Promise<number> {
    const id = await until(
      () =>
        this.script.socket.sent.find(
          ({ id, subscribe }) =>
            id !== undefined &&
            !this.#answered.has(id) &&
            (subscribe as { ch?: string } | undefined)?.ch === ch,
        )?.id,
      `it asks for ${ch}`,
    );
    this.#answered.add(id);
    return id;
  }
}
