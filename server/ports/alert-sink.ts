/** Port: where services raise and clear alerts. Implemented by the alert machine. */

/** A condition that somebody should know of. The same `key` is the same alert. */
export interface AlertSignal {
  readonly key: string;
  readonly source: 'metrics' | 'health' | 'provisioning';
  readonly severity: 'degraded' | 'critical';
  /** `unknown` (no data) is an outcome of its own and never resolves an alert. */
  readonly outcome: 'firing' | 'clear' | 'unknown';
  /** When it was observed, ms since 1970. */
  readonly at: number;
  readonly summary: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The alert machine's narrow door: it decides on pending, firing, resolved and who is told. */
export interface AlertSink {
  /** Takes an observation. Durable once resolved, so that a resolve is never lost. */
  observe(signal: AlertSignal): Promise<void>;
}
