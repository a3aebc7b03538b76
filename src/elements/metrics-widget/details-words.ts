/** What a widget says beside its number. Loaded with the details. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const detailsMessages = /* @__PURE__ */ defineMessages('metrics-details', {
  /** Names of the arrows. */
  up: 'Up',
  down: 'Down',
  same: 'No change',
  rising: 'Rising',
  falling: 'Falling',
  steady: 'Steady',
  /** Behind a change or a trend, where the page says which way is good. */
  better: 'better',
  worse: 'worse',
  judged: (fact: string, verdict: string) => `${fact}, ${verdict}`,
  /** A change of a percentage: "2 points". */
  points: (amount: string) => `${amount} pp`,
  /** Against what it changed: "vs 5 min ago", and "vs 1 hr before" for two windows. */
  ago: (span: string) => `vs ${span} ago`,
  before: (span: string) => `vs ${span} before`,
  /** Of the lines across the chart. */
  min: 'Min',
  max: 'Max',
  avg: 'Avg',
  target: 'Target',
  /** Name of the button that shows the line's values. */
  table: 'Values as a table',
  /** A crossing aloud: "Load: Critical, 96%". */
  said: (name: string, level: string, value: string) => `${name}: ${level}, ${value}`,
  /** Several at once: "3 Critical: A, B, C". */
  saidTogether: (count: number, level: string, names: string) => `${count} ${level}: ${names}`,
  saidMore: (count: number) => `${count} more`,
  /** Labels of presets. */
  agentsOnline: 'Agents online',
  responseTime: 'Response time (p95)',
  successRate: 'Success rate',
  requestsPerMinute: 'Requests per minute',
  cpu: 'CPU',
  memory: 'Memory',
  queueDepth: 'Queue depth',
});

/** For translations. */
export type DetailsMessages = MessagesOf<typeof detailsMessages>;
