/** The record's limits: each an option with a default and a unit. */

/** How much of the past is kept, and how often it is written. */
export interface RecordLimits {
  /** The longest that what the last results say waits to be written, ms. A change of a word, and of an incident, never waits. */
  readonly healthPersistIntervalMs: number;
  /** How often the server says that it lives, ms. After a crash this much of the past at most is unknown. */
  readonly healthAliveIntervalMs: number;
  /** Rows that wait for a database that refuses. Beyond it the oldest are lost, which is said. */
  readonly maxUnwrittenHealthRows: number;
  /** How long changes of words are kept, ms; the bars and the uptime of 90 days need as many. */
  readonly keepTransitionsMs: number;
  /** Changes of words that are kept of one check. What lies before the oldest is unknown. */
  readonly maxTransitionsPerCheck: number;
  /** How long incidents are kept after their end, ms. */
  readonly keepIncidentsMs: number;
  /** How long maintenance windows stay in their list after their end, ms. */
  readonly keepWindowsMs: number;
  /** How often what is too old is removed, ms. */
  readonly healthPruneIntervalMs: number;
  /** Notes of one incident. */
  readonly maxIncidentNotes: number;
  /** Maintenance windows that are not over, of the file and of the API together. */
  readonly maxWindows: number;
}

const DAY_MS = 86_400_000;

/** The defaults. */
export const DEFAULT_RECORD_LIMITS: RecordLimits = Object.freeze({
  healthPersistIntervalMs: 1_000,
  healthAliveIntervalMs: 5_000,
  maxUnwrittenHealthRows: 100_000,
  keepTransitionsMs: 100 * DAY_MS,
  maxTransitionsPerCheck: 10_000,
  keepIncidentsMs: 730 * DAY_MS,
  keepWindowsMs: 7 * DAY_MS,
  healthPruneIntervalMs: 3_600_000,
  maxIncidentNotes: 1_000,
  maxWindows: 1_000,
});
