/** A TCP proxy on loopback that does to connections what networks do to them. */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Chance } from './chance.ts';
import type { Rewrite } from './flow.ts';
import { Line } from './line.ts';
import type { Meter } from './narrow.ts';
import { reset } from './reset.ts';

/**
 * What is done to a line, or to those that are opened next.
 * - `cut`: FIN; `reset`: RST. - `half-open`: everything vanishes, and the sockets stay open.
 * - `stall-up`, `stall-down`, `stall`: nothing is read or written for a while. - `trickle`: a few bytes at a time.
 * - `delay`: later. - `hold-connect`: the next connect waits, and the one after it overtakes it.
 * - `repeat-connect`: what the client said first is said again on a second connection. - `refuse`: for a while.
 */
export const FAULTS = [
  'cut',
  'reset',
  'half-open',
  'stall-up',
  'stall-down',
  'stall',
  'trickle',
  'delay',
  'hold-connect',
  'repeat-connect',
  'refuse',
] as const;

/** The name of a fault. */
export type FaultKind = (typeof FAULTS)[number];

/** A fault as it was decided. */
export interface Fault {
  readonly kind: FaultKind;
  /** Which line, 0 ≤ pick < 1 of those that there are. */
  readonly pick: number;
  /** How long, ms. */
  readonly forMs: number;
}

/** Stands between clients and servers. */
export class FaultProxy {
  /** Where lines go to: one of these ports, by chance. */
  targets: readonly number[] = [];
  /** A middlebox for what servers say on the lines opened from now on. */
  middlebox: (() => Rewrite) | undefined;
  /** Is told what is read of servers. */
  meter: Meter | undefined;
  /** How often each fault met something that it could be done to. */
  readonly done: Partial<Record<FaultKind, number>> = {};
  readonly #chance: Chance;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  readonly #held = new Map<NodeJS.Timeout, () => void>();
  readonly #accepted = new Set<Socket>();
  #refusing = 0;
  #holding: number[] = [];

  private constructor(chance: Chance) {
    this.#chance = chance;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Listens on a free port. */
  static async open(chance: Chance): Promise<FaultProxy> {
    const proxy = new FaultProxy(chance);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lines that are open. */
  get lines(): number {
    return this.#lines.size;
  }

  /** Does it, where there is something that it can be done to. */
  inflict({ kind, pick, forMs }: Fault): void {
    if (kind === 'refuse') {
      this.#refusing += 1;
      setTimeout(() => (this.#refusing -= 1), forMs);
    } else if (kind === 'hold-connect') {
      this.#holding.push(forMs);
    } else {
      const line = [...this.#lines][Math.floor(pick * this.#lines.size)];
      if (!line) return;
      harm(line, kind, forMs);
    }
    this.#count(kind);
  }

  /** The network is well again. What is dead stays dead, and is found out, or is reset now. */
  heal(resetDead: boolean): void {
    this.#holding = [];
    for (const [timer, release] of [...this.#held]) {
      clearTimeout(timer);
      release();
    }
    if (resetDead) for (const line of this.#lines) if (line.up.dropping) line.reset();
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const timer of this.#held.keys()) clearTimeout(timer);
    for (const line of this.#lines) line.reset();
    for (const socket of this.#accepted) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    client.on('error', () => client.destroy());
    if (this.#refusing > 0) {
      reset(client);
      return;
    }
    this.#accepted.add(client);
    client.on('close', () => this.#accepted.delete(client));
    const forMs = this.#holding.shift();
    if (forMs === undefined) this.#lead(client);
    else this.#hold(client, forMs);
  }

  /** Keeps what the client says, and says it later, whether the client still waits or not. */
  #hold(client: Socket, forMs: number): void {
    const said: Buffer[] = [];
    const hear = (bytes: Buffer): void => void said.push(bytes);
    client.on('data', hear);
    const release = (): void => {
      this.#held.delete(timer);
      client.off('data', hear);
      this.#lead(client, said);
    };
    const timer = setTimeout(release, forMs);
    this.#held.set(timer, release);
  }

  #lead(client: Socket, said: readonly Buffer[] = []): void {
    if (this.targets.length === 0) {
      reset(client);
      return;
    }
    const line = new Line(client, this.#chance.pick(this.targets), this.#chance.fork(), this.meter, said);
    line.down.rewrite = this.middlebox?.();
    this.#lines.add(line);
    line.onOver(() => this.#lines.delete(line));
  }

  #count(kind: FaultKind): void {
    this.done[kind] = (this.done[kind] ?? 0) + 1;
  }
}

function harm(line: Line, kind: Exclude<FaultKind, 'refuse' | 'hold-connect'>, forMs: number): void {
  switch (kind) {
    case 'cut':
      return line.finish();
    case 'reset':
      return line.reset();
    case 'half-open':
      return line.die();
    case 'stall-up':
      return line.up.stall(forMs);
    case 'stall-down':
      return line.down.stall(forMs);
    case 'stall':
      line.up.stall(forMs);
      return line.down.stall(forMs);
    case 'trickle':
      line.up.trickle(forMs);
      return line.down.trickle(forMs);
    case 'delay':
      line.up.delay(forMs / 4, forMs);
      return line.down.delay(forMs / 4, forMs);
    case 'repeat-connect':
      return line.repeat(forMs);
  }
}
