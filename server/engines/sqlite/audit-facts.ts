/** What an audit entry is found by: its fields and its text, and whether a filter holds for it. */
import type { Json, SaltedField } from '../../../src/protocol/index.ts';
import type { AuditFilter, AuditRow } from '../../ports/audit-log.ts';
import { hasPhrase, wordsOf } from './audit-words.ts';

/** Facts as they are stored; an erased field is absent. */
export type StoredFacts = AuditRow['facts'];

/** A field that a filter compares. */
export type FilterField = Exclude<
  keyof AuditFilter,
  'tags' | 'from' | 'to' | 'text' | 'not' | 'withoutActions' | 'blind'
>;

/** How a field is compared: where its value stands, and which salted field hides it. */
export const FILTER_FIELDS: Readonly<
  Record<FilterField, { readonly salted?: SaltedField; valueOf(facts: StoredFacts): string | undefined }>
> = {
  actor: { salted: 'actor', valueOf: ({ actor }) => actor?.id },
  actorKind: { salted: 'actor', valueOf: ({ actor }) => actor?.kind },
  action: { valueOf: ({ action }) => action },
  level: { valueOf: ({ level }) => level },
  result: { valueOf: ({ result }) => result },
  resourceType: { salted: 'resource', valueOf: ({ resource }) => resource?.type },
  resourceId: { salted: 'resource', valueOf: ({ resource }) => resource?.id },
  ip: { salted: 'ip', valueOf: ({ ip }) => ip },
  session: { salted: 'session', valueOf: ({ session }) => session },
  requestId: { valueOf: ({ requestId }) => requestId },
};

/** All of them. */
export const FILTER_FIELD_NAMES = Object.keys(FILTER_FIELDS) as FilterField[];

/** Fields of free form: their text is kept from most readers, and has terms of its own in the index. */
export const FREE_FIELDS = ['after', 'before', 'details'] as const satisfies readonly SaltedField[];

/** Strings that the text of an entry is made of, but for those of the fields that are hidden. */
export function* textsOf(facts: StoredFacts, blind: ReadonlySet<SaltedField>): Generator<string, void> {
  yield facts.action;
  if (facts.actor && !blind.has('actor')) yield* named(facts.actor.id, facts.actor.name);
  if (facts.resource && !blind.has('resource')) {
    yield facts.resource.type;
    yield* named(facts.resource.id, facts.resource.name);
  }
  if (facts.reason !== undefined && !blind.has('reason')) yield facts.reason;
  if (facts.error !== undefined && !blind.has('error')) yield facts.error;
  if (facts.tags && !blind.has('tags')) yield* Object.values(facts.tags);
  yield* freeTextsOf(facts, blind);
}

/** Strings anywhere in the fields of free form. */
export function* freeTextsOf(facts: StoredFacts, blind: ReadonlySet<SaltedField>): Generator<string, void> {
  for (const field of FREE_FIELDS) {
    const value = facts[field];
    if (value !== undefined && !blind.has(field)) yield* stringsIn(value);
  }
}

/** Tells whether a filter holds for an entry: the definition, which the index only makes fast. */
export class AuditMatcher {
  readonly #filter: AuditFilter;
  readonly #blind: ReadonlySet<SaltedField>;
  readonly #phrases: readonly (readonly string[])[];
  readonly #none: readonly AuditMatcher[];

  /** @param blind of the filter that this one is a part of. */
  constructor(filter: AuditFilter, blind: ReadonlySet<SaltedField> = new Set(filter.blind)) {
    this.#filter = filter;
    this.#blind = blind;
    this.#phrases = (filter.text ?? []).map(wordsOf);
    this.#none = (filter.not ?? []).map((part) => new AuditMatcher(part, blind));
  }

  matches(facts: StoredFacts): boolean {
    const { from, to, withoutActions, tags } = this.#filter;
    if (from !== undefined && facts.time < from) return false;
    if (to !== undefined && facts.time >= to) return false;
    if (withoutActions?.includes(facts.action)) return false;
    for (const field of FILTER_FIELD_NAMES) {
      const wanted = this.#filter[field];
      if (wanted && !wanted.includes(this.#valueOf(field, facts) as string)) return false;
    }
    for (const [name, values] of Object.entries(tags ?? {})) {
      const value = this.#blind.has('tags') ? undefined : ownTag(facts, name);
      if (value === undefined || !values.includes(value)) return false;
    }
    return this.#hasText(facts) && !this.#none.some((part) => part.matches(facts));
  }

  #valueOf(field: FilterField, facts: StoredFacts): string | undefined {
    const { salted } = FILTER_FIELDS[field];
    return salted && this.#blind.has(salted) ? undefined : FILTER_FIELDS[field].valueOf(facts);
  }

  #hasText(facts: StoredFacts): boolean {
    if (this.#phrases.length === 0) return true;
    const texts = [...textsOf(facts, this.#blind)].map(wordsOf);
    return this.#phrases.every((phrase) => texts.some((words) => hasPhrase(words, phrase)));
  }
}

/** A tag by its name, which may be that of anything an object inherits. */
export function ownTag({ tags }: StoredFacts, name: string): string | undefined {
  return tags && Object.hasOwn(tags, name) ? tags[name] : undefined;
}

function* named(id: string, name: string | undefined): Generator<string, void> {
  yield id;
  if (name !== undefined) yield name;
}

function* stringsIn(value: Json): Generator<string, void> {
  if (typeof value === 'string') yield value;
  else if (value !== null && typeof value === 'object') {
    for (const inner of Array.isArray(value) ? value : Object.values(value)) yield* stringsIn(inner as Json);
  }
}
