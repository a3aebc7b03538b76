/** Attributes as tags: keys made names, values made text, and which of a resource's are taken. */
import type { Attribute, AttributeValue } from './model.ts';
import { tagName } from './names.ts';

/** Attributes of a resource that are always taken, by the reserved tags that they become. A later one wins. */
const RESOURCE_TAGS: ReadonlyMap<string, string> = new Map([
  ['service.name', 'service'],
  ['service.instance.id', 'instance'],
  ['deployment.environment', 'environment'],
  ['deployment.environment.name', 'environment'],
]);

/** A tag. */
export type Tag = readonly [name: string, value: string];

/** How deep a value may lie in others. */
export const MAX_DEPTH = 16;

/**
 * A point's attributes as tags. Keys that become the same name are joined by `;` in the order of the keys, an empty value is no
 * tag at all, as Prometheus has it.
 */
export function tagsOf(attributes: readonly Attribute[]): Tag[] {
  const byName = new Map<string, string>();
  const sorted =
    attributes.length > 1 ? [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : attributes;
  for (const [key, value] of sorted) {
    const name = tagName(key);
    const before = byName.get(name);
    byName.set(name, before === undefined ? textOf(value) : `${before};${textOf(value)}`);
  }
  return [...byName].filter(([, value]) => value !== '');
}

/**
 * The attributes of a resource that become tags: service, instance and environment, and those that were asked for.
 * @param more keys to take as well, by their sanitised names.
 */
export function resourceTags(attributes: readonly Attribute[], more: ReadonlySet<string>): Tag[] {
  const tags = new Map(tagsOf(attributes.filter(([key]) => more.has(key))));
  const values = new Map(attributes);
  for (const [key, tag] of RESOURCE_TAGS) {
    const value = values.get(key);
    if (value !== undefined && value !== '') tags.set(tag, textOf(value));
  }
  return [...tags];
}

/** The tags of both; where both have one, the point's. */
export function mergeTags(outer: readonly Tag[], own: readonly Tag[]): Tag[] {
  return outer.length === 0 ? [...own] : [...new Map([...outer, ...own])];
}

/** A value as text: numbers and truth values as they are written in JSON, lists and maps as JSON. */
function textOf(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
