/** Port: where services raise and clear alerts. Implemented by the alert machine. */
import type { AlertSource } from '../../src/protocol/index.ts';

/** A condition that somebody should know of. The same `source` and `key` are the same alert. */
export interface AlertSignal {
  /** What is watched, for people too, such as `check/disk`. Stands as the alert's rule. */
  readonly key: string;
  readonly source: AlertSource;
  readonly severity: 'degraded' | 'critical';
  /**
   * `unknown` (no data) is an outcome of its own and never resolves an alert. `gone`: it is watched no more; what
   * stands resolves, with `summary` as the reason.
   */
  readonly outcome: 'firing' | 'clear' | 'unknown' | 'gone';
  /** When it was observed, ms since 1970. */
  readonly at: number;
  /** In one line, for people. */
  readonly summary: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The alert machine's narrow door: it decides on firing, resolved, flapping and who is told. */
export interface AlertSink {
  /**
   * Takes an observation. Durable once resolved, so that a resolve is never lost. Say every observation and not only
   * changes: whether an alert flaps is judged by how many of the last observations were changes.
   * @throws WaooawError `unavailable` before the start, `alert_limit` beyond `maxAlerts`, the database's own.
   */
  observe(signal: AlertSignal): Promise<void>;
}
