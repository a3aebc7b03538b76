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
import { ascend, breakBetween, follows, positionOf } from './continuity.ts';
import { demandOf, leastDemand, PAUSED } from './demand.ts';
import { tell } from './tell.ts';

/** What there is to know of a publication beside its data. */
export interface PublicationInfo {
  /** How many publications before it are not told, because it stands for them too. */
  readonly conflated: number;
}

/** What a listener is told. In order; a snapshot always before the first publication. */
export interface ChannelListener {
  /** The channel's state. Publications that follow build on it. */
  snapshot?(data: Json): void;
  /** One publication, exactly once. `info` is given only where it stands for others as well. */
  publication?(data: Json, offset: number, info?: PublicationInfo): void;
  /** What happened since the last publication is not known, and why. A snapshot follows. */
  lost?(why: LostReason): void;
  /** The server refused the channel, or ended it. */
  error?(error: ErrorBody): void;
  /** Whether the listener is up to date: false from the loss of the line, or of a frame, until that is made good. */
  current?(current: boolean): void;
}

/** One listener's place at a channel. */
export interface Seat {
  readonly listener: ChannelListener;
  /** At most one batch in so many ms; 0 as they come, Infinity none for now. */
  everyMs: number;
  /** Has had no snapshot yet. */
  fresh: boolean;
  current: boolean;
}

/** Follows one channel across connections. */
export class ClientChannel {
  readonly name: string;
  /** Nobody came back in time: it may be unsubscribed. */
  gone = false;
  /** Takes back the pending farewell, while nobody listens. */
  cancelLinger: (() => void) | undefined;
  /** When something was heard of it last, ms since 1970 by this machine's clock. */
  heardAt: number | undefined;

  readonly #seats = new Set<Seat>();
  #position: Position | undefined;
  #current = false;
  /** An answer contradicted the position: what comes next does not continue it. */
  #doubt: LostReason | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get idle(): boolean {
    return this.#seats.size === 0;
  }

  /** Shall be subscribed: somebody wants publications, or left only just now. */
  get wanted(): boolean {
    return !this.gone && (this.idle || this.demand < PAUSED);
  }

  /** At most one batch in so many ms, for all listeners together; Infinity: none for now. */
  get demand(): number {
    return leastDemand([...this.#seats].map(({ everyMs }) => everyMs));
  }

  /** True when somebody still waits for a snapshot. */
  get wantsSnapshot(): boolean {
    return [...this.#seats].some(({ fresh }) => fresh);
  }

  /** Everything up to the position was heard, on this connection. */
  get current(): boolean {
    return this.#current;
  }

  /** True when it stands exactly there, or nowhere yet. */
  isAt({ e, o, h }: Position): boolean {
    const position = this.#position;
    return !position || (position.e === e && position.o === o && position.h === h);
  }

  get offset(): number | undefined {
    return this.#position?.o;
  }

  /** What to ask the server: to continue where somebody has a past to continue, else the state of now. */
  request(resume: boolean): SubscribeRequest {
    const { demand } = this;
    return {
      ch: this.name,
      ...(resume && this.#position && !this.#doubt && this.#hasPast() && { since: this.#position }),
      ...(demand > 0 && demand < PAUSED && { everyMs: demand }),
    };
  }

  add(listener: ChannelListener, everyMs = 0): Seat {
    const seat = { listener, everyMs: demandOf(everyMs), fresh: true, current: false };
    this.#seats.add(seat);
    return seat;
  }

  remove(seat: Seat): void {
    this.#seats.delete(seat);
  }

  /**
   * The server's answer to a request. Believed only where it was judged from the very place where the channel still is:
   * another link may have gone on from there, and what that brought may since have been undone.
   * @param since the position that the request named.
   * @returns false when the channel is not up to date by it, and must be asked for again.
   */
  subscribed(answer: Subscribed, since?: Position): boolean {
    const { lost, snapshot = null } = answer;
    const here = this.isAt(answer);
    if (since && !this.isAt(since)) {
      // Unless the other link has brought exactly as much.
      if (here) this.setCurrent(true);
      return here;
    }
    if (!lost && (answer.pubs ?? answer.recovered)) return this.#recovered(answer, since);
    const known = !here && this.#hasPast() ? this.#position : undefined;
    // Asked for a newcomer's sake: the others are there already, or are brought there first.
    if (known && !since && !lost && !this.#doubt) return false;
    const why = lost ?? this.#doubt ?? (known && breakBetween(known, answer));
    this.#position = positionOf(answer);
    this.#doubt = undefined;
    this.#begin(snapshot, why);
    this.setCurrent(true);
    return true;
  }

  /** A tick's publications. @returns false when one is missing: ask the server to continue from the position. */
  batch({ pubs, h, after }: Batch): boolean {
    const position = this.#position;
    const last = pubs.at(-1)?.[0] ?? NaN;
    if (pubs.length === 0) return true;
    // Known already; the same place with another tail is another past.
    if (position && last < position.o) return true;
    if (position?.o === last) return this.#whole(position.h === h);
    const connects =
      after === undefined ? follows(pubs, position?.o) : after === position?.o && ascend(pubs, after);
    if (!position || !connects) return this.#whole(false);
    this.#deliver(pubs, { e: position.e, o: last, h });
    return true;
  }

  /** The stream broke off on a live connection. */
  broken(loss: Loss): void {
    this.#position = positionOf(loss);
    this.#doubt = undefined;
    this.#begin(loss.snapshot, loss.lost);
    this.setCurrent(true);
  }

  /** The server refused. Those who are up to date are not concerned by a newcomer's refusal. */
  failed(error: ErrorBody): void {
    this.#each(({ listener, current }) => current || tell(() => listener.error?.(error)));
  }

  /** Tells whom it concerns whether they are up to date. */
  setCurrent(current: boolean): void {
    this.#current = current;
    this.#each((seat) => {
      const now = current && !seat.fresh;
      if (seat.current === now) return;
      seat.current = now;
      tell(() => seat.listener.current?.(now));
    });
  }

  #hasPast(): boolean {
    return [...this.#seats].some(({ fresh }) => !fresh);
  }

  #whole(whole: boolean): boolean {
    if (!whole) this.setCurrent(false);
    return whole;
  }

  /** Promised: everything since. Believed only if it connects: a part that looks whole would be a silent gap. */
  #recovered({ e, o, h, pubs = [] }: Subscribed, since: Position | undefined): boolean {
    const last = pubs.at(-1)?.[0];
    const connects = since?.e === e && o === (last ?? since.o) && follows(pubs, since.o);
    if (!connects || (last === undefined && h !== since.h)) {
      this.#doubt = this.#position?.e === e ? (connects ? 'tail' : 'history') : 'epoch';
      this.setCurrent(false);
      return false;
    }
    this.#deliver(pubs, { e, o, h });
    this.setCurrent(true);
    return true;
  }

  /** A snapshot for newcomers; with a reason for everybody, and those who had a past hear of its loss. */
  #begin(snapshot: Json, why?: LostReason): void {
    this.#each((seat) => {
      const { listener, fresh } = seat;
      if (!fresh && !why) return;
      seat.fresh = false;
      if (!fresh && why) tell(() => listener.lost?.(why));
      tell(() => listener.snapshot?.(snapshot));
    });
  }

  /** The position is the new one before anybody is told: whatever a listener does builds on it. */
  #deliver(pubs: readonly PublicationRow[], position: Position): void {
    let previous = this.#position!.o;
    this.#position = positionOf(position);
    for (const [offset, data] of pubs) {
      const conflated = offset - previous - 1;
      const info = conflated > 0 ? { conflated } : undefined;
      previous = offset;
      this.#each(({ listener, fresh }) => fresh || tell(() => listener.publication?.(data, offset, info)));
    }
  }

  /** Those who are here now, and still are when it is their turn. */
  #each(call: (seat: Seat) => void): void {
    for (const seat of [...this.#seats]) if (this.#seats.has(seat)) call(seat);
  }
}
