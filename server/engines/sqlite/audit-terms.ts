/** Terms of the audit index: numbers that stand for a field's value or a word. */
import {
  FILTER_FIELD_NAMES,
  FILTER_FIELDS,
  type FilterField,
  FREE_FIELDS,
  freeTextsOf,
  type StoredFacts,
  textsOf,
} from './audit-facts.ts';
import { wordsOf } from './audit-words.ts';

/** Terms are whole numbers below this. With a row of a block beside it (11 bits) one fits the 53 bits of a number. */
export const TERMS = 2 ** 42;

/** Where a word stands: in what every reader may see, or in the fields of free form. */
export type WordPlace = 'open' | 'free';

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

/** Hashes that were made lately, by field. */
const remembered = new Map<FilterField, Map<string, number>>(
  FILTER_FIELD_NAMES.map((field) => [field, new Map<string, number>()]),
);

/** The term of a field that has a value. */
export function fieldTerm(field: FilterField, value: string): number {
  const known = remembered.get(field)!;
  let term = known.get(value);
  if (term === undefined) {
    if (known.size >= REMEMBERED) known.clear();
    term = termOf(FIELD_KINDS[field], value);
    known.set(value, term);
  }
  return term;
}

/** The term of a tag that has a value. */
export function tagTerm(name: string, value: string): number {
  return termOf(TAG_KIND, `${name}=${value}`);
}

/** The term of a word, as `wordsOf` writes it. */
export function wordTerm(place: WordPlace, word: string): number {
  return termOf(WORD_KINDS[place], word);
}

/** Gives every term of an entry to `add`; one may come more than once. */
export function addTerms(facts: StoredFacts, add: (term: number) => void): void {
  for (const field of FILTER_FIELD_NAMES) {
    const value = FILTER_FIELDS[field].valueOf(facts);
    if (value !== undefined) add(fieldTerm(field, value));
  }
  if (facts.tags) {
    for (const [name, value] of Object.entries(facts.tags)) add(tagTerm(name, value));
  }
  for (const text of textsOf(facts, ALL_FREE)) addWords('open', text, add);
  for (const text of freeTextsOf(facts, NONE)) addWords('free', text, add);
}

/** Words of a text, hashed in one pass where it is ASCII. */
function addWords(place: WordPlace, text: string, add: (term: number) => void): void {
  const kind = WORD_KINDS[place];
  let [a, b] = start(kind);
  let inWord = false;
  const { length } = text;
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 127) {
      // What was added of it so far is added again: that does no harm.
      for (const word of wordsOf(text)) add(termOf(kind, word));
      return;
    }
    const small = code >= 65 && code <= 90 ? code + 32 : code;
    if ((small >= 97 && small <= 122) || (small >= 48 && small <= 57)) {
      a = mixA(a, small);
      b = mixB(b, small);
      inWord = true;
    } else if (inWord) {
      add(finish(a, b));
      [a, b] = start(kind);
      inWord = false;
    }
  }
  if (inWord) add(finish(a, b));
}

function termOf(kind: number, text: string): number {
  let [a, b] = start(kind);
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = mixA(a, code);
    b = mixB(b, code);
  }
  return finish(a, b);
}

// Two multiplicative hashes of 32 bits side by side. Speed matters here, not secrecy: what is found is compared in full.
function start(kind: number): [number, number] {
  return [Math.imul(kind, 0x9e3779b1) ^ 0x243f6a88, Math.imul(kind, 0x85ebca6b) ^ 0x3707344];
}

function mixA(a: number, code: number): number {
  const mixed = Math.imul(a ^ code, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function mixB(b: number, code: number): number {
  const mixed = Math.imul(b ^ code, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

function finish(a: number, b: number): number {
  const high = Math.imul(a ^ (a >>> 16), 0x45d9f3b);
  const low = Math.imul(b ^ (b >>> 16), 0x119de1f3);
  return ((high ^ (high >>> 16)) >>> 0) * 1_024 + ((low ^ (low >>> 15)) >>> 22);
}
