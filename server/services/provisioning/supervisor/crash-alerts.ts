/** Tells the alert machine of agents that are errored, and when they are not any more. */
import type { AlertSignal, AlertSink } from '../../../ports/alert-sink.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { AgentRecord } from '../record/record.ts';

/** What it takes. */
export interface CrashAlertsDeps {
  readonly sink: AlertSink | undefined;
  readonly clock: Clock;
  readonly onError: (error: unknown, what: string) => void;
}

type Outcome = Exclude<AlertSignal['outcome'], 'unknown'>;

/** Says each change once; what was not taken is said again. */
export class CrashAlerts {
  readonly #deps: CrashAlertsDeps;
  readonly #said = new Map<string, Outcome>();
  /** Agents whose last word was not taken: that is told once, however long it goes on. */
  readonly #refused = new Set<string>();

  constructor(deps: CrashAlertsDeps) {
    this.#deps = deps;
  }

  /** Says how an agent stands, unless that was said. */
  observe(record: AgentRecord): void {
    const { sink, clock, onError } = this.#deps;
    const { agent, title, kind, reason = 'not known why' } = record;
    const outcome = outcomeOf(record);
    if (!sink || !outcome || this.#said.get(agent) === outcome) return;
    this.#said.set(agent, outcome);
    const signal: AlertSignal = {
      key: `agent/${agent}`,
      source: 'provisioning',
      severity: 'critical',
      outcome,
      at: clock.now(),
      summary: outcome === 'firing' ? `${title} is errored: ${reason}` : `${title} is ${record.state}`,
      tags: { ...record.tags, agent, kind },
    };
    sink.observe(signal).then(
      () => void this.#refused.delete(agent),
      (error: unknown) => {
        // Whoever asks next says it anew, unless something else was said since.
        if (this.#said.get(agent) === outcome) this.#said.delete(agent);
        if (this.#refused.has(agent)) return;
        this.#refused.add(agent);
        onError(error, `the alert of agent ${agent} cannot be kept`);
      },
    );
  }
}

/** Undefined: it is on its way, and what was said before holds until it is there. */
function outcomeOf({ state }: AgentRecord): Outcome | undefined {
  if (state === 'errored') return 'firing';
  if (state === 'deployed') return undefined;
  return state === 'running' ? 'clear' : 'gone';
}
