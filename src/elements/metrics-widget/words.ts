/** What `<waooaw-metrics-widget>` says in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const metricsMessages = /* @__PURE__ */ defineMessages('metrics-widget', {
  loading: 'Loading…',
  stale: 'Stale',
  empty: 'No data',
  error: 'Not available',
  /** Instead of "Stale" while the page is paused. */
  paused: 'Paused',
  /** The chart in words, when there is nothing on it. */
  noData: 'No data yet',
  /** The chart in words: lowest and highest value, and how far back it goes. */
  summary: (min: string, max: string, span: string) => `From ${min} to ${max} in ${span}`,
});

/** For translations, and for the `messages` of an element. */
export type MetricsMessages = MessagesOf<typeof metricsMessages>;
