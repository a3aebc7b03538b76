/** How many runs go on at once, in all and against one host; who comes later waits in line. */
import { Heap } from './heap.ts';

/** A run's place: in line, then taken. */
export interface Place {
  /** Gives it up, wherever it is. Twice is harmless. */
  leave(): void;
}

interface Ticket {
  /** Who asked earlier has the lower number. */
  readonly number: number;
  readonly host: Host | undefined;
  readonly begin: () => void;
  state: 'waits' | 'runs' | 'over';
}

interface Host {
  readonly name: string;
  /** Tickets that are not over: without any, the host is forgotten. */
  tickets: number;
  running: number;
  /** Those whose turn it was while the host had as many as it may; oldest first. */
  readonly held: Ticket[];
}

/** A bounded number of places, and a bounded number for each host. */
export class Lanes {
  readonly #max: number;
  readonly #maxPerHost: number;
  readonly #line = new Heap<Ticket>();
  readonly #hosts = new Map<string, Host>();
  #asked = 0;
  #running = 0;
  #waiting = 0;
  #giving = false;

  constructor(max: number, maxPerHost: number) {
    this.#max = max;
    this.#maxPerHost = maxPerHost;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Asks for a place. `begin` is called as soon as there is one, in this turn if there is one now. */
  ask(host: string | undefined, begin: () => void): Place {
    const ticket: Ticket = { number: this.#asked++, host: this.#hostOf(host), begin, state: 'waits' };
    this.#waiting += 1;
    this.#line.push(ticket.number, ticket);
    this.#give();
    return { leave: () => this.#leave(ticket) };
  }

  /** Gives free places to those who wait, in their order; whose host is full is passed over. */
  #give(): void {
    // Whoever begins may ask for a place: the loop that is under way sees to it.
    if (this.#giving) return;
    this.#giving = true;
    try {
      while (this.#running < this.#max) {
        const ticket = this.#line.pop();
        if (!ticket) break;
        if (ticket.state !== 'over') this.#admit(ticket);
      }
    } finally {
      this.#giving = false;
    }
  }

  #admit(ticket: Ticket): void {
    const { host } = ticket;
    if (host && host.running >= this.#maxPerHost) {
      host.held.push(ticket);
      return;
    }
    ticket.state = 'runs';
    this.#waiting -= 1;
    this.#running += 1;
    if (host) host.running += 1;
    ticket.begin();
  }

  #leave(ticket: Ticket): void {
    const { state, host } = ticket;
    if (state === 'over') return;
    ticket.state = 'over';
    if (host) {
      host.tickets -= 1;
      if (host.tickets === 0) this.#hosts.delete(host.name);
    }
    if (state === 'waits') {
      this.#waiting -= 1;
      return;
    }
    this.#running -= 1;
    if (host) {
      host.running -= 1;
      let next = host.held.shift();
      while (next?.state === 'over') next = host.held.shift();
      // Back into the line, where its number is the lowest of its host's.
      if (next) this.#line.push(next.number, next);
    }
    this.#give();
  }

  #hostOf(name: string | undefined): Host | undefined {
    if (name === undefined) return undefined;
    let host = this.#hosts.get(name);
    if (!host) this.#hosts.set(name, (host = { name, tickets: 0, running: 0, held: [] }));
    host.tickets += 1;
    return host;
  }
}
