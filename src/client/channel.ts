/** One channel as this client follows it: its position, who listens, and whether the past and the present connect. */
import type {
  Batch,
  ErrorBody,
  Json,
  Loss,
  LostReason,
  Position,
  PublicationRow,
  Subscribed,
  SubscribeRequest,
} from '../protocol/frames.ts';
import { tell } from './tell.ts';

/** What a listener is told. In order; a snapshot always before the first publication. */
export interface ChannelListener {
  /** The channel's state. Publications that follow build on it. */
  snapshot?(data: Json): void;
  /** One publication, exactly once. */
  publication?(data: Json, offset: number): void;
  /** What happened since the last publication is not known, and why. A snapshot follows. */
  lost?(why: LostReason): void;
  /** The server refused the channel. It is asked again on every new connection. */
  error?(error: ErrorBody): void;
}

/** Follows one channel across connections. */
export class ClientChannel {
  readonly name: string;
  /** The channel's number on this connection. */
  n: number | undefined;
  /** A subscribe is under way. */
  asking = false;
  /** Takes back the pending farewell, while nobody listens. */
  cancelLinger: (() => void) | undefined;

  readonly #listeners = new Set<ChannelListener>();
  /** Listeners that have had no snapshot yet. */
  readonly #fresh = new Set<ChannelListener>();
  #position: Position | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get idle(): boolean {
    return this.#listeners.size === 0;
  }

  /** True when somebody still waits for a snapshot. */
  get wantsSnapshot(): boolean {
    return this.#fresh.size > 0;
  }

  get offset(): number | undefined {
    return this.#position?.o;
  }

  /** What to ask the server: to continue where somebody has a past to continue, else the state of now. */
  request(resume: boolean): SubscribeRequest {
    const everyoneIsFresh = this.#fresh.size === this.#listeners.size;
    return resume && this.#position && !everyoneIsFresh
      ? { ch: this.name, since: this.#position }
      : { ch: this.name };
  }

  add(listener: ChannelListener): void {
    this.#listeners.add(listener);
    this.#fresh.add(listener);
  }

  remove(listener: ChannelListener): void {
    this.#listeners.delete(listener);
    this.#fresh.delete(listener);
  }

  /** The server's answer to {@link request}. */
  subscribed(answer: Subscribed): void {
    const { n, e, o, h, pubs, lost, snapshot } = answer;
    const before = this.#position;
    this.n = n;
    if (pubs) {
      this.#deliver(pubs);
      this.#position = { e, o, h };
      return;
    }
    const why = lost ?? (before && breakBetween(before, answer));
    this.#position = { e, o, h };
    // Asked for a newcomer's sake, the answer stands where the others already are, and tells them nothing new.
    for (const listener of [...(why ? this.#listeners : this.#fresh)]) {
      if (!this.#fresh.delete(listener) && why) tell(() => listener.lost?.(why));
      tell(() => listener.snapshot?.(snapshot ?? null));
    }
  }

  /** A tick's publications. @returns false when one is missing: ask the server to continue from the position. */
  batch({ pubs, h }: Batch): boolean {
    const whole = this.#deliver(pubs);
    // A batch of what is known already ends before the position, and its tail is not the position's.
    if (whole && this.#position && this.#position.o === pubs.at(-1)?.[0])
      this.#position = { ...this.#position, h };
    return whole;
  }

  /** The stream broke off on a live connection. */
  broken({ e, o, h, lost, snapshot }: Loss): void {
    this.#position = { e, o, h };
    for (const listener of [...this.#listeners]) {
      if (!this.#fresh.delete(listener)) tell(() => listener.lost?.(lost));
      tell(() => listener.snapshot?.(snapshot));
    }
  }

  failed(error: ErrorBody): void {
    for (const listener of [...this.#listeners]) tell(() => listener.error?.(error));
  }

  #deliver(pubs: readonly PublicationRow[]): boolean {
    for (const [offset, data] of pubs) {
      const position = this.#position;
      if (!position || offset > position.o + 1) return false;
      if (offset <= position.o) continue;
      this.#position = { ...position, o: offset };
      for (const listener of [...this.#listeners]) {
        if (!this.#fresh.has(listener)) tell(() => listener.publication?.(data, offset));
      }
    }
    return true;
  }
}

/** Why an answer does not continue a position, when the server did not say so itself. */
function breakBetween(before: Position, { e, o, h }: Position): LostReason | undefined {
  if (e !== before.e) return 'epoch';
  if (o !== before.o) return 'history';
  return h === before.h ? undefined : 'tail';
}
