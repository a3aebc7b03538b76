/** The values in use: gathered from what carries tags, with the worst state of each, and compared with those before. */
import { CONTEXT_KINDS, RESERVED_TAGS, SEVERITIES, findState } from '../../../src/protocol/index.ts';
import type { CheckState, ContextItem, ContextKind, ContextUpdate } from '../../../src/protocol/index.ts';
import type { Tagged } from '../../ports/tag-source.ts';

/** Items by id, in the order of their ids. */
export type Values = ReadonlyMap<string, ContextItem>;

interface Gathered {
  state: CheckState | undefined;
  readonly environments: Set<string>;
}

/** Gathers every kind's values. An empty value is the absence of its tag, as in Prometheus. */
export function gather(things: Iterable<Tagged>): Readonly<Record<ContextKind, Values>> {
  const found = { agents: new Map(), services: new Map(), environments: new Map() } satisfies Record<
    ContextKind,
    Map<string, Gathered>
  > as Record<ContextKind, Map<string, Gathered>>;
  for (const { tags, state } of things) {
    for (const kind of CONTEXT_KINDS) {
      const id = valueOf(tags, kind);
      if (id === undefined) continue;
      const value: Gathered = found[kind].get(id) ?? { state: undefined, environments: new Set() };
      found[kind].set(id, value);
      if (state !== undefined) value.state = worse(value.state, state);
      const environment = valueOf(tags, 'environments');
      if (kind !== 'environments' && environment !== undefined) value.environments.add(environment);
    }
  }
  return {
    agents: itemsOf(found.agents),
    services: itemsOf(found.services),
    environments: itemsOf(found.environments),
  };
}

/**
 * What has to be told to whoever knows `before`, in parts of at most `maxItems` items.
 * @param before undefined when nobody knows what the readers know.
 */
export function updatesBetween(before: Values | undefined, after: Values, maxItems: number): ContextUpdate[] {
  const put = [...after.values()].filter((item) => !same(before?.get(item.id), item));
  const gone = [...(before?.keys() ?? [])].filter((id) => !after.has(id));
  const updates: ContextUpdate[] = [];
  for (let at = 0; at < Math.max(put.length, gone.length); at += maxItems) {
    updates.push({ put: put.slice(at, at + maxItems), gone: gone.slice(at, at + maxItems) });
  }
  if (before) return updates;
  const [first = { put: [], gone: [] }, ...others] = updates;
  return [{ ...first, all: true }, ...others];
}

/** Many updates as one that leads to the same. */
export function mergeUpdates(updates: readonly ContextUpdate[]): ContextUpdate {
  const put = new Map<string, ContextItem>();
  const gone = new Set<string>();
  let all = false;
  for (const update of updates) {
    if (update.all) {
      all = true;
      put.clear();
      gone.clear();
    }
    for (const item of update.put) {
      gone.delete(item.id);
      put.set(item.id, item);
    }
    for (const id of update.gone) {
      put.delete(id);
      gone.add(id);
    }
  }
  return { put: [...put.values()], gone: [...gone], ...(all && { all }) };
}

function valueOf(tags: Tagged['tags'], kind: ContextKind): string | undefined {
  const tag = RESERVED_TAGS[kind];
  return Object.hasOwn(tags, tag) && tags[tag] !== '' ? tags[tag] : undefined;
}

function itemsOf(found: ReadonlyMap<string, Gathered>): Values {
  const ids = [...found.keys()].sort();
  return new Map(ids.map((id) => [id, itemOf(id, found.get(id)!)]));
}

function itemOf(id: string, { state, environments }: Gathered): ContextItem {
  const [only, ...others] = [...environments].sort();
  return {
    id,
    label: id,
    ...(state !== undefined && { state }),
    ...(only !== undefined && { environments: [only, ...others] }),
    ...(only !== undefined && others.length === 0 && { group: only }),
  };
}

function same(a: ContextItem | undefined, b: ContextItem): boolean {
  // Both were made here, with their keys in one order.
  return JSON.stringify(a) === JSON.stringify(b);
}

function worse(a: CheckState | undefined, b: CheckState): CheckState {
  return a === undefined || rank(b) > rank(a) ? b : a;
}

function rank(state: CheckState): number {
  return SEVERITIES.indexOf(findState(state)!.severity);
}
