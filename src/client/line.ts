/** The way to the server: one link after another, and when there is none, when the next is tried. */
import { closeBand } from '../protocol/close.ts';
import type { Connected, Move } from '../protocol/frames.ts';
import type { Transport } from './carrier.ts';
import { Link } from './link.ts';
import type { LinkEnd, LinkMessage, LinkOwner } from './link.ts';
import type { Settings } from './options.ts';
import { Retry } from './retry.ts';
import { isUp, TRANSITIONS } from './states.ts';
import type { SocketState, StateChange, StateEvent } from './states.ts';
import type { TokenSource } from './token.ts';
import { Transports } from './transports.ts';
import type { PageSignal } from './wake.ts';

/**
 * The token was refused for what it is, and another one may do: `unauthorized`, `token_revoked`, `token_expired`. By number,
 * because the registry's names are a fortieth of all that a page loads; a test holds them to it.
 */
const TOKEN_REFUSED: readonly (number | undefined)[] = [4401, 4402, 4205];

/** Why a second link took over from the first. */
export interface Moved {
  /** `drain`: the server asked. `websocket`: a WebSocket got through again. */
  readonly why: Move['move']['why'] | 'websocket';
}

/** Who is told what becomes of the way to the server. */
export interface LineOwner extends Pick<LinkOwner, 'subs' | 'positions' | 'time' | 'message'> {
  changed(change: StateChange): void;
  /** This link is the one from now on. */
  joined(link: Link, answer: Connected): void;
  /** There is none any more. */
  left(): void;
  /** A link ended, whichever it was. */
  ended(end: LinkEnd): void;
  moved(moved: Moved): void;
}

/** The way to the server. */
export class Line {
  readonly #settings: Settings;
  readonly #token: TokenSource;
  readonly #owner: LineOwner;
  readonly #linkOwner: LinkOwner;
  readonly #retry: Retry;
  readonly #transports: Transports;
  #state: SocketState = 'idle';
  #link: Link | undefined;
  /** The link beside the link, which is to take over. */
  #next: { readonly link: Link; readonly why: Moved['why'] } | undefined;
  /** The link before, while it still owes answers. */
  #previous: Link | undefined;
  #tokenRefused = false;
  #withinMs: number | undefined;
  #retryAt: number | undefined;
  #cancelRetry: (() => void) | undefined;
  #cancelNext: (() => void) | undefined;
  #stopSignals: (() => void) | undefined;

  constructor(settings: Settings, token: TokenSource, owner: LineOwner) {
    this.#settings = settings;
    this.#token = token;
    this.#owner = owner;
    this.#linkOwner = {
      ...owner,
      opened: (link) => this.#opened(link),
      joined: (link, answer) => this.#joined(link, answer),
      message: (link, message) => this.#message(link, message),
      ended: (link, end) => this.#ended(link, end),
    };
    this.#retry = new Retry(settings);
    this.#transports = new Transports(settings.url, settings.fallbackAfter);
  }

  get state(): SocketState {
    return this.#state;
  }

  /** When the next try is due, ms since 1970 by this machine's clock. */
  get retryAt(): number | undefined {
    return this.#retryAt;
  }

  /** The link that publications come by. */
  get link(): Link | undefined {
    return isUp(this.#state) ? this.#link : undefined;
  }

  /** Opens the connection. Does nothing while one is open or being opened; ends waiting for the next try. */
  connect(): void {
    if (this.#link) return;
    this.#stopWaiting();
    this.#stopSignals ??= this.#settings.page.listen((signal) => this.#signal(signal));
    if (!this.#fire('connect') || this.#state !== 'connecting' || this.#link) return;
    this.#tokenRefused = false;
    this.#link = this.#make(this.#transports.next);
    this.#link.start();
  }

  /** Closes the connection and stays closed until {@link connect}. */
  disconnect(): void {
    this.#leave(1000, 'disconnect');
  }

  /** There is another token: what the old one was refused is tried again. */
  tokenChanged(): void {
    if (this.#state === 'failed' && this.#tokenRefused) this.connect();
  }

  #opened(link: Link): void {
    if (link === this.#link) this.#fire('open');
  }

  #joined(link: Link, answer: Connected): void {
    const { transport } = link;
    const next = this.#next?.link === link ? this.#next : undefined;
    const old = this.#link;
    this.#transports.joined(transport);
    this.#retry.joined();
    this.#withinMs = undefined;
    this.#stopNext(link);
    this.#link = link;
    if (next) {
      // From here on it goes when this one goes.
      this.#previous?.close(1000);
      this.#previous = old;
    }
    if (transport === 'sse') this.#probe();
    this.#fire(transport === 'sse' ? 'joinSse' : 'join');
    // A listener may have hung up.
    if (this.#link !== link) return;
    this.#owner.joined(link, answer);
    if (!next || !old) return;
    old.retire();
    this.#owner.moved({ why: next.why });
  }

  #message(link: Link, message: LinkMessage): void {
    if (!('move' in message)) return this.#owner.message(link, message);
    const { afterMs, withinMs, why } = message.move;
    if (link !== this.#link || !(afterMs >= 0)) return;
    this.#withinMs = withinMs;
    this.#succeed(afterMs, link.transport, why);
  }

  #ended(link: Link, end: LinkEnd): void {
    this.#owner.ended(end);
    if (link === this.#link) this.#lost(end);
    else {
      // The first link goes on, and with it the search for a better one.
      this.#stopNext();
      if (this.#link?.transport !== 'sse') return;
      if (link.transport === 'websocket') this.#transports.prove();
      this.#probe();
    }
  }

  #make(transport: Transport): Link {
    return new Link({ ...this.#settings, transport, token: this.#token }, this.#linkOwner);
  }

  /** Tries a WebSocket beside SSE: at once where the server may only have been away, else every so often. */
  #probe(): void {
    this.#succeed(this.#transports.proven ? this.#settings.reprobeMs : 0, 'websocket', 'websocket');
  }

  /** Opens a second link after a while. It takes over when it has joined: make before break. */
  #succeed(afterMs: number, transport: Transport, why: Moved['why']): void {
    this.#stopNext();
    this.#cancelNext = this.#settings.clock.after(afterMs, () => {
      const link = this.#make(transport);
      this.#next = { link, why };
      link.start();
    });
  }

  #lost(end: LinkEnd): void {
    const { code, reason } = end;
    const link = this.#link!;
    const next = this.#next;
    const why = { ...(code !== undefined && { code }), reason };
    if (!isUp(this.#state)) this.#transports.failed(link, end);
    const refused = TOKEN_REFUSED.includes(code);
    const band = code === undefined ? 'terminal' : closeBand(code);
    // The same token would be refused again; one that came meanwhile, or can be asked for, may not.
    const final = refused
      ? this.#token.version === link.tokenVersion && (band === 'terminal' || !this.#token.renewable)
      : band === 'terminal';
    if (final || !this.#settings.autoReconnect) {
      this.#tokenRefused = refused;
      this.#leave(4000, 'fail', why);
      return;
    }
    if (!this.#settings.page.online) return this.#leave(4000, 'suspend', why);
    if (next) {
      // Its successor is on its way already.
      this.#next = undefined;
      this.#leave(4000, 'lose', { ...why, retryInMs: 0 }, next.link);
      if (this.#state === 'reconnecting' && this.#fire('connect') && next.link.opened) this.#fire('open');
      return;
    }
    const retryInMs = Math.max(this.#retry.waitMs(band, this.#withinMs), end.error?.afterMs ?? 0);
    this.#leave(4000, 'lose', { ...why, retryInMs });
  }

  #signal(signal: PageSignal): void {
    const { clock, page } = this.#settings;
    if (signal === 'offline' || signal === 'freeze') {
      this.#leave(1000, this.#settings.autoReconnect ? 'suspend' : 'fail', { reason: signal });
    } else if (this.#state === 'suspended') {
      if (page.online) this.connect();
    } else if (this.#state === 'reconnecting') {
      // Timers may have slept through the moment that was due.
      if (signal !== 'visible' || clock.now() >= this.#retryAt!) this.connect();
    } else if (this.link?.alive() === false && this.state === 'reconnecting') this.connect();
  }

  /** Lets go of all there is, and says so. @param heir takes the link's place. */
  #leave(code: number, event: StateEvent, why: Partial<StateChange> = {}, heir?: Link): void {
    if (!TRANSITIONS[this.#state][event]) return;
    this.#stopWaiting();
    this.#stopNext();
    this.#retry.left();
    this.#withinMs = undefined;
    const { clock } = this.#settings;
    const link = this.#link;
    this.#link = heir;
    this.#previous?.close(1000);
    this.#previous = undefined;
    if (why.retryInMs !== undefined && !heir) {
      this.#retryAt = clock.now() + why.retryInMs;
      this.#cancelRetry = clock.after(why.retryInMs, () => this.connect());
    }
    if (event === 'fail' || event === 'disconnect') {
      // The page's signals mean nothing until it connects again.
      this.#stopSignals?.();
      this.#stopSignals = undefined;
    }
    link?.close(code);
    this.#fire(event, why);
    this.#owner.left();
  }

  #stopWaiting(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = this.#retryAt = undefined;
  }

  /** @param except is not closed: it takes over. */
  #stopNext(except?: Link): void {
    this.#cancelNext?.();
    if (this.#next && this.#next.link !== except) this.#next.link.close(1000);
    this.#next = this.#cancelNext = undefined;
  }

  #fire(event: StateEvent, why: Partial<StateChange> = {}): boolean {
    const previous = this.#state;
    const state = TRANSITIONS[previous][event];
    if (!state) return false;
    this.#state = state;
    this.#owner.changed({ state, previous, ...why });
    return true;
  }
}
