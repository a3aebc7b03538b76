/** What the details of a badge say in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const badgeDetailsMessages = /* @__PURE__ */ defineMessages('status-badge-details', {
  /** Names of facts. */
  reason: 'Reason',
  since: 'Since',
  lastCheck: 'Last check',
  took: 'Took',
  timings: 'Of that',
  certificate: 'Certificate expires',
  soft: 'Last results',
  unstable: 'Unstable',
  causedBy: 'Because of',
  behind: 'Behind',
  maintenanceUntil: 'Maintenance until',
  pausedBy: 'Paused by',
  incident: 'Incident',
  /** A time in words, and exactly. */
  at: (relative: string, exact: string) => (relative === exact ? exact : `${relative} (${exact})`),
  /** @param runs results in a row that say so. @param needed as many as change the state. */
  softOf: (runs: string, needed: string, state: string) => `${state} ${runs} of ${needed} times in a row`,
  /** Something, and why or when. */
  because: (what: string, why: string) => `${what}: ${why}`,
  acknowledgedBy: (who: string) => `acknowledged by ${who}`,
  /** Where the time went. */
  dns: (time: string) => `name ${time}`,
  connect: (time: string) => `connection ${time}`,
  tls: (time: string) => `TLS ${time}`,
  firstByte: (time: string) => `first byte ${time}`,

  /** The past. @param span "90 days". */
  history: (span: string) => `Last ${span}`,
  historyLoading: 'Loading the past…',
  historyFailed: 'The past could not be loaded.',
  historyRefused: (reason: string) => `The past is not available: ${reason}`,
  retry: 'Try again',
  available: 'Available',
  notKnown: 'not known',
  /** A day of it. @param what "Down 14 min". */
  segment: (day: string, what: string) => `${day}: ${what}`,
  spent: (state: string, time: string) => `${state} ${time}`,
  today: 'Today',
  incidents: 'Latest incidents',
  noIncidents: 'None in this time',
  open: 'open',

  /** Of an incident, for operators. */
  openIncident: 'Show the incident',
  note: 'Note (optional)',
  acknowledge: 'Acknowledge',
  acknowledging: 'Acknowledging…',
  acknowledged: 'Acknowledged',
  notAcknowledged: (reason: string) => (reason ? `Not acknowledged: ${reason}` : 'Not acknowledged'),
});

/** For translations. */
export type BadgeDetailsMessages = MessagesOf<typeof badgeDetailsMessages>;
