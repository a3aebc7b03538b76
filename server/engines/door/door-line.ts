/** A connection to the door: asks, and hands each answer to whoever asked. */
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { WaooawError } from '../../../src/protocol/index.ts';
import { readMessages, writeMessage } from './message-lines.ts';
import { FILES } from './messages.ts';
import type { DoorAnswers, DoorQuestion, DoorResponse } from './messages.ts';

/** Longest path of a socket that every system takes, bytes. */
const MAX_PATH_BYTES = 100;

interface Waiting {
  resolve(answer: DoorAnswers[keyof DoorAnswers]): void;
  reject(error: WaooawError): void;
}

/** One connection. */
export class DoorLine {
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    readMessages<DoorResponse>(socket, (response) => this.#hear(response));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        const error = new WaooawError('unavailable', 'The door ended before it answered.');
        for (const waiting of this.#waiting.values()) waiting.reject(error);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** @returns undefined when nobody listens there. */
  static async open(folder: string): Promise<DoorLine | undefined> {
    const path = join(folder, FILES.socket);
    // A longer path than the system takes for a socket goes by the folder's own number.
    const isLong = Buffer.byteLength(path) > MAX_PATH_BYTES;
    const handle = isLong ? openSync(folder, 'r') : undefined;
    try {
      const socket = connect(handle === undefined ? path : `/proc/self/fd/${handle}/${FILES.socket}`);
      return await new Promise<DoorLine | undefined>((resolve) => {
        socket.once('connect', () => resolve(new DoorLine(socket)));
        socket.once('error', () => resolve(undefined));
      });
    } finally {
      if (handle !== undefined) closeSync(handle);
    }
  }

  /** @throws WaooawError the door's own; `unavailable` when it ends before it answers. */
  async ask<Q extends DoorQuestion>(question: Q): Promise<DoorAnswers[Q['do']]> {
    const id = ++this.#lastId;
    const answer = await new Promise<DoorAnswers[keyof DoorAnswers]>((resolve, reject) => {
      if (!this.#socket.writable) {
        reject(new WaooawError('unavailable', 'The door is not there.'));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      writeMessage(this.#socket, { ...question, id });
    });
    return answer as DoorAnswers[Q['do']];
  }

  close(): void {
    this.#socket.destroy();
  }

  #hear(response: DoorResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ('ok' in response) waiting?.resolve(response.ok);
    else waiting?.reject(new WaooawError(response.error.code, response.error.message));
  }
}
