/** What a reader has done to an opened event: what is shown in full, and what came of the check. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import type { TimelineDetailsMessages } from './details-words.ts';
import { sameJson } from './difference.ts';
import type { Verified } from './verified-state.ts';

/** Of one event. */
export interface DetailsMemory {
  /** How much is shown of what was cut, by where it stands. */
  readonly shown: Map<string, number>;
  verified?: Verified;
}

interface Kept {
  readonly memory: DetailsMemory;
  /** What it was drawn as last, and in which words. */
  event: TimelineEvent;
  texts: TimelineDetailsMessages;
}

/** Events that are remembered of one timeline; what was opened longest ago is forgotten first. */
const MOST = 500;

const owners = new WeakMap<object, Map<string, Kept>>();

/**
 * The memory of an event. The same for as long as the event says the same, even if it is read anew or told in another
 * language: what was verified of it holds for nothing else.
 * @param owner the timeline. Default: the event itself, which is then remembered as this object only.
 */
export function memoryOf(
  event: TimelineEvent,
  texts: TimelineDetailsMessages,
  owner: object = event,
): DetailsMemory {
  let kept = owners.get(owner);
  if (!kept) owners.set(owner, (kept = new Map<string, Kept>()));
  const known = kept.get(event.id);
  if (known?.event === event) return known.memory;
  if (known && saysTheSame(known.event, event, known.texts !== texts)) {
    Object.assign(known, { event, texts });
    return known.memory;
  }
  // Set anew it is the youngest.
  kept.delete(event.id);
  const memory: DetailsMemory = { shown: new Map() };
  kept.set(event.id, { memory, event, texts });
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
  return memory;
}

/** @param reworded the language is another: titles and names of those who have none may be other words. */
function saysTheSame(one: TimelineEvent, other: TimelineEvent, reworded: boolean): boolean {
  return sameJson(contentOf(one, reworded), contentOf(other, reworded));
}

function contentOf({ title, actor, ...rest }: TimelineEvent, reworded: boolean): Contents {
  const said = reworded ? {} : { title, name: actor?.name };
  return { ...(rest as Contents), ...said, actor: actor && { id: actor.id, kind: actor.kind } };
}

type Contents = { readonly [name: string]: Parameters<typeof sameJson>[0] };
