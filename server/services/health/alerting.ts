/** Tells the alert machine what becomes of checks. */
import type { CheckStatus } from '../../../src/protocol/index.ts';
import type { AlertSignal, AlertSink } from '../../ports/alert-sink.ts';
import type { CheckSettings } from './settings.ts';

/** What was last said of a check. */
export type Alerted = Pick<AlertSignal, 'severity' | 'outcome'>;

/** What it takes. */
export interface AlertingDeps {
  readonly sink: AlertSink | undefined;
  readonly onError: (error: unknown, what: string) => void;
}

/** Says every observation: the machine judges by them whether an alert flaps. */
export class Alerting {
  readonly #deps: AlertingDeps;
  /** Checks whose last observation was not taken: that is said once, however long it goes on. */
  readonly #refused = new Set<string>();

  constructor(deps: AlertingDeps) {
    this.#deps = deps;
  }

  /**
   * Says how a check stands.
   * @param before what was said last.
   * @returns what is said now, to be handed in the next time.
   */
  observe(
    settings: CheckSettings,
    status: CheckStatus,
    at: number,
    before: Alerted | undefined,
  ): Alerted | undefined {
    if (!settings.alert) return undefined;
    const said = sayingOf(status, before);
    if (said) this.#say(settings, { ...said, at, summary: summaryOf(status) });
    return said;
  }

  /** Says that a check is watched no more, or not for alerts, or is about something else. */
  gone(check: string, tags: CheckSettings['tags'], at: number, why: string): void {
    this.#say({ check, tags }, { severity: 'critical', outcome: 'gone', at, summary: why });
    this.#refused.delete(check);
  }

  #say(
    { check, tags }: Pick<CheckSettings, 'check' | 'tags'>,
    said: Pick<AlertSignal, 'severity' | 'outcome' | 'at' | 'summary'>,
  ): void {
    const { sink, onError } = this.#deps;
    sink?.observe({ key: `check/${check}`, source: 'health', tags, ...said }).then(
      () => void this.#refused.delete(check),
      (error: unknown) => {
        if (this.#refused.has(check)) return;
        this.#refused.add(check);
        onError(error, `the alert of check ${check} cannot be kept`);
      },
    );
  }
}

/** Undefined: nothing, for as long as it flaps and nothing was said before. */
function sayingOf(status: CheckStatus, before: Alerted | undefined): Alerted | undefined {
  const { state, word, causedBy, flapping } = status;
  // What is resolved is resolved for whoever was told of it, and so with the severity that they were told.
  const severity = before?.severity ?? 'critical';
  // Not the check's own business: whoever is to blame has an alert of its own, and nobody says that this is over.
  if (word !== state || causedBy !== undefined || state === 'unknown')
    return { severity, outcome: 'unknown' };
  if (flapping && before?.outcome !== 'unknown') return before;
  if (state === 'up') return { severity, outcome: 'clear' };
  return { severity: state === 'down' ? 'critical' : 'degraded', outcome: 'firing' };
}

function summaryOf({ title, word, reason }: CheckStatus): string {
  return reason === undefined ? `${title}: ${word}` : `${title}: ${word}: ${reason}`;
}
