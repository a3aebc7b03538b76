/** Calls to the server and their answers: what waits for a connection, and what for its reply. */
import type { Json, Published, Responded } from '../protocol/frames.ts';
import type { ClientClock } from './clock.ts';
import { errorOf } from './failure.ts';
import type { Failure } from './make-error.ts';
import type { Answer } from './link.ts';

/** How calls are bounded. */
export interface OutboxSettings {
  readonly clock: ClientClock;
  /** Calls that may wait for a connection. */
  readonly maxQueued: number;
  /** From the call to its answer, ms. */
  readonly requestTimeoutMs: number;
  readonly tellRoundTrip: (tookMs: number) => void;
}

/** How a call is made. */
export interface CallOptions {
  /** Reject with `request_timeout` after this, ms. Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
}

/** How a publication is made. */
export interface PublishOptions extends CallOptions {
  /** Idempotency key: the same key and data is the same publication. Default: a random UUID. */
  readonly key?: string;
}

/** Sends a command, JSON text of an object. */
type Send = (body: string, answer: Answer) => void;

interface Call {
  readonly body: string;
  /** The same call twice is one: it may be sent again when its answer was lost. */
  readonly repeatable: boolean;
  readonly settle: (reply: { ok: unknown } | { err: Failure }) => void;
  sent: boolean;
}

/** Publications and requests, in the order of the calls. */
export class Outbox {
  readonly #settings: OutboxSettings;
  readonly #calls = new Set<Call>();
  #send: Send | undefined;
  #hopeless = false;

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
  }

  /**
   * Publishes exactly once, also when the line breaks before the answer.
   * @throws WaooawError as the server says, or `queue_full`, `request_timeout`, `connection_lost`.
   */
  publish(ch: string, data: Json, { key = randomKey(), timeoutMs }: PublishOptions): Promise<Published> {
    return this.#call<Published>({ publish: { ch, data, key } }, true, timeoutMs);
  }

  /**
   * Asks at most once: what was sent when the line broke may have been done, and is not sent again.
   * @throws WaooawError as {@link publish}.
   */
  async request(method: string, data: Json | undefined, { timeoutMs }: CallOptions): Promise<Json> {
    const { data: answer } = await this.#call<Responded>({ request: { method, data } }, false, timeoutMs);
    return answer;
  }

  /** A link is up: everything that waits is sent over it. */
  open(send: Send): void {
    this.#send = send;
    for (const call of this.#calls) this.#try(call);
  }

  /** No link is up: calls wait. */
  close(): void {
    this.#send = undefined;
  }

  /** @param there whether a connection will come by itself; while none will, calls fail. */
  hope(there: boolean): void {
    this.#hopeless = !there;
    if (!there) for (const { settle } of [...this.#calls]) settle(failed('connection_lost'));
  }

  async #call<T>(
    command: object,
    repeatable: boolean,
    timeoutMs = this.#settings.requestTimeoutMs,
  ): Promise<T> {
    const { clock, maxQueued } = this.#settings;
    const body = JSON.stringify(command);
    return new Promise((resolve, reject) => {
      const settle: Call['settle'] = (reply) => {
        if (!this.#calls.delete(call)) return;
        cancel();
        if ('err' in reply) void errorOf(reply.err).then(reject);
        else resolve(reply.ok as T);
      };
      const call: Call = { body, repeatable, settle, sent: false };
      const cancel = clock.after(timeoutMs, () => settle(failed('request_timeout')));
      const full = !this.#send && this.#calls.size >= maxQueued;
      this.#calls.add(call);
      if (this.#hopeless) settle(failed('connection_lost'));
      else if (full) settle(failed('queue_full'));
      else this.#try(call);
    });
  }

  #try(call: Call): void {
    const send = this.#send;
    if (!send || call.sent) return;
    const { clock, tellRoundTrip } = this.#settings;
    const sentAt = clock.now();
    call.sent = true;
    send(call.body, (reply) => {
      if (reply) {
        tellRoundTrip(clock.now() - sentAt);
        call.settle(reply);
      } else if (call.repeatable) {
        call.sent = false;
        // The link that was to answer may have been replaced already.
        if (this.#send !== send && this.#calls.has(call)) this.#try(call);
      } else call.settle(failed('connection_lost'));
    });
  }
}

function failed(code: Failure['code']): { err: Failure } {
  return { err: { code } };
}

/** A random UUID, version 4 (RFC 9562); `crypto.randomUUID` is missing on pages that came by plain http. */
function randomKey(): string {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // 0 and 1 become any digit; 8, the variant, one of 8 to b.
    return (Number(digit) ^ (byte & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
