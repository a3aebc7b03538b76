/** What a chart's readout, its inspector and its table say in words. Loaded with the chart. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const chartMessages = /* @__PURE__ */ defineMessages('metrics-chart', {
  /** In place of a value, where nothing is known. */
  gap: 'No data',
  /** Name of what is focused to read the chart point by point. */
  inspect: (label: string) => `Points of ${label}`,
  /** How it is read. */
  keys: 'Left and right arrow: one point. Page up and down: ten. Home and End: oldest and newest. Escape: leave.',
  /** A point as it is spoken. */
  point: (time: string, value: string) => `${time}: ${value}`,
  /** What happened there. */
  deploy: (title: string) => `Deploy: ${title}`,
  incident: (title: string) => `Incident: ${title}`,
  /** Name of the table, and its heads. */
  caption: (label: string) => `${label}, newest first`,
  time: 'Time',
  value: 'Value',
  event: 'Event',
  /** Below the table: values that are not in it. */
  older: (count: number) =>
    count === 1 ? '1 older value is not listed' : `${count} older values are not listed`,
  /** Above the table, which stands still while it is read. */
  newer: (count: number) => (count === 1 ? '1 newer value' : `${count} newer values`),
  noValues: 'No values yet',
});

/** For translations. */
export type ChartMessages = MessagesOf<typeof chartMessages>;
