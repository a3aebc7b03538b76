/** An open WebSocket through the door, which is told to come again between two of its server's frames. */
import type { Socket } from 'node:net';
import { FrameBoundary, restartFrame } from './frame-boundary.ts';
import type { DoorLimits } from './limits.ts';
import type { Outcome } from './route.ts';

/** Bytes both ways, as they come. */
export class Tunnel {
  readonly #client: Socket;
  readonly #instance: Socket;
  readonly #closeAnswerMs: number;
  readonly #left: (outcome: Outcome) => void;
  readonly #boundary = new FrameBoundary();
  /** 1012 is to be said, or was. */
  #leaving: 'no' | 'asked' | 'said' = 'no';
  #isInstanceGone = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param left says how it ended; only the first word counts. */
  constructor(
    client: Socket,
    instance: Socket,
    { tunnelIdleMs, closeAnswerMs }: DoorLimits,
    left: (outcome: Outcome) => void,
  ) {
    this.#client = client;
    this.#instance = instance;
    this.#closeAnswerMs = closeAnswerMs;
    this.#left = left;
    // Whatever passes, passes by the client: its silence is that of both.
    client.removeAllListeners('timeout').setTimeout(tunnelIdleMs, () => this.#destroy('over'));
    instance.removeAllListeners('timeout').setTimeout(0);
    client.setNoDelay(true);
    instance.setNoDelay(true);
    instance.on('data', (bytes: Buffer) => this.#pass(bytes));
    client.on('drain', () => instance.resume());
    for (const event of ['end', 'error', 'close']) instance.on(event, () => this.#instanceGone());
    client.on('error', () => this.#destroy('over'));
    client.on('close', () => this.#destroy('over'));
    client.pipe(instance);
  }

  /** Bytes that came with the handshake: of the client for the instance, and of the instance. */
  begin(ofClient: Buffer, ofInstance: Buffer): void {
    if (ofClient.length > 0) this.#instance.write(ofClient);
    if (ofInstance.length > 0) this.#pass(ofInstance);
  }

  /** Says 1012 at the next boundary. */
  leave(): void {
    if (this.#leaving !== 'no' || this.#boundary.closed || this.#isInstanceGone) return;
    this.#leaving = 'asked';
    if (this.#boundary.between) this.#sayRestart();
  }

  /** Ends it by force. */
  cut(): void {
    this.#destroy('cut');
  }

  #pass(bytes: Buffer): void {
    // After our close frame nothing may follow.
    if (this.#leaving === 'said') return;
    const end = this.#boundary.take(bytes);
    const isLast = this.#leaving === 'asked' && end >= 0 && !this.#boundary.closed;
    if (!this.#client.write(isLast ? bytes.subarray(0, end) : bytes)) this.#instance.pause();
    if (isLast) this.#sayRestart();
  }

  #sayRestart(): void {
    this.#leaving = 'said';
    this.#client.write(restartFrame());
    this.#instance.resume();
    // The client's answer passes to the instance, which then ends the connection. Who does not is not waited for.
    this.#timer ??= setTimeout(() => this.#destroy('over'), this.#closeAnswerMs);
  }

  /** It ended, or crashed: then its clients are told to come again, as far as that can be said. */
  #instanceGone(): void {
    if (this.#isInstanceGone) return;
    this.#isInstanceGone = true;
    if (this.#leaving !== 'said' && this.#boundary.between && !this.#boundary.closed) this.#sayRestart();
    this.#client.unpipe(this.#instance);
    this.#client.resume();
    this.#client.end();
    this.#timer ??= setTimeout(() => this.#destroy('over'), this.#closeAnswerMs);
  }

  #destroy(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#left(this.#leaving === 'said' ? 'closed' : outcome);
    this.#client.destroy();
    this.#instance.destroy();
  }
}
