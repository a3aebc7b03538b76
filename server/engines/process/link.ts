/** The server's line to a shim. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Clock } from '../../ports/clock.ts';
import { lineReader, socketName } from './messages.ts';
import type { Ask, Reply, Tell } from './messages.ts';
import { isRunRecord } from './record.ts';
import type { RunRecord } from './record.ts';

/** The address of a Unix socket has 108 bytes on Linux, and 104 elsewhere, with its end. */
const MAX_ADDRESS_BYTES = 100;

/** What a link is given. */
export interface LinkOptions {
  readonly folder: string;
  /** As it was read: the shim has to have the same mark. */
  readonly record: RunRecord;
  readonly clock: Clock;
  readonly answerMs: number;
  readonly onRecord: (record: RunRecord) => void;
  readonly onLogged: () => void;
  /** Once: the shim has ended, or cannot be understood. */
  readonly onClosed: () => void;
}

type Asked = Ask extends infer One ? (One extends Ask ? Omit<One, 'id'> : never) : never;

/** A connection. */
export class ShimLink {
  readonly #options: LinkOptions;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Reply | undefined) => void>();
  #lastId = 0;

  private constructor(options: LinkOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
  }

  /** Resolves once the shim has said who it is. @throws Error when nobody is there, or somebody else. */
  static open(options: LinkOptions): Promise<ShimLink> {
    const { clock, answerMs, onClosed } = options;
    const socket = connect(addressOf(options));
    socket.setEncoding('utf8');
    return new Promise((resolve, reject) => {
      const link = new ShimLink(options, socket);
      let isOpen = false;
      const timer = clock.after(answerMs, () => socket.destroy(new Error('The shim does not answer')));
      const read = lineReader((line) => {
        const message = parse(line);
        if (!isOpen && (!message || !link.#isOurs(message))) {
          socket.destroy(new Error('It is another shim'));
          return;
        }
        if (!isOpen) {
          isOpen = true;
          timer.cancel();
          resolve(link);
        }
        if (message) link.#hear(message);
      });
      socket.on('data', read);
      socket.once('error', reject);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        timer.cancel();
        reject(new Error('The shim has ended'));
        for (const answer of link.#waiting.values()) answer(undefined);
        link.#waiting.clear();
        if (isOpen) onClosed();
      });
    });
  }

  /** Sends what is answered by its effect. */
  tell(ask: Asked): void {
    this.#socket.write(`${JSON.stringify({ ...ask, id: ++this.#lastId })}\n`);
  }

  /** @throws WaooawError `unavailable` when the shim ends before its answer, or does not answer in time. */
  ask(ask: Asked): Promise<Reply> {
    const { clock, answerMs } = this.#options;
    this.tell(ask);
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = clock.after(answerMs, () => this.#waiting.get(id)?.(undefined));
      this.#waiting.set(id, (answer) => {
        timer.cancel();
        this.#waiting.delete(id);
        if (answer !== undefined) resolve(answer);
        else reject(new WaooawError('unavailable', 'The shim of the instance does not answer'));
      });
      if (this.#socket.destroyed) this.#waiting.get(id)?.(undefined);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #isOurs(message: Tell): boolean {
    return 'record' in message && message.record.mark === this.#options.record.mark;
  }

  #hear(message: Tell): void {
    if ('record' in message) this.#options.onRecord(message.record);
    else if ('logged' in message) this.#options.onLogged();
    else this.#waiting.get(message.id)?.(message.ok);
  }
}

/** Undefined for what no shim says. */
function parse(line: string): Tell | undefined {
  try {
    const message = JSON.parse(line) as Tell;
    return 'record' in message && !isRunRecord(message.record) ? undefined : message;
  } catch {
    return undefined;
  }
}

/** Where the folder's path is too long, the shim's own working folder is a short way to it. */
function addressOf({ folder, record }: LinkOptions): string {
  const path = join(folder, socketName(record.run));
  if (Buffer.byteLength(path) <= MAX_ADDRESS_BYTES) return path;
  return `/proc/${record.shim.pid}/cwd/${socketName(record.run)}`;
}
