/** The agents' own checks in the health service: what their instances' readiness comes to. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { HealthGate, ProbeResult } from '../../../ports/health-gate.ts';
import type { AgentBook } from '../book.ts';
import type { AgentRecord } from '../record/record.ts';
import type { SupervisorLimits } from './limits.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import { hasEnded, instancesOf } from './survey.ts';
import type { Watches } from './watches.ts';
import { wordsOfExit } from './words.ts';

/** Reading what is known takes no time at all, ms. */
const TIMEOUT_MS = 1_000;

/** What it takes. */
export interface AgentChecksDeps {
  readonly health: HealthGate | undefined;
  readonly book: AgentBook;
  readonly runtime: SeenRuntime;
  readonly watches: Watches;
  readonly limits: Pick<SupervisorLimits, 'agentCheckIntervalMs'>;
  readonly onError: (error: unknown, what: string) => void;
}

/** Registers checks, and takes them back. */
export class AgentChecks {
  readonly #deps: AgentChecksDeps;
  readonly #registered = new Map<string, { readonly told: string; readonly undo: () => void }>();

  constructor(deps: AgentChecksDeps) {
    this.#deps = deps;
  }

  /** Brings an agent's check up to date: one that runs, or is meant to and cannot, has one. */
  enroll(record: AgentRecord): void {
    const { agent, title, kind, state } = record;
    // On its way: what it had before holds until it is there.
    if (state === 'deployed') return;
    if (state !== 'running' && state !== 'errored') {
      this.#drop(agent);
      return;
    }
    const tags = { ...record.tags, agent, kind };
    const told = JSON.stringify([title, Object.entries(tags).sort()]);
    if (this.#registered.get(agent)?.told === told) return;
    this.#drop(agent);
    const { health, limits, onError } = this.#deps;
    try {
      const undo = health?.register({
        check: `agent-${agent}`,
        title,
        tags,
        intervalMs: limits.agentCheckIntervalMs,
        timeoutMs: TIMEOUT_MS,
        probe: () => this.#look(agent),
      });
      if (undo) this.#registered.set(agent, { told, undo });
    } catch (error) {
      // A check of that name may stand in the file of checks: the agent runs all the same.
      onError(error, `agent ${agent} has no check of its own`);
    }
  }

  /** Takes every check back. */
  close(): void {
    for (const agent of [...this.#registered.keys()]) this.#drop(agent);
  }

  #drop(agent: string): void {
    this.#registered.get(agent)?.undo();
    this.#registered.delete(agent);
  }

  #look(agent: string): ProbeResult {
    const { book, runtime, watches } = this.#deps;
    const record = book.get(agent);
    if (!record) throw new WaooawError('not_found', `There is no agent ${agent} any more`);
    const { state, reason, live } = record;
    if (state === 'errored')
      return { state: 'down', reason: reason === undefined ? 'errored' : `errored: ${reason}` };
    const faults: string[] = [];
    const wanted = live ? instancesOf(record, live) : [];
    for (const { name } of wanted) {
      const instance = runtime.seen(name);
      const watch = watches.get(name);
      if (!instance) faults.push(`${name} does not run`);
      else if (hasEnded(instance)) faults.push(`${name} ${wordsOfExit(instance.exit)}`);
      else if (watch?.wellness !== 'well') faults.push(`${name}: ${watch?.said ?? 'it is not known'}`);
    }
    const well = wanted.length - faults.length;
    const [first] = faults;
    const figure = `${well} of ${wanted.length} instances are well`;
    if (first === undefined && well > 0) return { state: 'up', reason: figure };
    const said = first === undefined ? figure : `${figure}; ${first}`;
    return { state: well > 0 ? 'degraded' : 'down', reason: said };
  }
}
