/** Parts that are broken on purpose, put in the place of good ones: what the model must find, or the client must bear. */
import type { Batch, Json, Position } from '../src/protocol/index.ts';
import type {
  Bus,
  BusListener,
  PublishResult,
  ReadResult,
  Retention,
  StoredPublication,
} from '../server/ports/bus.ts';
import { frameEditor } from './middlebox.ts';
import type { Edit } from './middlebox.ts';
import type { Rewrite } from './flow.ts';
import type { View } from './view.ts';

const NO_HASH = '0'.repeat(16);

/** An engine without a running hash: one past at an offset looks like any other. */
export class HashlessBus implements Bus {
  readonly #inner: Bus;
  /** The hash that is truly there, by channel and offset. */
  readonly #tails = new Map<string, string>();

  constructor(inner: Bus) {
    this.#inner = inner;
  }

  publish(channel: string, data: string, retention: Retention, key?: string): Promise<PublishResult> {
    return this.#inner.publish(channel, data, retention, key);
  }

  subscribe(channel: string, listener: BusListener): Promise<() => void> {
    return this.#inner.subscribe(channel, (publication) => listener(this.#blank(channel, publication)));
  }

  async read(channel: string, since?: Position): Promise<ReadResult> {
    const h = since && (this.#tails.get(`${channel} ${since.o}`) ?? NO_HASH);
    const result = await this.#inner.read(channel, since && { ...since, h: h! });
    this.#tails.set(`${channel} ${result.position.o}`, result.position.h);
    return {
      ...result,
      position: { ...result.position, h: NO_HASH },
      publications: result.publications.map((publication) => this.#blank(channel, publication)),
      ...(result.last && { last: this.#blank(channel, result.last) }),
    };
  }

  forget(channel: string): Promise<void> {
    return this.#inner.forget(channel);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #blank(channel: string, publication: StoredPublication): StoredPublication {
    this.#tails.set(`${channel} ${publication.offset}`, publication.tail);
    return { ...publication, prev: NO_HASH, tail: NO_HASH };
  }
}

/** A client that does not tell of losses. */
export function withoutLosses(view: View): Pick<View, 'snapshot' | 'publication' | 'lost' | 'error'> {
  return {
    snapshot: (data) => view.snapshot(data),
    publication: (data, offset, info) => view.publication(data, offset, info),
    lost: () => undefined,
    error: (error) => view.error(error),
  };
}

/** A client that tells its listeners nothing of every fourth publication. */
export function withoutSome(view: View): Pick<View, 'snapshot' | 'publication' | 'lost' | 'error'> {
  return {
    snapshot: (data) => view.snapshot(data),
    publication: (data, offset, info) =>
      offset % 4 === 0 ? undefined : view.publication(data, offset, info),
    lost: (why) => view.lost(why),
    error: (error) => view.error(error),
  };
}

/** What stands in a connection and does harm when it may. */
export type Harm = (mischief: Mischief) => Rewrite;

/** A run's middleboxes, which do harm until they are told to rest. */
export class Mischief {
  /** How often it did. */
  done = 0;
  #resting = false;
  readonly #make: Harm;

  /** @param harm makes what stands in each connection. */
  constructor(harm: Harm) {
    this.#make = harm;
  }

  readonly middlebox = (): Rewrite => this.#make(this);

  readonly rest = (): void => {
    this.#resting = true;
  };

  /** Asked before harm is done. */
  strikes(): boolean {
    if (this.#resting) return false;
    this.done += 1;
    return true;
  }
}

/** Takes one frame of publications out of each connection. */
export function thief(mischief: Mischief): Rewrite {
  return frameEditor(once(mischief, () => []));
}

/** Says one frame of publications twice on each connection. */
export function repeater(mischief: Mischief): Rewrite {
  return frameEditor(once(mischief, (text) => [text, text]));
}

/** Lets one frame of publications on each connection be overtaken by the next frame. */
export function swapper(mischief: Mischief): Rewrite {
  let held: string | undefined;
  const swap = once(mischief, (text) => {
    held = text;
    return [];
  });
  return frameEditor((text) => {
    if (held === undefined) return swap(text);
    const late = held;
    held = undefined;
    return [text, late];
  });
}

/** Takes one publication out of each connection, and renumbers those after it, so that no offset is missing. */
export function forger(mischief: Mischief): Rewrite {
  let channel: number | undefined;
  const forge = (line: string): string => {
    const message = JSON.parse(line) as Partial<Batch>;
    if (!message.pubs || message.n === undefined || message.after !== undefined) return line;
    let { pubs } = message;
    if (channel === undefined && pubs.length > 1 && mischief.strikes()) {
      channel = message.n;
      pubs = pubs.slice(1);
    }
    if (message.n !== channel) return line;
    return JSON.stringify({
      ...message,
      pubs: pubs.map(([offset, data]): [number, Json] => [offset - 1, data]),
    });
  };
  return frameEditor((text) => [text.split('\n').map(forge).join('\n')]);
}

function once(mischief: Mischief, edit: Edit): Edit {
  let done = false;
  return (text) => {
    if (done || !hasBatch(text) || !mischief.strikes()) return [text];
    done = true;
    return edit(text);
  };
}

/** True for publications as they come; an answer's are another matter. */
function hasBatch(text: string): boolean {
  return text.split('\n').some((line) => line.startsWith('{"n":') && line.includes('"pubs":'));
}
