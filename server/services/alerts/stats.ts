/** Counts of the alerts service. */

/** As they stand. */
export interface AlertsStats {
  /** Now. */
  readonly rules: number;
  /** Alerts and watched groups, now, by state. */
  readonly alerts: Readonly<Record<'inactive' | 'pending' | 'firing' | 'no-data' | 'resolved', number>>;
  readonly flapping: number;
  readonly silences: number;
  /** Groups and signals that found no room (`maxAlerts`), since the start. */
  readonly refused: number;
  /** Evaluations since the start: with a result, without one, and left out because the one before was not done. */
  readonly evaluations: number;
  readonly failures: number;
  readonly overruns: number;
  /** Notices by receiver: delivered and attempts that failed since the start, waiting now. */
  readonly notices: readonly {
    readonly receiver: string;
    readonly delivered: number;
    readonly failed: number;
    readonly waiting: number;
  }[];
  /** Notices that were given up and are kept. */
  readonly dead: number;
}

/** Before the start. */
export const NO_STATS: AlertsStats = Object.freeze({
  rules: 0,
  alerts: { inactive: 0, pending: 0, firing: 0, 'no-data': 0, resolved: 0 },
  flapping: 0,
  silences: 0,
  refused: 0,
  evaluations: 0,
  failures: 0,
  overruns: 0,
  notices: [],
  dead: 0,
});
