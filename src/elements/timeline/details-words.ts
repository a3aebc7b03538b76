/** What an opened event, the filters and the export say. Loaded with them. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const timelineDetailsMessages = /* @__PURE__ */ defineMessages('timeline-details', {
  /** Names of an event's facts. */
  time: 'Time',
  actor: 'Actor',
  type: 'Type',
  status: 'Status',
  duration: 'Duration',
  link: 'Link',
  tags: 'Tags',
  event: 'Event',
  entry: 'Audit entry',
  level: 'Level',
  result: 'Result',
  resource: 'Resource',
  reason: 'Reason',
  failure: 'Error',
  address: 'IP address',
  session: 'Session',
  request: 'Request',
  hidden: 'Not shown to you',
  more: 'Details',
  title: 'Title',
  description: 'Description',
  utc: 'in UTC',

  /** What changed, as a table. */
  changes: 'What changed',
  place: 'Where',
  before: 'Before',
  after: 'After',
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  whole: 'everything',
  unchanged: 'Before and after are the same.',
  nothing: 'nothing',
  emptyText: 'empty text',
  emptyList: 'empty list',
  emptyObject: 'no entries',
  andMore: (count: number, shown: string) => (count === 1 ? 'and 1 more' : `and ${shown} more`),
  showAll: (shown: string) => `Show all ${shown} characters`,
  showMore: (count: number, shown: string) => (count === 1 ? 'Show 1 more' : `Show ${shown} more`),
  cut: (shown: string) => `Cut after ${shown} characters; the export has all of it.`,

  /** Whether the entry stands in the trail. @param size of the tree. @param key its name. */
  check: 'Check the proof',
  checkAgain: 'Check again',
  checking: 'Checking the proof…',
  verified: 'Verified',
  verifiedBy: (size: string, key: string) =>
    `It stands unchanged in the trail of ${size} entries, signed by ${key}, a key that this page pins.`,
  verifiedByServer: (size: string) =>
    `It stands unchanged in the trail of ${size} entries. Checked against the server’s own key; pin a key to trust nobody.`,
  pending: 'Not in the tree yet',
  pendingWhy: 'The trail has no signed checkpoint of this entry yet.',
  failed: 'Not verified',
  differs: (fields: string) => `What is shown is not what the proof is about: ${fields}.`,
  broken: (reason: string) => `The proof does not hold: ${reason}`,
  unavailable: 'Cannot be checked',
  unavailableWhy: (reason: string) => `The proof could not be had: ${reason}`,
  unreachable: 'The server cannot be reached.',
  mayNot: 'You may not see it.',
  unclear: 'The answer is no proof.',
  missing: 'The trail has no such entry that you may see.',
  archived: 'The entry was archived.',

  /** Filters. */
  types: 'Type',
  statuses: 'Status',
  actors: 'Actor',
  from: 'From',
  to: 'To',
  text: 'Text',
  /** On a filter that is set. */
  fromTime: (time: string) => `From ${time}`,
  toTime: (time: string) => `Until ${time}`,
  hasText: (text: string) => `“${text}”`,
  remove: (filter: string) => `Remove the filter ${filter}`,
  active: 'Filters that are set',
  clearAll: 'Clear all',
  wrongOrder: 'The end has to be after the beginning.',
  findIn: (group: string) => `Search ${group}`,
  query: 'Query',
  queryHint: 'For example actor:ana action:upgrade -result:success "memory leak"',
  queryWrong: (at: string, why: string) => `At ${at}: ${why}`,
  suggestions: 'How it can go on',
  /** How many there are, beside a value and aloud. */
  saidResults: (count: number, shown: string) => (count === 1 ? '1 event' : `${shown} events`),

  /** Export. */
  withProof: (format: string) => `${format} with proof`,
  exportFailed: 'The export failed.',
});

/** For translations. */
export type TimelineDetailsMessages = MessagesOf<typeof timelineDetailsMessages>;
