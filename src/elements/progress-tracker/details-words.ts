/** What a tracker says once it is alive: times, actions, logs, and what is spoken. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const trackerDetailsMessages = /* @__PURE__ */ defineMessages('progress-tracker-details', {
  /** What is wrong with what is shown. */
  noteStale: 'Not up to date: the connection is interrupted.',
  notePaused: 'Updates paused',
  noteError: (reason: string) => (reason ? `Not available: ${reason}` : 'Not available'),
  noOperation: 'No operation yet.',
  chooseOne: 'Choose one agent to see its latest operation.',
  noneChosen: 'No agent is chosen.',
  partFailed: 'This part could not be loaded.',

  /** Times. @param range "3–5 min". */
  left: (range: string) => `About ${range} left`,
  /** @param span "4 min". */
  over: (span: string) => `${span} over usual`,
  startedBy: (when: string, by: string) => (by ? `started ${when} by ${by}` : `started ${when}`),
  took: (span: string) => `took ${span}`,
  queued: (place: string) => `place ${place} in the queue`,
  /** A link to a host's own page of it. */
  page: 'More about it',
  attempt: (_count: number, shown: string) => `attempt ${shown}`,

  /** Actions. */
  actions: 'Actions',
  cancel: 'Cancel',
  pause: 'Pause',
  resume: 'Resume',
  /** @param stage the one that failed; may be empty. */
  retry: (stage: string) => (stage ? `Retry from “${stage}”` : 'Retry'),
  retryShort: 'Retry',
  phaseRequested: 'requested',
  phaseAccepted: 'accepted',
  phaseInEffect: 'in effect',
  phaseDone: 'done',
  /** @param action "Pause". @param phase "accepted". @param by may be empty. */
  phase: (action: string, phase: string, by: string) =>
    by ? `${action}: ${phase}, asked for by ${by}` : `${action}: ${phase}`,
  refused: (action: string, reason: string) =>
    reason ? `${action} was refused: ${reason}` : `${action} was refused.`,
  unanswered: (action: string) =>
    `${action}: the server did not answer. It may have been taken all the same.`,
  mayNot: (action: string) => `${action} is not for your role.`,

  /** Of an open stage. */
  about: 'About',
  started: 'Started',
  endedAt: 'Ended',
  waited: 'Waited',
  ran: 'Ran',
  expected: 'Usually',
  attempts: 'Attempts',
  expectedOf: (range: string, runs: number, shown: string) =>
    runs === 1 ? `${range}, of 1 run` : `${range}, of ${shown} runs`,
  result: 'Result',

  /** Logs. */
  log: 'Log',
  logOf: (title: string) => `Log of ${title}`,
  logEmpty: 'Nothing was logged.',
  logLoading: 'Loading the log…',
  logFailed: (reason: string) =>
    reason ? `The log is not available: ${reason}` : 'The log is not available.',
  older: 'Show older lines',
  olderLoading: 'Loading older lines…',
  /** Button at a log's end: those that came while the reader was elsewhere. */
  newest: (count: number, shown: string) => (count === 1 ? '1 new line' : `${shown} new lines`),
  gap: 'Lines are missing here.',
  streamError: 'error output',
  streamEngine: 'server',
  retryLoad: 'Try again',

  /** The waterfall. */
  times: 'Times',
  timesOf: 'When each stage waited and ran',
  waitedFor: (span: string) => `waited ${span}`,
  ranFor: (span: string) => `ran ${span}`,
  notBegun: 'not begun',

  /** Said aloud. */
  saidStage: (name: string, at: string, of: string, stage: string) =>
    `${name}: stage ${at} of ${of}, ${stage}`,
  saidState: (name: string, state: string) => `${name}: ${state}`,
  saidFailed: (name: string, what: string, reason: string) =>
    [`${name}: ${what}`, reason].filter(Boolean).join(': '),
});

/** For translations. */
export type TrackerDetailsMessages = MessagesOf<typeof trackerDetailsMessages>;
