/** Shapes of the alerts API and of the `alerts` channel. */

/**
 * Where an alert stands. `pending`: the condition holds, not yet for long enough. `no-data`: nothing is known of the
 * condition; it is never the same as resolved.
 */
export type AlertState = 'pending' | 'firing' | 'resolved' | 'no-data';

/** Who watches the condition. */
export type AlertSource = 'metrics' | 'health' | 'provisioning';

/** One alert: a rule, and the labels that it fired for. */
export interface Alert {
  /** The same rule and labels have the same id, also after a restart. */
  readonly alert: string;
  /** The rule's name. */
  readonly rule: string;
  readonly source: AlertSource;
  readonly state: AlertState;
  readonly severity: 'degraded' | 'critical';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** In one line, for people. */
  readonly summary: string;
  /** The figure that was judged last, where there is one. */
  readonly value?: number;
  /** ms since 1970. */
  readonly activeAt: number;
  readonly firedAt?: number;
  readonly resolvedAt?: number;
  readonly updatedAt: number;
  /** It changes so often that nobody is told of every change. */
  readonly flapping: boolean;
  /** Ids of the silences that keep it from being told. */
  readonly silencedBy: readonly string[];
}

/** First message of the `alerts` channel: every alert that is not over, and those that were resolved lately. */
export interface AlertSnapshot {
  readonly alerts: readonly Alert[];
}

/** A publication on the `alerts` channel: the alert as it is now. */
export type AlertUpdate = Alert;
