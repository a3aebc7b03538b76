/** What a reader has done to an opened event: what is shown in full, and what came of the check. Gone with the event. */
import type { TimelineEvent } from '../../protocol/timeline.ts';
import type { Verified } from './verified-state.ts';

/** Of one event. */
export interface DetailsMemory {
  /** How much is shown of what was cut, by where it stands. */
  readonly shown: Map<string, number>;
  verified?: Verified;
}

const memories = new WeakMap<TimelineEvent, DetailsMemory>();

/** The memory of an event; the same object for the same event. */
export function memoryOf(event: TimelineEvent): DetailsMemory {
  let memory = memories.get(event);
  if (!memory) memories.set(event, (memory = { shown: new Map() }));
  return memory;
}
