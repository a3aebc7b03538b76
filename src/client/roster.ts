/** The channels of one link: their numbers, what was asked, and what must be asked again. */
import type {
  Batch,
  Ended,
  ErrorBody,
  Loss,
  Subscribed,
  SubscribeFailure,
  SubscribeRequest,
} from '../protocol/frames.ts';
import { backoffMs } from './backoff.ts';
import type { ClientChannel } from './channel.ts';
import type { ClientClock } from './clock.ts';
import { leastDemand, PAUSED } from './demand.ts';
import type { Answer } from './link.ts';
import { tidy } from './refusal.ts';

/** Waits before a channel is asked for again, when the server does not say: the first up to this, ms. */
const AGAIN = { firstMs: 5_000, capMs: 60_000 };

/** What happened to a channel, for the report. */
export type ChannelIncident = 'gap' | 'replay' | 'loss' | 'refused' | 'ended';

/** What a roster needs. */
export interface RosterSettings {
  readonly clock: ClientClock;
  readonly random: () => number;
  /** Sends a command, JSON text of an object. */
  readonly ask: (body: string, answer: Answer) => void;
  readonly tellIncident: (what: ChannelIncident, channel: string, detail?: string | number) => void;
}

/** One channel's place on the link. */
interface Place {
  n?: number | undefined;
  /** What comes over this link continues the channel's position. Not before an answer has said so. */
  joined: boolean;
  asking: boolean;
  /** Answers in a row that were of no use. */
  tries: number;
  /** Takes back the next try, while one is waited for. */
  cancel?: (() => void) | undefined;
  /** The server will not have it: it is not asked for again on this link. */
  refused?: ErrorBody | undefined;
}

/** A roster. Numbers are learnt anew on every link. */
export class Roster {
  readonly #settings: RosterSettings;
  readonly #places = new Map<ClientChannel, Place>();
  readonly #byNumber = new Map<number, Set<ClientChannel>>();
  /** The demand that the server knows of, by number. */
  readonly #demands = new Map<number, number>();
  #closed = false;
  #introduced: { channel: ClientChannel; request: SubscribeRequest }[] = [];

  constructor(settings: RosterSettings) {
    this.#settings = settings;
  }

  /** What the first message asks for. */
  introduce(channels: Iterable<ClientChannel>): SubscribeRequest[] {
    this.#introduced = [...channels]
      .filter((channel) => channel.wanted && !channel.idle)
      .map((channel) => {
        this.#placeOf(channel).asking = true;
        return { channel, request: channel.request(true) };
      });
    return this.#introduced.map(({ request }) => request);
  }

  /**
   * The answers to {@link introduce}, in its order.
   * @param channels that are followed by now.
   */
  joined(answers: readonly (Subscribed | SubscribeFailure)[], channels: Iterable<ClientChannel>): void {
    this.#introduced.forEach(({ channel, request }, i) => {
      const answer = answers[i];
      if (answer) return this.#answered(channel, request, answer);
      this.#placeOf(channel).asking = false;
      this.sync(channel);
    });
    // Those that were added while the answer was under way.
    for (const channel of channels) if (!this.#places.has(channel)) this.sync(channel);
  }

  /** Brings the server in line with what is wanted of a channel. */
  sync(channel: ClientChannel): void {
    const place = this.#placeOf(channel);
    if (place.refused) channel.failed(place.refused);
    else if (channel.wanted && !channel.idle && (place.n === undefined || channel.wantsSnapshot))
      this.#ask(channel, !place.joined);
    this.#settle();
  }

  /** Asks again for what the server would not have: the rights may be others now. */
  forgive(): void {
    for (const [channel, place] of this.#places) {
      if (!place.refused) continue;
      this.pardon(channel);
      this.sync(channel);
    }
  }

  /** It may be asked for again. */
  pardon(channel: ClientChannel): void {
    this.#placeOf(channel).refused = undefined;
  }

  batch(message: Batch): void {
    for (const channel of this.#heard(message.n)) {
      const place = this.#placeOf(channel);
      // Of a past that the link's answer did not connect to: the next answer brings all of it.
      if (!place.joined || channel.batch(message)) continue;
      place.joined = false;
      this.#settings.tellIncident('gap', channel.name, message.pubs[0]?.[0]);
      this.#ask(channel, true);
    }
  }

  broken(message: Loss): void {
    for (const channel of this.#heard(message.n)) {
      if (!this.#placeOf(channel).joined) continue;
      this.#settings.tellIncident('loss', channel.name, message.lost);
      channel.broken(message);
    }
  }

  ended({ n, end }: Ended): void {
    tidy(end);
    const sharing = this.#sharing(n);
    this.#byNumber.delete(n);
    this.#demands.delete(n);
    for (const channel of sharing) {
      const place = this.#placeOf(channel);
      place.cancel?.();
      place.n = place.cancel = undefined;
      place.joined = false;
      place.refused = end;
      this.#settings.tellIncident('ended', channel.name, end.code);
      channel.setCurrent(false);
      channel.failed(end);
    }
  }

  /** Offsets reached, by number. */
  positions(): Record<string, number> {
    const positions: Record<string, number> = {};
    for (const [n, [channel]] of this.#byNumber) {
      const { offset } = channel!;
      if (offset !== undefined) positions[n] = offset;
    }
    return positions;
  }

  /** The link is gone: nothing is asked any more. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#places.values()) cancel?.();
    this.#places.clear();
    this.#byNumber.clear();
  }

  /** @param resume continue from the known position; false for a newcomer, who needs the state of now. */
  #ask(channel: ClientChannel, resume: boolean): void {
    const place = this.#placeOf(channel);
    if (this.#closed || place.asking || place.cancel) return;
    place.asking = true;
    const request = channel.request(resume);
    this.#settings.ask(JSON.stringify({ subscribe: request }), (reply) => {
      if (!reply || this.#places.get(channel) !== place) return;
      this.#answered(channel, request, 'err' in reply ? { err: reply.err } : (reply.ok as Subscribed));
    });
  }

  #answered(
    channel: ClientChannel,
    { since, everyMs = 0 }: SubscribeRequest,
    answer: Subscribed | { readonly err: ErrorBody },
  ): void {
    // A listener may have hung up at the answer before.
    if (this.#closed) return;
    const { tellIncident } = this.#settings;
    const place = this.#placeOf(channel);
    place.asking = false;
    if ('err' in answer) {
      const { err } = answer;
      tidy(err);
      tellIncident('refused', channel.name, err.code);
      if (err.retryable) this.#later(channel, place, err.afterMs);
      else place.refused = err;
      if (!place.joined) channel.setCurrent(false);
      channel.failed(err);
    } else {
      const { n, lost, pubs } = answer;
      place.n = n;
      this.#byNumber.set(n, this.#sharing(n).add(channel));
      this.#demands.set(n, everyMs);
      this.#heard(n);
      if (lost) tellIncident('loss', channel.name, lost);
      else if (pubs) tellIncident('replay', channel.name, pubs.length);
      const joined = channel.subscribed(answer, since);
      if (this.#closed) return;
      place.joined = joined;
      // The server counts two spellings as one reader: where the answer stands, it goes on from, for the others too.
      for (const other of this.#sharing(n)) {
        if (other === channel || other.isAt(answer)) continue;
        this.#placeOf(other).joined = false;
        this.#ask(other, true);
      }
      if (!joined) {
        // Once at once, as another link may have brought more than was asked from; no server is hammered.
        if (place.tries > 0) {
          channel.setCurrent(false);
          this.#later(channel, place);
        } else {
          place.tries = 1;
          this.#ask(channel, true);
        }
      } else if (!channel.wantsSnapshot) place.tries = 0;
      // Recovered for those who had a past; a newcomer still needs the state.
      else this.#ask(channel, false);
    }
    this.#settle();
  }

  #later(channel: ClientChannel, place: Place, afterMs?: number): void {
    const { clock, random } = this.#settings;
    const waitMs =
      afterMs === undefined
        ? backoffMs(place.tries, random(), AGAIN)
        : afterMs * 2 ** Math.min(place.tries, 5);
    place.tries += 1;
    place.cancel = clock.after(waitMs, () => {
      place.cancel = undefined;
      this.#ask(channel, !place.joined);
    });
  }

  /** Once no answer is under way that could bring a number or share it: what nobody wants is given back. */
  #settle(): void {
    if ([...this.#places.values()].some(({ asking }) => asking)) return;
    for (const [channel, place] of [...this.#places]) {
      if (channel.wanted) continue;
      place.cancel?.();
      this.#places.delete(channel);
      channel.setCurrent(false);
      if (place.n === undefined) continue;
      const sharing = this.#sharing(place.n);
      sharing.delete(channel);
      if (sharing.size > 0) continue;
      this.#byNumber.delete(place.n);
      this.#demands.delete(place.n);
      this.#tell({ unsubscribe: { n: place.n } });
    }
    for (const [n, sharing] of this.#byNumber) this.#demand(n, sharing);
  }

  #demand(n: number, sharing: ReadonlySet<ClientChannel>): void {
    const everyMs = leastDemand([...sharing].map(({ demand }) => demand));
    // All have just left: they may come back to what they had.
    if (everyMs === PAUSED || everyMs === this.#demands.get(n)) return;
    this.#demands.set(n, everyMs);
    this.#tell({ demand: { n, everyMs } });
  }

  #tell(command: object): void {
    this.#settings.ask(JSON.stringify(command), () => undefined);
  }

  /** Something came of this number. */
  #heard(n: number): Set<ClientChannel> {
    const sharing = this.#sharing(n);
    for (const channel of sharing) channel.heardAt = this.#settings.clock.now();
    return sharing;
  }

  #sharing(n: number): Set<ClientChannel> {
    return this.#byNumber.get(n) ?? new Set();
  }

  #placeOf(channel: ClientChannel): Place {
    let place = this.#places.get(channel);
    if (!place) this.#places.set(channel, (place = { joined: false, asking: false, tries: 0 }));
    return place;
  }
}
