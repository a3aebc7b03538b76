/** Engine: stable ports in a process of its own, which outlives the server and is found again by it. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AgentDoor } from '../../ports/agent-door.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { isRunning } from '../process/identity.ts';
import { isSame, readClaim } from './claim.ts';
import { DoorLine } from './door-line.ts';
import { endDoor, hasDoor, hasRoutes, makeFolder, startDoor } from './door-process.ts';
import { DEFAULT_DOOR_LIMITS } from './limits.ts';
import type { DoorLimits } from './limits.ts';
import { DOOR_PROTOCOL } from './messages.ts';
import type { DoorAnswers, DoorQuestion, DoorSettings } from './messages.ts';

/** What the door needs. */
export interface DoorOptions {
  /** Absolute: its socket, its routes and its log, 0700. */
  readonly folder: string;
  /** Where agents' ports listen. Default `127.0.0.1`. */
  readonly host?: string;
  readonly clock: Clock;
  /** Hears why the door could not be begun again, each time. */
  readonly onError: (error: unknown) => void;
  /** Of a door that is begun; one that runs keeps what it was begun with. */
  readonly limits?: Partial<DoorLimits>;
  /** Addresses and subnets of proxies before it whose `X-Forwarded-*` are believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /**
   * Names that agents' ports are reached by beside addresses and localhost, with or without a port; `*` takes any. A request to
   * another is answered 421: a page that rebinds its name must not reach an agent. Default none.
   */
  readonly allowedHosts?: readonly string[];
}

/** Between two tries to begin a door that died, ms: doubles up to the second. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;
/** Tries to find or begin one within one call: another server may do the same at the same time. */
const TRIES = 5;
/** Between them, ms. */
const WAIT_MS = 100;
/** For a door to say who it is, ms. */
const HELLO_MS = 5_000;

/** Nothing runs before it is needed: a port is opened, or there were some. */
export function createDoor(options: DoorOptions): AgentDoor {
  return new Door(options);
}

class Door implements AgentDoor {
  readonly #options: DoorOptions;
  readonly #settings: DoorSettings;
  #line: Promise<DoorLine> | undefined;
  #retry: Timer | undefined;
  #retryMs = FIRST_RETRY_MS;
  #released = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#settings = {
      host: options.host ?? '127.0.0.1',
      trustedProxies: options.trustedProxies ?? [],
      allowedHosts: options.allowedHosts ?? [],
      limits: { ...DEFAULT_DOOR_LIMITS, ...options.limits },
    };
  }

  point: AgentDoor['point'] = (route) => this.#ask({ do: 'point', route });

  drain: AgentDoor['drain'] = async (agent, instances, timeoutMs) =>
    this.#isAnywhere()
      ? this.#ask({ do: 'drain', agent, instances, timeoutMs })
      : { drained: 0, socketsClosed: 0, cut: 0 };

  close: AgentDoor['close'] = async (agent) => {
    if (this.#isAnywhere()) await this.#ask({ do: 'close', agent });
  };

  list: AgentDoor['list'] = async () => (this.#isAnywhere() ? this.#ask({ do: 'list' }) : []);

  async end(): Promise<void> {
    if (!this.#released && (this.#line !== undefined || hasDoor(this.#options.folder))) {
      const line = await this.#connected();
      this.#leave();
      await line.ask({ do: 'end' }).catch(() => undefined);
      await line.closed;
    }
    await this.release();
  }

  async release(): Promise<void> {
    this.#leave();
    const line = await this.#line?.catch(() => undefined);
    line?.close();
    await line?.closed;
  }

  /** There is one, or there are routes that one would open. */
  #isAnywhere(): boolean {
    const { folder } = this.#options;
    return this.#line !== undefined || hasDoor(folder) || hasRoutes(folder);
  }

  /** Every question is idempotent: one that a dying door left open is asked of the next. */
  async #ask<Q extends DoorQuestion>(question: Q): Promise<DoorAnswers[Q['do']]> {
    for (let tries = 1; ; tries += 1) {
      const line = await this.#connected();
      try {
        return await line.ask(question);
      } catch (error) {
        if (!isLost(error) || this.#released || tries >= TRIES) throw error;
        await line.closed;
      }
    }
  }

  #connected(): Promise<DoorLine> {
    if (this.#released) return Promise.reject(new WaooawError('unavailable', 'The door was let go.'));
    this.#line ??= this.#find().then(
      (line) => {
        this.#retryMs = FIRST_RETRY_MS;
        void line.closed.then(() => this.#lost());
        return line;
      },
      (error: unknown) => {
        this.#line = undefined;
        throw error;
      },
    );
    return this.#line;
  }

  /** Adopts the door of the folder, or begins one. */
  async #find(): Promise<DoorLine> {
    const { folder, clock } = this.#options;
    makeFolder(folder);
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const line = await DoorLine.open(folder);
      if (line && (await this.#isOurs(line))) return line;
      line?.close();
      // It speaks another protocol, or does not answer: verified, it is replaced; its routes stay.
      if (line || tries === TRIES - 1) endDoor(folder);
      // Of a door that another server begins just now.
      else if (tries > 1) await new Promise<void>((resolve) => void clock.after(WAIT_MS, resolve));
      await startDoor(folder, this.#settings);
    }
    throw new WaooawError('unavailable', `No door can be reached in ${folder}.`);
  }

  /** It is who the folder says, lives, and understands us. */
  async #isOurs(line: DoorLine): Promise<boolean> {
    const timer = this.#options.clock.after(HELLO_MS, () => line.close());
    try {
      const { protocol, identity } = await line.ask({ do: 'hello' });
      return (
        protocol === DOOR_PROTOCOL && isSame(readClaim(this.#options.folder), identity) && isRunning(identity)
      );
    } catch {
      return false;
    } finally {
      timer.cancel();
    }
  }

  #lost(): void {
    this.#line = undefined;
    if (!this.#released) void this.#again();
  }

  async #again(): Promise<void> {
    try {
      await this.#connected();
    } catch (error) {
      if (this.#released) return;
      this.#options.onError(error);
      this.#retry?.cancel();
      this.#retry = this.#options.clock.after(this.#retryMs, () => void this.#again());
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
    }
  }

  #leave(): void {
    this.#released = true;
    this.#retry?.cancel();
  }
}

function isLost(error: unknown): boolean {
  return error instanceof WaooawError && error.code === 'unavailable';
}
