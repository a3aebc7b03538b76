/** For tests: a reader over a carrier in memory, so that a clock moved by hand is the only clock. */
import type { CloseName } from '../../src/protocol/index.ts';
import type { Broadcaster, Connection, Frame, Peer, Transport } from '../services/broadcaster/index.ts';
import { Inbox } from './inbox.ts';
import type { CommandBody, Heard } from './inbox.ts';

/** A client of the broadcaster. */
export class FakeReader implements Transport {
  readonly kind = 'websocket';
  readonly inbox = new Inbox();
  /** The very frames that were written, for asking whether they are shared. */
  readonly frames: Frame[] = [];
  readonly connection: Connection;
  /** Why the server ended the connection. */
  closedWith: CloseName | undefined;
  /** What the carrier pretends to be holding back. */
  buffered = 0;
  #lastId = 0;

  constructor(broadcaster: Broadcaster, peer?: Peer) {
    this.connection = broadcaster.accept(this, peer);
  }

  send(frame: Frame): void {
    this.frames.push(frame);
    this.inbox.take(frame.text);
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  close(reason: CloseName): void {
    this.closedWith = reason;
    this.inbox.end(`closed: ${reason}`);
  }

  /** Sends any text. */
  say(message: unknown): void {
    this.connection.receive(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends a command and waits for its answer. */
  ask(command: CommandBody): Promise<Heard> {
    const id = ++this.#lastId;
    this.say({ id, ...command });
    return this.inbox.answer(id);
  }

  next(): Promise<Heard> {
    return this.inbox.next();
  }
}

/** A reader that has connected. */
export async function connected(broadcaster: Broadcaster, token?: string): Promise<FakeReader> {
  const reader = new FakeReader(broadcaster);
  await reader.ask({ connect: { ...(token !== undefined && { token }) } });
  return reader;
}
