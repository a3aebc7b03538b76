/** What was published, as the engine stored it: the truth that every listener's view is held against. */
import type { Json, Position } from '../src/protocol/index.ts';
import type { StoredPublication } from '../server/ports/bus.ts';

/** What the model publishes: numbers that are used once, and a filling. */
export interface Payload {
  readonly ids: readonly number[];
  readonly pad?: string;
}

/**
 * A publication, or the beginning of a stream (offset 0). Entries form a tree: a rollback makes an offset grow a second
 * branch, and then two entries of one offset have different pasts.
 */
export interface Entry {
  /** Place in the log of all channels. */
  readonly no: number;
  readonly channel: string;
  readonly epoch: string;
  /** Later epochs of a channel have higher ones. */
  readonly era: number;
  readonly offset: number;
  /** The stream's running hash; empty at its beginning. */
  readonly tail: string;
  /** JSON text as published; empty at the beginning of a stream. */
  readonly data: string;
  readonly ids: readonly number[];
  readonly parent: Entry | undefined;
  /** The state that the stream's publications lead to. */
  readonly state: number;
  /** Lost by a rollback. */
  undone: boolean;
}

/** What a snapshot of the model says: where it was taken, and the state there. */
export interface ModelSnapshot {
  readonly at: number;
  readonly state: number;
}

/** The state after a further publication: order matters, and so does every single one. */
export function advance(state: number, ids: readonly number[]): number {
  return ids.reduce((sum, id) => (Math.imul(sum, 31) + id) | 0, state);
}

/** The log of all channels. */
export class PublishedLog {
  readonly #entries: Entry[] = [];
  readonly #heads = new Map<string, Entry>();
  readonly #eras = new Map<string, number>();
  readonly #places = new Map<string, Entry[]>();

  /** How many publications were stored. */
  get publications(): number {
    return this.#entries.reduce((sum, { offset }) => sum + (offset > 0 ? 1 : 0), 0);
  }

  /** Where a channel's stream stands. */
  head(channel: string): Entry {
    return this.#heads.get(channel) ?? this.#begin(channel, '');
  }

  entry(no: number): Entry | undefined {
    return this.#entries[no];
  }

  /** All entries that ever stood at an offset: of several epochs, and of several branches of one. */
  at(channel: string, offset: number): readonly Entry[] {
    return this.#places.get(`${channel}\n${offset}`) ?? [];
  }

  /** All entries that hold a number, in the order in which they were stored. */
  holding(channel: string, id: number): readonly Entry[] {
    return this.#entries.filter((entry) => entry.channel === channel && entry.ids.includes(id));
  }

  /** A stream was seen at its beginning. */
  began(channel: string, epoch: string): Entry {
    const head = this.#heads.get(channel);
    if (head?.epoch === epoch) return head;
    // Nothing was known of it but that it is there: now it has a name.
    if (head?.epoch === '') {
      Object.assign(head, { epoch });
      return head;
    }
    return this.#begin(channel, epoch);
  }

  /** A publication was stored. */
  stored(channel: string, { epoch, offset, data, tail }: StoredPublication): Entry {
    const parent = this.began(channel, epoch);
    if (parent.offset !== offset - 1)
      throw new Error(`the engine stored ${channel} ${offset} after ${parent.offset}`);
    // Lost and published again in the same place it is the same past, and has the same hash.
    const again = this.at(channel, offset).find((entry) => entry.parent === parent && entry.data === data);
    if (again) {
      again.undone = false;
      this.#heads.set(channel, again);
      return again;
    }
    const { ids } = JSON.parse(data) as Payload;
    return this.#add({ channel, epoch, era: parent.era, offset, tail, data, ids, parent });
  }

  /** The engine lost the last publications of a stream. */
  rolledBack(channel: string, count: number): void {
    let head = this.head(channel);
    for (let i = 0; i < count && head.parent; i += 1) {
      head.undone = true;
      head = head.parent;
    }
    this.#heads.set(channel, head);
  }

  /** The engine has forgotten a stream, or all: the next begins a new epoch. */
  forgotten(channel?: string): void {
    if (channel === undefined) this.#heads.clear();
    else this.#heads.delete(channel);
  }

  /** The entry at a position; its hash tells it from others of the same offset. */
  find(channel: string, { e, o, h }: Position): Entry | undefined {
    return this.at(channel, o).find(({ epoch, tail }) => epoch === e && (o === 0 || tail === h));
  }

  /** What a service says to a new reader whose stream stands there. */
  snapshotAt({ no, state }: Entry): Json {
    return { at: no, state } satisfies ModelSnapshot;
  }

  /** Numbers that one stream holds twice, though their publisher meant them once. */
  twice(): string[] {
    const seen = new Map<string, Entry>();
    const found: string[] = [];
    for (const entry of this.#entries) {
      if (entry.undone) continue;
      for (const id of entry.ids) {
        const place = `${entry.channel} ${entry.epoch} ${id}`;
        const before = seen.get(place);
        if (before)
          found.push(`${entry.channel}: number ${id} stands at ${before.offset} and at ${entry.offset}`);
        seen.set(place, entry);
      }
    }
    return found;
  }

  #begin(channel: string, epoch: string): Entry {
    const era = (this.#eras.get(channel) ?? 0) + 1;
    this.#eras.set(channel, era);
    return this.#add({ channel, epoch, era, offset: 0, tail: '', data: '', ids: [], parent: undefined });
  }

  #add(entry: Omit<Entry, 'no' | 'state' | 'undone'>): Entry {
    const state = advance(entry.parent?.state ?? 0, entry.ids);
    const added: Entry = { ...entry, no: this.#entries.length, state, undone: false };
    this.#entries.push(added);
    this.#heads.set(added.channel, added);
    const place = `${added.channel}\n${added.offset}`;
    const others = this.#places.get(place);
    if (others) others.push(added);
    else this.#places.set(place, [added]);
    return added;
  }
}

/** The entries after `from` up to and including `to`, in order; undefined when `from` is no past of `to`. */
export function pathBetween(from: Entry, to: Entry): readonly Entry[] | undefined {
  const path: Entry[] = [];
  let entry: Entry | undefined = to;
  while (entry && entry !== from) {
    if (entry.offset <= from.offset) return undefined;
    path.push(entry);
    entry = entry.parent;
  }
  return entry ? path.reverse() : undefined;
}
