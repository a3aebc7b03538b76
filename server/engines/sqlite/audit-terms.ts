/** Terms of the audit index: numbers that stand for a field's value or a word, by a hash that has a secret key. */
import type { DatabaseSync } from 'node:sqlite';
import {
  FILTER_FIELD_NAMES,
  FILTER_FIELDS,
  type FilterField,
  FREE_FIELDS,
  freeTextsOf,
  type StoredFacts,
  textsOf,
} from './audit-facts.ts';
import { keyedHash } from './audit-hash.ts';
import { wordsOf } from './audit-words.ts';

/** Terms are whole numbers below this. With a row of a block beside it (11 bits) one fits the 53 bits of a number. */
export const TERMS = 2 ** 42;

/** Where a word stands: in what every reader may see, or in the fields of free form. */
export type WordPlace = 'open' | 'free';

/** Takes a term of a word. @returns false: it takes no more of this entry. */
export type TakeWord = (term: number) => boolean;

// The index holds every text; who may not find by one does not ask for its terms.
const NONE: ReadonlySet<never> = new Set();
const ALL_FREE = new Set(FREE_FIELDS);
/** Values of fields repeat: those seen last are not hashed again. */
const REMEMBERED = 8_192;

const FIELD_KINDS = Object.fromEntries(FILTER_FIELD_NAMES.map((field, i) => [field, 16 + i])) as Readonly<
  Record<FilterField, number>
>;
const WORD_KINDS: Readonly<Record<WordPlace, number>> = { open: 1, free: 2 };
const TAG_KIND = 3;
const WORDY_KIND = 4;

const encoder = new TextEncoder();

/** The terms of one database: whoever writes entries must not be able to choose which of them collide. */
export class AuditTerms {
  /** Rows that have it have words that are not in the index: they are compared in full. */
  readonly wordy: number;
  readonly #key: readonly [number, number];
  /** Terms that were made lately, by kind. */
  readonly #remembered = new Map<number, Map<string, number>>();
  /** What is hashed: its kind, then its bytes. */
  #bytes = new Uint8Array(1_024);

  /** @param key 8 random bytes, kept with the index. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#key = [view.getInt32(0, true), view.getInt32(4, true)];
    this.wordy = this.#termOf(WORDY_KIND, '');
  }

  /** The term of a field that has a value. */
  field(field: FilterField, value: string): number {
    return this.#repeated(FIELD_KINDS[field], value);
  }

  /** The term of a tag that has a value. */
  tag(name: string, value: string): number {
    return this.#repeated(TAG_KIND, `${name}=${value}`);
  }

  /** The term of a word, as `wordsOf` writes it. */
  word(place: WordPlace, word: string): number {
    return this.#termOf(WORD_KINDS[place], word);
  }

  /** Gives the terms of an entry's fields and tags to `add`. */
  addFields(facts: StoredFacts, add: (term: number) => void): void {
    for (const field of FILTER_FIELD_NAMES) {
      const value = FILTER_FIELDS[field].valueOf(facts);
      if (value !== undefined) add(this.field(field, value));
    }
    for (const [name, value] of Object.entries(facts.tags ?? {})) add(this.tag(name, value));
  }

  /** Gives the terms of an entry's words to `take`, as long as that takes them; one may come more than once. */
  addWords(facts: StoredFacts, take: TakeWord): void {
    for (const text of textsOf(facts, ALL_FREE)) if (!this.#addText('open', text, take)) return;
    for (const text of freeTextsOf(facts, NONE)) if (!this.#addText('free', text, take)) return;
  }

  /** Words of a text, hashed in one pass where it is ASCII. @returns false: enough. */
  #addText(place: WordPlace, text: string, take: TakeWord): boolean {
    const kind = WORD_KINDS[place];
    const { length } = text;
    if (this.#bytes.length <= length) this.#bytes = new Uint8Array(length * 2);
    const bytes = this.#bytes;
    bytes[0] = kind;
    let used = 1;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      // What was added of it so far is added again: that does no harm.
      if (code > 127) return wordsOf(text).every((word) => take(this.#termOf(kind, word)));
      const small = code >= 65 && code <= 90 ? code + 32 : code;
      if ((small >= 97 && small <= 122) || (small >= 48 && small <= 57)) {
        bytes[used] = small;
        used += 1;
      } else if (used > 1) {
        if (!take(this.#finish(used))) return false;
        used = 1;
      }
    }
    return used === 1 || take(this.#finish(used));
  }

  #repeated(kind: number, value: string): number {
    let known = this.#remembered.get(kind);
    if (!known) this.#remembered.set(kind, (known = new Map<string, number>()));
    let term = known.get(value);
    if (term === undefined) {
      if (known.size >= REMEMBERED) known.clear();
      term = this.#termOf(kind, value);
      known.set(value, term);
    }
    return term;
  }

  #termOf(kind: number, text: string): number {
    // A code unit is three bytes of UTF-8 at most.
    if (this.#bytes.length <= text.length * 3) this.#bytes = new Uint8Array(text.length * 4);
    this.#bytes[0] = kind;
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(1));
    return this.#finish(written + 1);
  }

  /** The hash of the first bytes, 42 bits of it. */
  #finish(used: number): number {
    const [high, low] = keyedHash(this.#key, this.#bytes, used);
    return (high >>> 0) * 1_024 + (low >>> 22);
  }
}

/** The terms of a database, by the key that lies in it. @throws where there is none. */
export function readTerms(database: DatabaseSync): AuditTerms {
  const row = database.prepare('SELECT key FROM audit_index_key').get();
  return new AuditTerms(row!['key'] as Uint8Array);
}
