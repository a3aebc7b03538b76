/** The log of an operation: what is said as it is said, by its channel, and all that was said before, by HTTP. */
import type { ReactiveControllerHost } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import type { SocketClient } from '../../client/socket.ts';
import type { LogLine, LogPage } from '../../protocol/agents.ts';
import type { Json } from '../../protocol/frames.ts';
import { ChannelController } from '../channel-controller.ts';
import { problemOf, serverApi } from '../server-api.ts';
import { LogStore } from './log-store.ts';

/** Lines of a snapshot: where there are so many there may be more. */
const SNAPSHOT = 200;
/** Lines of one page. */
const PAGE = 500;
/** Of what was missed so many pages are asked for; the rest is a gap. */
const MOST_PAGES = 20;
/** Until when an answer has to come, ms. */
const TIMEOUT_MS = 15_000;
const NEVER_STALE_MS = Number.MAX_SAFE_INTEGER;

/** How the older lines stand. */
export type OlderState = 'idle' | 'loading' | { readonly failed: string };

/** The log of the operation that one tracker shows. */
export class LogSource {
  readonly store = new LogStore();
  older: OlderState = 'idle';
  readonly #host: ReactiveControllerHost;
  readonly #channel: ChannelController;
  #client: SocketClient | undefined;
  #operation = '';
  /** Of the questions about one operation. */
  #life = new AbortController();
  #heardAt: number | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    this.#channel = new ChannelController(host, {
      snapshot: (data) => this.#take(data, true),
      publication: (data) => this.#take(data, false),
      forget: () => this.#forget(),
      connection: (client) => (this.#client = client),
      dataTime: () => this.#heardAt,
      staleAfterMs: () => NEVER_STALE_MS,
    });
  }

  get freshness(): Freshness {
    return this.#channel.freshness;
  }

  /** Why the channel was refused. */
  get refused(): string | undefined {
    return this.#channel.refused?.message;
  }

  /** Follows the log of another operation; empty: of none, and what is known is kept until it is another's. */
  follow(operation: string): void {
    if (operation && operation !== this.#operation) {
      this.#forget();
      this.#operation = operation;
    }
    this.#channel.follow(operation ? `logs/operation/${operation}` : undefined);
  }

  /** Fetches the page before the oldest line that is known. */
  async loadOlder(): Promise<void> {
    const { first } = this.store;
    if (this.older === 'loading' || !this.store.more) return;
    this.#set('loading');
    const { signal } = this.#life;
    try {
      const before: Record<string, number> = first === undefined ? {} : { before: first };
      const { lines, more } = await this.#fetch(before, signal);
      if (signal.aborted) return;
      this.store.add(lines);
      this.store.more = more && lines.length > 0;
      this.#set('idle');
    } catch (error) {
      if (!signal.aborted) this.#set({ failed: error instanceof Refused ? error.message : '' });
    }
  }

  #take(data: Json, isSnapshot: boolean): void {
    const { lines } = Object(data) as { lines?: unknown };
    this.#heardAt = this.#channel.now();
    if (!Array.isArray(lines)) return;
    const said = lines as LogLine[];
    const { last } = this.store;
    const first = said[0]?.n;
    if (isSnapshot && last === undefined) this.store.more = said.length >= SNAPSHOT;
    this.store.add(said);
    // What was said while the line was down, and is not in the snapshot any more.
    if (isSnapshot && last !== undefined && first !== undefined && first > last) void this.#fill(last, first);
    this.#host.requestUpdate();
  }

  async #fill(after: number, until: number): Promise<void> {
    const { signal } = this.#life;
    let at = after;
    try {
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { lines } = await this.#fetch({ after: at }, signal);
        if (signal.aborted) return;
        const missed = lines.filter(({ n }) => n < until);
        this.store.add(missed);
        this.#host.requestUpdate();
        if (missed.length < lines.length || lines.length === 0) return;
        at = lines.at(-1)?.n ?? until;
      }
      this.store.markGap(until);
    } catch {
      if (!signal.aborted) this.store.markGap(until);
    }
    this.#host.requestUpdate();
  }

  async #fetch(where: Readonly<Record<string, number>>, signal: AbortSignal): Promise<LogPage> {
    const client = this.#client;
    if (!client) throw new Error('there is no socket');
    const query = new URLSearchParams({ limit: String(PAGE) });
    for (const [name, value] of Object.entries(where)) query.set(name, String(value));
    const path = `/operations/${encodeURIComponent(this.#operation)}/logs?${query.toString()}`;
    const answer = await serverApi(client).get(
      path,
      AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    );
    if (!answer.ok) throw new Refused((await problemOf(answer)).reason);
    return (await answer.json()) as LogPage;
  }

  #set(state: OlderState): void {
    this.older = state;
    this.#host.requestUpdate();
  }

  #forget(): void {
    this.#life.abort();
    this.#life = new AbortController();
    this.#heardAt = undefined;
    this.older = 'idle';
    this.store.clear();
  }
}

/** In the server's own words: what the network says of itself is no sentence for people. */
class Refused extends Error {}
