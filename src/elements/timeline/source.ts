/** What a timeline follows: the audit trail, as much of it as the reader may see, or any channel that carries events. */
import type { ReactiveControllerHost } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import type { SocketClient } from '../../client/socket.ts';
import type { AuditPage, AuditRecord } from '../../protocol/audit.ts';
import type { Json, LostReason } from '../../protocol/frames.ts';
import type { Role } from '../../protocol/roles.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { ChannelController } from '../channel-controller.ts';
import type * as audit from './audit-events.ts';
import { MayNot } from './pages.ts';
import type { EventProvider } from './pages.ts';
import { MAX_TIME, readEvents } from './read-event.ts';
import { serverApi } from '../server-api.ts';
import type { ServerApi } from '../server-api.ts';

/** What is done with what is heard. */
export interface SourceHandler {
  /** All that the channel knows of, newest first. */
  readonly snapshot: (events: readonly TimelineEvent[]) => void;
  /** What happened since, oldest first. */
  readonly update: (events: readonly TimelineEvent[]) => void;
  /** What happened for a while is not known. */
  readonly lost: (why: LostReason) => void;
  /** Another server, channel or reader: nothing that is known is of it. */
  readonly forget: () => void;
  /** Freshness, or what the source can do, is other than before. */
  readonly changed: () => void;
  /** BCP 47: entries of the trail are worded in it. */
  readonly locale: () => string;
}

/** The name of the audit trail among sources. */
export const AUDIT = 'audit';

/** Who may follow the whole trail. */
const SEE_ALL: readonly (Role | undefined)[] = ['auditor', 'admin'];
/** Entries of one page. */
const PAGE = 100;
/** A line that is up says at once what happens: only its own silence would be news, and it has a watchdog. */
const NEVER_STALE_MS = Number.MAX_SAFE_INTEGER;

/** Follows one source for one timeline. */
export class Source {
  /** What older pages of the trail are asked for, in its query language. */
  query = '';
  readonly #handler: SourceHandler;
  readonly #channel: ChannelController;
  #name = '';
  #client: SocketClient | undefined;
  #followed: string | undefined;
  #api: ServerApi | undefined;
  #stopState: (() => void) | undefined;
  #heardAt: number | undefined;
  /** What words entries of the trail, once it is loaded. */
  #audit: typeof audit | undefined;
  #failed = false;
  /** What events were made of. */
  readonly #records = new WeakMap<TimelineEvent, AuditRecord>();

  constructor(host: ReactiveControllerHost & HTMLElement, handler: SourceHandler) {
    this.#handler = handler;
    this.#channel = new ChannelController(host, {
      snapshot: (data) => this.#hear(data, (events) => handler.snapshot(events)),
      publication: (data) => this.#hear(data, (events) => handler.update(events)),
      lost: (why) => handler.lost(why),
      error: () => handler.changed(),
      forget: () => this.#forget(),
      connection: (client) => this.#use(client),
      dataTime: () => this.#heardAt,
      staleAfterMs: () => NEVER_STALE_MS,
    });
    host.addController({
      hostConnected: () => this.#use(this.#client),
      hostDisconnected: () => this.#stopState?.(),
    });
  }

  get isAudit(): boolean {
    return this.#name === AUDIT;
  }

  /** `idle`: nothing is followed. */
  get freshness(): Freshness {
    if (this.#failed) return 'error';
    const { freshness } = this.#channel;
    return this.#name && freshness === 'idle' ? 'loading' : freshness;
  }

  /** Why the channel was refused. */
  get refused(): string | undefined {
    return this.#channel.refused?.message;
  }

  /** The reader's role is not enough for the channel. */
  get forbidden(): boolean {
    return this.#channel.refused?.code === 'forbidden';
  }

  /** The reader sees a part of the trail only. */
  get partial(): boolean {
    const { role } = this;
    return this.isAudit && role !== undefined && !SEE_ALL.includes(role);
  }

  /** The server's HTTP API; undefined while there is no socket. */
  get api(): ServerApi | undefined {
    return this.#api;
  }

  get role(): Role | undefined {
    return this.#client?.identity?.role;
  }

  /** The server's clock as far as it is known, ms since 1970. One that is beyond all dates is not gone by. */
  now(): number {
    const now = this.#channel.now();
    return Math.abs(now) <= MAX_TIME ? now : Date.now();
  }

  /** Follows another source, or none. */
  follow(name: string): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#failed = false;
    this.#forget();
    this.#choose();
  }

  /** Asks once more for what was refused or could not be loaded. */
  again(): void {
    this.#failed = false;
    this.#followed = undefined;
    this.#channel.follow(undefined);
    this.#choose();
  }

  /** Older entries of the trail; undefined where the source keeps no more than it sends. */
  get older(): EventProvider | undefined {
    return this.isAudit ? this.#fetchPage : undefined;
  }

  /** The events in another language. The same objects where that changes nothing. */
  reword(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
    return events.map((event) => {
      const record = this.#records.get(event);
      return record ? (this.#eventOf(record) ?? event) : event;
    });
  }

  readonly #fetchPage: EventProvider = async ({ cursor, signal }) => {
    const query = new URLSearchParams({
      limit: String(PAGE),
      ...(this.query && { q: this.query }),
      ...(cursor !== undefined && { cursor }),
    });
    const answer = await this.#api?.get(`/audit?${query.toString()}`, signal);
    if (answer?.status === 403) throw new MayNot(await reasonOf(answer));
    if (!answer?.ok) throw new Error(answer ? await reasonOf(answer) : 'there is no socket');
    const { items, next } = (await answer.json()) as AuditPage;
    return { events: this.#eventsOf(items), ...(next !== undefined && { next }) };
  };

  #use(client: SocketClient | undefined): void {
    this.#stopState?.();
    this.#client = client;
    this.#api = client && serverApi(client);
    // Who the reader is, the client knows right after it says that it is live.
    this.#stopState = client?.on('state', () => queueMicrotask(() => this.#choose()));
    this.#choose();
  }

  /** Follows the channel that the reader may see. Of the trail that is not known before there is a connection. */
  #choose(): void {
    if (this.isAudit && !this.#audit) void this.#loadAudit();
    const channel = this.#channelOf();
    if (channel === this.#followed) return;
    if (this.#followed !== undefined && channel !== undefined) this.#forget();
    this.#followed = channel;
    this.#channel.follow(channel);
    this.#handler.changed();
  }

  #channelOf(): string | undefined {
    const client = this.#client;
    if (!this.isAudit) return this.#name || undefined;
    if (!this.#audit) return undefined;
    if (client?.identity) return SEE_ALL.includes(client.identity.role) ? 'audit/all' : 'audit';
    // Asked for, so that it is said why there is nothing.
    return client?.state === 'failed' || client?.state === 'closed' ? 'audit' : undefined;
  }

  async #loadAudit(): Promise<void> {
    try {
      this.#audit = await import('./audit-events.ts');
      this.#choose();
    } catch (error) {
      this.#failed = true;
      this.#handler.changed();
      console.warn('<waooaw-timeline>: what words the audit trail could not be loaded.', error);
    }
  }

  #forget(): void {
    this.#heardAt = undefined;
    this.#handler.forget();
  }

  #hear(data: Json, take: (events: readonly TimelineEvent[]) => void): void {
    this.#heardAt = this.#channel.now();
    take(this.#eventsIn(data));
    this.#handler.changed();
  }

  #eventsIn(data: unknown): readonly TimelineEvent[] {
    const { items, events } = Object(data) as { items?: unknown; events?: unknown };
    if (this.isAudit) return this.#eventsOf(items);
    // A channel of the page's own may carry one event, or a list of them.
    return readEvents(events ?? (Array.isArray(data) ? data : [data]));
  }

  #eventsOf(items: unknown): readonly TimelineEvent[] {
    if (!Array.isArray(items)) return [];
    return (items as AuditRecord[]).flatMap((record) => this.#eventOf(record) ?? []);
  }

  #eventOf(record: AuditRecord): TimelineEvent | undefined {
    try {
      const event = readEvents([this.#audit?.eventOf(record, this.#handler.locale())])[0];
      if (event) this.#records.set(event, record);
      return event;
    } catch {
      // A server of another release: what cannot be worded is left out, and the rest is shown.
      return undefined;
    }
  }
}

async function reasonOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined);
  const { detail, title } = Object(body) as { detail?: unknown; title?: unknown };
  const text = detail ?? title;
  return typeof text === 'string' ? text : String(answer.status);
}
