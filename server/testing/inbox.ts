/** For tests: what a reader hears from the broadcaster, one message after another, as it comes in. */
import type {
  Batch,
  Command,
  Connected,
  Direct,
  Ended,
  ErrorBody,
  Loss,
  Move,
  Ping,
  Published,
  Refreshed,
  Responded,
  SubscribeFailure,
  Subscribed,
} from '../../src/protocol/index.ts';
import { checkServerMessage } from '../../src/protocol/server-frames.schema.ts';

/** Any message of the server, with every field at hand. */
export interface Heard extends Partial<Omit<Loss & Batch & Ping & Move & Direct & Ended, 'h'>> {
  readonly id?: number | null;
  readonly ok?: Partial<Subscribed & Omit<Connected, 'subs'> & Published & Refreshed & Responded> & {
    readonly subs?: readonly HeardSub[];
  };
  readonly err?: ErrorBody;
  readonly h?: string;
}

/** What became of one subscription of a connect. */
export type HeardSub = Subscribed & Partial<SubscribeFailure>;

/** A command without its id: the reader counts. */
export type CommandBody<C = Command> = C extends unknown ? Omit<C, 'id'> : never;

/** Messages in the order of their arrival, and a promise of the next one. */
export class Inbox {
  /** Every frame as it came. */
  readonly frames: string[] = [];
  readonly #heard: Heard[] = [];
  #waiting: { resolve(message: Heard): void; reject(error: Error): void } | undefined;
  #ended: Error | undefined;

  /** Takes a frame in. @throws TypeError for what the protocol does not know: every server test is one of its schemas. */
  take(frame: string): void {
    this.frames.push(frame);
    for (const line of frame.split('\n')) {
      const message = JSON.parse(line) as Heard;
      this.#check(message);
      this.#heard.push(message);
    }
    this.#serve();
  }

  /** Nothing comes any more: whoever waits is told. */
  end(why: string): void {
    this.#ended = new Error(why);
    this.#serve();
  }

  /** The next message, whenever it comes. */
  next(): Promise<Heard> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#serve();
    });
  }

  /** The answer to a command. What was heard before it is kept for `next`. */
  async answer(id: number): Promise<Heard> {
    const before: Heard[] = [];
    for (;;) {
      const message = await this.next();
      if (message.id === id) {
        this.#heard.unshift(...before);
        return message;
      }
      before.push(message);
    }
  }

  /** What has been heard and not been asked for yet. */
  rest(): Heard[] {
    return this.#heard.splice(0);
  }

  #check(message: Heard): void {
    try {
      checkServerMessage(message);
    } catch (error) {
      // Whoever waits fails with it, too: what is thrown here ends up with whoever wrote the frame.
      this.end(String(error));
      throw error;
    }
  }

  #serve(): void {
    const waiting = this.#waiting;
    const message = waiting && this.#heard.shift();
    if (waiting && message) waiting.resolve(message);
    else if (waiting && this.#ended) waiting.reject(this.#ended);
    else return;
    this.#waiting = undefined;
  }
}
