/** The contexts service: what a page can be about, from the tags in use on series and checks. */
import { CONTEXT_KINDS } from '../../../src/protocol/index.ts';
import type { ContextKind, ContextPage, ContextUpdate, Json } from '../../../src/protocol/index.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { Namespace, Publisher } from '../../ports/publisher.ts';
import type { TagSource, Tagged } from '../../ports/tag-source.ts';
import { DEFAULT_CONTEXTS_LIMITS } from './limits.ts';
import type { ContextsLimits } from './limits.ts';
import { pageOf } from './page.ts';
import type { PageQuery } from './page.ts';
import { gather, mergeUpdates, updatesBetween } from './values.ts';
import type { Values } from './values.ts';

export { DEFAULT_CONTEXTS_LIMITS } from './limits.ts';
export type { ContextsLimits } from './limits.ts';

/** What the service needs. */
export interface ContextsDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  /** Whatever knows of things with tags. */
  readonly sources: readonly TagSource[];
  readonly limits?: Partial<ContextsLimits>;
}

/** The service. */
export interface Contexts {
  readonly limits: ContextsLimits;
  /** The `contexts/<kind>` channels, for the broadcaster. */
  readonly namespace: Namespace;
  /** The values in use now. @throws WaooawError `bad_request` for a cursor that is none. */
  page(kind: ContextKind, query: PageQuery): ContextPage;
  /** Begins to publish, once the broadcaster has taken over the streams of before a restart. */
  start(): void;
  close(): void;
}

/**
 * What the readers of a channel know: these values; `none`, because nobody reads; or nobody can say, because the streams of
 * the process before may be continued.
 */
type Told = Values | 'none' | 'unknown';

const PREFIX = 'contexts/';
/** Kept for readers whose connection broke. */
const HISTORY = { size: 64, ageMs: 60_000 };

/** Puts the service together. */
export function createContexts(deps: ContextsDeps): Contexts {
  const { clock, publisher, sources } = deps;
  const limits = { ...DEFAULT_CONTEXTS_LIMITS, ...deps.limits };
  const told: Record<ContextKind, Told> = { agents: 'unknown', services: 'unknown', environments: 'unknown' };
  let versions: readonly number[] | undefined;
  let values = gather([]);
  let timer: Timer | undefined;

  /** Gathered anew only when a source has something new, so that asking often is cheap. */
  const valuesOf = (kind: ContextKind): Values => {
    const now = sources.map((source) => source.version());
    if (!versions || now.some((version, i) => version !== versions?.[i])) {
      values = gather(allOf(sources));
      versions = now;
    }
    return values[kind];
  };

  const tell = (kind: ContextKind): void => {
    const channel = PREFIX + kind;
    if (!publisher.wants(channel)) {
      told[kind] = 'none';
      return;
    }
    const known = told[kind];
    // The channel is being opened: the first reader's snapshot is what they know.
    if (known === 'none') return;
    const current = valuesOf(kind);
    if (known === current) return;
    told[kind] = current;
    const before = known === 'unknown' ? undefined : known;
    for (const update of updatesBetween(before, current, limits.maxContextPageItems)) {
      publisher.publish(channel, update as unknown as Json);
    }
  };

  return {
    limits,

    namespace: {
      name: 'contexts',
      history: HISTORY,
      onDemand: true,
      access: READ_ONLY,
      conflate: (updates) => [
        mergeUpdates(updates as unknown as readonly ContextUpdate[]) as unknown as Json,
      ],
      resolve: (channel) => (kindOf(channel) ? channel : undefined),
      snapshot(channel) {
        const kind = kindOf(channel)!;
        const current = valuesOf(kind);
        if (told[kind] === 'none') told[kind] = current;
        return { items: [...current.values()] } as unknown as Json;
      },
    },

    page: (kind, query) => pageOf(valuesOf(kind), query),

    start() {
      timer ??= clock.every(limits.contextIntervalMs, () => CONTEXT_KINDS.forEach(tell));
    },

    close() {
      timer?.cancel();
    },
  };
}

function kindOf(channel: string): ContextKind | undefined {
  return CONTEXT_KINDS.find((kind) => channel === PREFIX + kind);
}

function* allOf(sources: readonly TagSource[]): Iterable<Tagged> {
  for (const source of sources) yield* source.tagged();
}
