/** What `<waooaw-metrics-grid>` says in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const gridMessages = /* @__PURE__ */ defineMessages('metrics-grid', {
  loading: 'Loading…',
  /** Nothing to show, and nothing asked for: for whoever writes the page. */
  idle: 'Put metrics widgets in here, or name a metric and the tag that tells its series apart: metric="…" by="…".',
  /** @param metric as it was asked for. */
  empty: (metric: string) => `No series match ${metric}`,
  emptyHint: 'They appear here with their first sample. Is the name right, and do they have these tags?',
  error: (metric: string) => `${metric} cannot be shown`,
  /** A rule of the selection lets nothing through. */
  noneChosen: 'Nothing on this page matches the selection',
  /** Groups that are not shown. */
  more: (count: number) => `and ${count} more`,
  /** In place of a tag's value, where a series lacks it. */
  noTag: 'none',
  /** A group that is heard of no more. @param time when it last was. */
  silentSince: (time: string) => `Silent since ${time}`,
});

/** For translations, and for the `messages` of an element. */
export type GridMessages = MessagesOf<typeof gridMessages>;
