/** One channel's stream in memory: offsets, running hash, bounded history, idempotency keys. */
import { hash, randomBytes } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Position } from '../../../src/protocol/index.ts';
import { KEY_AGE_MS } from '../../ports/bus.ts';
import type { PublishResult, ReadResult, Retention, StoredPublication } from '../../ports/bus.ts';

/** Tail of a stream with no publication yet. */
export const NO_TAIL = '0'.repeat(16);

/** A publication with its age. */
export interface Kept extends StoredPublication {
  /** Monotonic ms. */
  readonly at: number;
}

/** Where a key's publication stands. Its data is known by its hash, and need not be kept. */
export interface UsedKey extends Omit<Kept, 'data' | 'epoch'> {
  readonly key: string;
}

/** What a stream is made of, for taking it over into another process. */
export interface StreamState {
  readonly epoch: string;
  readonly offset: number;
  readonly tail: string;
  readonly retention: Retention;
  readonly kept: readonly Kept[];
  readonly keys: readonly UsedKey[];
}

/** Keys that one channel remembers; the oldest go first. */
const MAX_KEYS = 10_000;

/** A stream. */
export class Stream {
  readonly #epoch: string;
  #offset: number;
  #tail: string;
  #retention: Retention;
  /** History from `#first` on; what is before is dropped some time later, in one go. */
  #kept: Kept[];
  #first = 0;
  /** In the order of their use. */
  readonly #keys: Map<string, UsedKey>;

  constructor(state?: StreamState) {
    this.#epoch = state?.epoch ?? randomBytes(6).toString('base64url');
    this.#offset = state?.offset ?? 0;
    this.#tail = state?.tail ?? NO_TAIL;
    this.#retention = state?.retention ?? { size: 0, ageMs: 0 };
    this.#kept = [...(state?.kept ?? [])];
    this.#keys = new Map(state?.keys.map((used) => [used.key, used]));
  }

  /** @throws WaooawError `idempotency_conflict`. */
  append(data: string, retention: Retention, now: number, key?: string): PublishResult {
    const used = key === undefined ? undefined : this.#usedKey(key, now);
    if (used) {
      const { offset, prev, tail } = used;
      if (tailOf(prev, offset, data) !== tail) throw new WaooawError('idempotency_conflict');
      return { publication: { epoch: this.#epoch, offset, prev, tail, data }, duplicate: true };
    }
    const prev = this.#tail;
    this.#offset += 1;
    this.#tail = tailOf(prev, this.#offset, data);
    const publication: Kept = {
      epoch: this.#epoch,
      offset: this.#offset,
      prev,
      tail: this.#tail,
      data,
      at: now,
    };
    if (key !== undefined) {
      this.#keys.set(key, { key, offset: this.#offset, prev, tail: this.#tail, at: now });
      if (this.#keys.size > MAX_KEYS) this.#keys.delete(this.#keys.keys().next().value!);
    }
    this.#retention = retention;
    this.#kept.push(publication);
    this.#trim(now);
    return { publication, duplicate: false };
  }

  read(since: Position | undefined, now: number): ReadResult {
    this.#trim(now);
    const last = this.#kept.at(-1);
    const result: ReadResult = {
      position: { e: this.#epoch, o: this.#offset, h: this.#tail },
      publications: [],
      ...(this.#count > 0 && last && { last }),
    };
    if (!since) return result;
    if (since.e !== this.#epoch) return { ...result, lost: 'epoch' };
    if (since.o > this.#offset) return { ...result, lost: 'tail' };
    const index = this.#count - (this.#offset - since.o);
    if (index < 0) return { ...result, lost: 'history' };
    const following = this.#kept[this.#first + index];
    if (since.h !== (following ? following.prev : this.#tail)) return { ...result, lost: 'tail' };
    return { ...result, publications: this.#kept.slice(this.#first + index) };
  }

  /** Everything, for another process. */
  state(now: number): StreamState {
    this.#trim(now);
    return {
      epoch: this.#epoch,
      offset: this.#offset,
      tail: this.#tail,
      retention: this.#retention,
      kept: this.#kept.slice(this.#first),
      keys: [...this.#keys.values()].filter(({ at }) => now - at < KEY_AGE_MS),
    };
  }

  get #count(): number {
    return this.#kept.length - this.#first;
  }

  #usedKey(key: string, now: number): UsedKey | undefined {
    for (const { key: oldest, at } of this.#keys.values()) {
      if (now - at < KEY_AGE_MS) break;
      this.#keys.delete(oldest);
    }
    return this.#keys.get(key);
  }

  /** Drops what is over the size or the age. */
  #trim(now: number): void {
    const { size, ageMs } = this.#retention;
    this.#first = Math.max(this.#first, this.#kept.length - size);
    while (this.#first < this.#kept.length && now - this.#kept[this.#first]!.at >= ageMs) this.#first += 1;
    // As much dropped as kept: moving the rest costs each publication one move, not one a publication that follows it.
    if (this.#first > this.#count) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }
}

function tailOf(prev: string, offset: number, data: string): string {
  return hash('sha256', `${prev}${offset}\n${data}`, 'hex').slice(0, 16);
}
