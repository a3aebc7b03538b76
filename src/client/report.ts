/** What became of the connection lately: for whoever must explain it, without tokens and without data. */
import type { Connected } from '../protocol/frames.ts';
import type { Transport } from './carrier.ts';
import type { ClientClock } from './clock.ts';
import type { ChannelIncident } from './roster.ts';
import type { SocketState, StateChange } from './states.ts';

/** Entries that are kept. */
const CAPACITY = 200;

/** What is noted. */
export type ReportEvent =
  | ({ readonly kind: 'state' } & StateChange)
  | { readonly kind: 'joined'; readonly transport: Transport; readonly tookMs: number }
  | { readonly kind: 'moved'; readonly why: string }
  | { readonly kind: 'error'; readonly code: string }
  | {
      readonly kind: ChannelIncident;
      readonly channel: string;
      /** Of a gap, the offset that came too early; of a replay, how many; of a loss, why; else the error's code. */
      readonly detail?: string | number | undefined;
    };

/** One entry, and when it was, ms since 1970 by this machine's clock. */
export type ReportEntry = ReportEvent & { readonly at: number };

/** Publishes and requests, from sending to the answer, ms. */
export interface RoundTrips {
  readonly count: number;
  readonly lastMs: number;
  readonly maxMs: number;
}

/** A connection's recent past, as JSON: no token, no data. */
export interface ConnectionReport {
  /** ms since 1970 by this machine's clock. */
  readonly at: number;
  readonly url: string;
  readonly state: SocketState;
  readonly transport?: Transport | undefined;
  /** This package's release. */
  readonly version: string;
  readonly server?: Connected['server'] | undefined;
  /** How far the server's clock is ahead of this machine's, ms. */
  readonly skewMs: number;
  readonly roundTrips: RoundTrips;
  /** The last 200, oldest first. */
  readonly entries: readonly ReportEntry[];
}

/** Keeps the last entries. */
export class ReportLog {
  readonly #clock: ClientClock;
  readonly #entries: ReportEntry[] = [];
  #trips: RoundTrips = { count: 0, lastMs: 0, maxMs: 0 };

  constructor(clock: ClientClock) {
    this.#clock = clock;
  }

  get kept(): Pick<ConnectionReport, 'roundTrips' | 'entries'> {
    return { roundTrips: this.#trips, entries: [...this.#entries] };
  }

  note(event: ReportEvent): void {
    this.#entries.push({ at: this.#clock.now(), ...event });
    if (this.#entries.length > CAPACITY) this.#entries.shift();
  }

  /** A publish or request took so long. */
  roundTrip(lastMs: number): void {
    const { count, maxMs } = this.#trips;
    // Only counted: a page that publishes all day would push out everything else.
    this.#trips = { count: count + 1, lastMs, maxMs: Math.max(maxMs, lastMs) };
  }
}
