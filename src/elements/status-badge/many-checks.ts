/** Follows many checks for one element: all that carry some tags, or what the page's context chooses. */
import type { ReactiveControllerHost } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import type { SocketClient } from '../../client/socket.ts';
import { countText } from '../../i18n/format.ts';
import type { CheckStatus } from '../../protocol/health.ts';
import type { ErrorBody } from '../../protocol/frames.ts';
import { ChannelController } from '../channel-controller.ts';
import { ContextController } from '../context-controller.ts';
import { channelOf, passes, readFilter } from './check-filter.ts';
import type { CheckFilter } from './check-filter.ts';
import type { BadgeStatus } from './host.ts';
import { worstWord } from './ranking.ts';
import { dueOf } from './status-due.ts';
import type { Wording } from './wording.ts';

/** Which checks. */
export interface ChecksWanted {
  /** `service=payments`, several with commas; empty: all. */
  readonly tag: string | undefined;
  /** Name of a context that narrows them; null: none. */
  readonly context: string | null;
}

/** What `health` and `health/tag/…` say. */
interface Said {
  readonly checks?: readonly CheckStatus[];
  readonly check?: string;
  readonly removed?: boolean;
}

/** The checks that one element follows. */
export class ManyChecks {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #wording: Wording;
  readonly #channel: ChannelController;
  readonly #context: ContextController;
  #wanted: ChecksWanted | undefined;
  #filter: CheckFilter | undefined;
  #client: SocketClient | undefined;
  #followed: string | undefined;
  #all = new Map<string, CheckStatus>();
  #checks: readonly CheckStatus[] | undefined;
  #worst: BadgeStatus | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, wording: Wording) {
    this.#host = host;
    this.#wording = wording;
    this.#context = new ContextController(host, () => this.#wanted?.context ?? null);
    this.#channel = new ChannelController(host, {
      snapshot: (data) => this.#hear(data),
      publication: (data) => this.#hear(data),
      forget: () => this.#forget(),
      connection: (client) => (this.#client = client),
      // As long as one of them is as it should be, the channel is not behind.
      dataTime: () => this.#latestDue(),
      staleAfterMs: () => 0,
    });
  }

  /** A rule of the context lets nothing through. */
  get none(): boolean {
    return this.#wanted !== undefined && this.#filter === undefined;
  }

  get freshness(): Freshness {
    return this.none ? 'empty' : this.#channel.freshness;
  }

  /** Why they are not to be had. */
  get refused(): ErrorBody | undefined {
    return this.#channel.refused;
  }

  get client(): SocketClient | undefined {
    return this.#client;
  }

  /** The server's clock, ms since 1970. */
  now(): number {
    return this.#channel.now();
  }

  /** Those that are meant. The same list for as long as nothing of it changed. */
  get checks(): readonly CheckStatus[] {
    const filter = this.#filter;
    return (this.#checks ??= filter ? [...this.#all.values()].filter((check) => passes(check, filter)) : []);
  }

  /** What they have in common: the values of their tags. */
  get title(): string {
    return [...(this.#filter?.values() ?? [])].map((values) => this.#wording.list(values)).join(' · ');
  }

  /** All of them as one; undefined while there is none. */
  get worst(): BadgeStatus | undefined {
    return (this.#worst ??= worstOf(this.checks, this.#wording));
  }

  /** Follows these, or none. */
  follow(wanted: ChecksWanted | undefined): void {
    this.#wanted = wanted;
    this.#context.follow();
    const filter = wanted && readFilter(wanted.tag ?? '', this.#context.selection);
    if (!sameFilter(filter, this.#filter)) this.#changed();
    this.#filter = filter;
    const channel = filter && channelOf(filter);
    if (channel === this.#followed) return;
    this.#followed = channel;
    this.#forget();
    this.#channel.follow(channel);
  }

  /** Follows nothing any more; not to be used again. */
  stop(): void {
    this.follow(undefined);
    this.#host.removeController(this.#channel);
    this.#host.removeController(this.#context);
    this.#context.hostDisconnected();
    this.#channel.hostDisconnected();
  }

  #hear(data: unknown): void {
    const { checks, check, removed } = Object(data) as Said;
    if (checks) this.#all = new Map(checks.map((one) => [one.check, one]));
    else if (check !== undefined && removed) this.#all.delete(check);
    else if (check !== undefined) this.#all.set(check, data as CheckStatus);
    this.#changed();
    this.#host.requestUpdate();
  }

  #forget(): void {
    this.#all = new Map();
    this.#changed();
  }

  #changed(): void {
    this.#checks = this.#worst = undefined;
  }

  #latestDue(): number | undefined {
    if (this.checks.length === 0) return undefined;
    const running = this.checks.filter(({ word }) => word !== 'paused');
    // Before its first result a check is as new as its beginning.
    const dues = running.map((check) => dueOf({ ...check, at: check.at ?? check.since }) ?? 0);
    return dues.length === 0 ? Number.MAX_SAFE_INTEGER : dues.reduce((a, b) => Math.max(a, b));
  }
}

function worstOf(checks: readonly CheckStatus[], wording: Wording): BadgeStatus | undefined {
  const word = worstWord(checks);
  if (word === undefined) return undefined;
  const worst = checks.filter((check) => check.word === word);
  const names = wording.list(worst.map(({ title }) => title));
  return {
    word,
    since: worst.reduce((first, { since }) => Math.min(first, since), Infinity),
    at: checks.reduce((last, { at, since }) => Math.max(last, at ?? since), 0),
    reason: wording.texts.someOf(checks.length, countText(checks.length, wording.locale), names),
  };
}

function sameFilter(a: CheckFilter | undefined, b: CheckFilter | undefined): boolean {
  return a === b || JSON.stringify(a && [...a]) === JSON.stringify(b && [...b]);
}
