/** What `<waooaw-context-selector>` says in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const selectorMessages = /* @__PURE__ */ defineMessages('context-selector', {
  /** Names of the presets. */
  agents: 'Agents',
  services: 'Services',
  environments: 'Environment',
  range: 'Time range',
  /** Shown while nothing is chosen. */
  choose: 'Choose…',
  allAgents: 'All agents',
  allServices: 'All services',
  allEnvironments: 'All environments',
  anyTime: 'Any time',
  search: 'Search',
  /** @param label what is chosen here, such as "Agents"; may be empty. */
  clear: (label: string) => (label ? `Clear ${label}` : 'Clear'),
  open: (label: string) => (label ? `${label}: show the options` : 'Show the options'),
  required: 'required',

  /** What the list shows in place of options, or below them. */
  loading: 'Loading…',
  empty: 'There is nothing to choose from yet.',
  none: (query: string) => `Nothing matches “${query}”.`,
  failed: 'The options could not be loaded.',
  late: 'No answer in time. The options could not be loaded.',
  refused: (reason: string) => `The options are not available: ${reason}`,
  stale: 'Not up to date: the connection is interrupted.',
  retry: 'Try again',
  recent: 'Recent',

  /** Of several. @param shown the count as the language writes it. */
  chosen: (_count: number, shown: string) => `${shown} chosen`,
  /** Behind the first names. */
  andMore: (shown: string) => `+${shown}`,
  selectAll: (_count: number, shown: string) => `Select all ${shown}`,
  clearAll: 'Clear',
  /** An option that goes on choosing what will come. */
  ruleAll: 'All, new ones too',
  ruleIn: (place: string) => `All in ${place}, new ones too`,
  /** Such a choice. @param places "prod and staging"; empty: everywhere. @param except "canary"; may be empty. */
  rule: (places: string, except: string) => `All${places && ` in ${places}`}${except && ` except ${except}`}`,
  /** In place of the names of many. */
  exceptCount: (count: number) => String(count),

  /** Time ranges. @param duration "5 minutes", as `Intl` has it. */
  last: (duration: string, _count: number, _unit: string) => `Last ${duration}`,
  custom: 'From … to …',
  from: 'From',
  to: 'To',
  utc: 'Times are in UTC',
  apply: 'Apply',
  back: 'Back',
  wrongOrder: 'The end has to be after the beginning.',

  /** Validity. */
  missing: 'Choose something here.',

  /** What is said aloud. */
  saidResults: (count: number, shown: string) => (count === 1 ? '1 result' : `${shown} results`),
  saidMoreResults: (_count: number, shown: string) => `${shown} results so far`,
  saidChosen: (label: string) => `${label}, chosen`,
  saidLeft: (label: string) => `${label}, no longer chosen`,
  saidCount: (_count: number, shown: string) => `${shown} chosen`,
  saidCleared: 'Nothing chosen any more',
});

/** For translations, and for the `messages` of an element. */
export type SelectorMessages = MessagesOf<typeof selectorMessages>;
