/** What `<waooaw-timeline>` says in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const timelineMessages = /* @__PURE__ */ defineMessages('timeline', {
  /** Name of the whole, where the page gives none. */
  label: 'Timeline',
  /** Names of the presets. */
  agentActivity: 'Agent activity',
  auditLog: 'Audit log',
  systemEvents: 'System events',
  recentChanges: 'Recent changes',

  /** In place of events, or below them. */
  loading: 'Loading…',
  empty: 'Nothing has happened yet.',
  /** Of a trail that the reader sees a part of. */
  emptyForYou: 'Nothing has happened yet that your role may see.',
  noneMatch: 'No event matches.',
  error: 'Not available',
  /** The reader's role is not enough. */
  mayNot: 'Your role may not see these events.',
  refused: (reason: string) => `Not available: ${reason}`,
  stale: 'Not up to date: the connection is interrupted.',
  paused: 'Paused',
  retry: 'Try again',
  olderLoading: 'Loading older events…',
  olderFailed: 'Older events could not be loaded.',
  end: 'No older events.',
  endForYou: 'No older events that your role may see.',
  trimmed: (shown: string) => `Only the newest ${shown} events are kept.`,
  detailsFailed: 'This part could not be loaded.',
  /** In place of what was missed. @param from @param to times. */
  gap: (from: string, to: string) => `Events between ${from} and ${to} are not known.`,

  /** Headings. Months are named by `Intl`. */
  today: 'Today',
  yesterday: 'Yesterday',
  thisWeek: 'Earlier this week',
  lastWeek: 'Last week',

  /** A button, and said aloud. @param shown the count as the language writes it. */
  newEvents: (count: number, shown: string) => (count === 1 ? '1 new event' : `${shown} new events`),
  /** A line between what is new and what was there. */
  sinceLeft: 'Since you left',
  /** In the name of an event that is above that line. */
  fresh: 'New',

  /** Of many alike. @param span "3 min". */
  burst: (title: string, count: number, shown: string, span: string) =>
    count === 1 ? title : `${title} ×${shown} in ${span}`,
  showBurst: (_count: number, shown: string) => `Show all ${shown}`,
  hideBurst: 'Fold',

  /** Of one event. */
  by: (actor: string) => `by ${actor}`,
  took: (duration: string) => `took ${duration}`,
  /** In place of the state's word, where somebody was not allowed to do it. */
  refusedResult: 'Refused',
  details: 'Details',
  hideDetails: 'Hide details',

  /** What an actor is. */
  kindUser: 'Person',
  kindService: 'Service',
  kindAgent: 'Agent',
  kindSystem: 'System',
  kindAnonymous: 'Anonymous',
  /** An actor without a text beside: "Ana, agent". */
  actorOf: (name: string, kind: string) => `${name}, ${kind}`,

  /** The bar above. */
  find: 'Find in the timeline',
  findCount: (at: number, _count: number, shown: string) => `${at} of ${shown}`,
  findNone: 'No match',
  findNext: 'Next match',
  findPrevious: 'Previous match',
  filter: 'Filter',
  filtered: (count: number) => (count === 1 ? '1 filter is set' : `${count} filters are set`),
  clearFilters: 'Clear all filters',
  export: 'Export',
  absolute: 'Show exact times',
});

/** For translations, and for the `messages` of an element. */
export type TimelineMessages = MessagesOf<typeof timelineMessages>;
