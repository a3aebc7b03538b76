/** What a tracker is given, an operation or plain stages, in the one shape that is drawn. Never throws: what does not fit is left out. */
import type { OperationStatus, StageExpectation } from '../../protocol/operations.ts';

/** A stage as a page may give it: any word of the vocabulary, and the familiar `current` and `error`. */
export interface StageInput {
  /** Unique among the stages. Default: the title. */
  readonly name?: string;
  readonly title?: string;
  /** Says the same as `title`. */
  readonly label?: string;
  readonly state?: string;
  /** Says the same as `state`. */
  readonly status?: string;
  readonly description?: string;
  /** What it does just now, in one line. */
  readonly detail?: string;
  /** Share done while it runs, 0 to 100. */
  readonly percent?: number;
  /** ms since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** How long it took, where no times are known, ms. */
  readonly durationMs?: number;
  readonly error?: string | { readonly code?: string; readonly message: string };
  /** How long it took before. */
  readonly expected?: StageExpectation;
  readonly attempts?: number;
  /** Lines of its own. */
  readonly logs?: readonly string[];
}

/** A stage as it is drawn. */
export interface Stage {
  readonly name: string;
  readonly title: string;
  /** A word of the vocabulary, or another as it was given. */
  readonly state: string;
  readonly description: string;
  readonly detail: string;
  readonly error: string;
  /** 0 to 100. */
  readonly percent: number | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly durationMs: number | undefined;
  readonly expected: StageExpectation | undefined;
  readonly attempts: number;
  readonly logs: readonly string[];
}

/** Work in stages, as it is drawn. */
export interface Work {
  /** Empty where it has no identity of its own. */
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly stages: readonly Stage[];
  /** Of the whole, 0 to 100. */
  readonly percent: number;
  readonly error: string;
  /** All there is to it, where it is an operation. */
  readonly status: OperationStatus | undefined;
}

/** The familiar words. */
const ALIASES: Readonly<Record<string, string>> = { current: 'running', error: 'failed' };
const ENDED = ['completed', 'skipped', 'failed', 'cancelled'];

/** An operation, or as much of one as there is. */
export function workOf(status: unknown): Work | undefined {
  if (typeof status !== 'object' || status === null) return undefined;
  const given = status as OperationStatus;
  const stages = stagesOf(given.stages);
  return {
    id: textOf(given.operation),
    title: textOf(given.title) || textOf(given.type),
    state: wordOf(given.state) || stateOf(stages),
    stages,
    percent: shareOf(given.percent) ?? percentOf(stages),
    error: errorOf(given.error),
    status: given,
  };
}

/** Stages alone. @param percent of the whole, where it is known. */
export function workOfStages(given: unknown, percent?: number): Work {
  const stages = stagesOf(given);
  const state = stateOf(stages);
  const share = shareOf(percent) ?? percentOf(stages);
  return { id: '', title: '', state, stages, percent: share, error: '', status: undefined };
}

/** Whether a stage is over. */
export function isOver({ state }: Stage): boolean {
  return ENDED.includes(state);
}

/** The stage that the work stands at; -1: none. */
export function currentOf(stages: readonly Stage[]): number {
  for (const word of ['running', 'failed']) {
    const at = stages.findIndex(({ state }) => state === word);
    if (at >= 0) return at;
  }
  return -1;
}

function stagesOf(given: unknown): readonly Stage[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown, i) => {
    const input: StageInput = typeof one === 'string' ? { title: one } : (Object(one) as StageInput);
    const title = textOf(input.title) || textOf(input.label) || textOf(input.name);
    if (!title) return [];
    return {
      name: textOf(input.name) || `${i + 1} ${title}`,
      title,
      state: wordOf(input.state) || wordOf(input.status) || 'pending',
      description: textOf(input.description),
      detail: textOf(input.detail),
      error: errorOf(input.error),
      percent: shareOf(input.percent),
      startedAt: numberOf(input.startedAt),
      endedAt: numberOf(input.endedAt),
      durationMs: numberOf(input.durationMs),
      expected: expectedOf(input.expected),
      attempts: numberOf(input.attempts) ?? 0,
      logs: Array.isArray(input.logs) ? input.logs.map(String) : [],
    };
  });
}

/** What the whole is in, told by its stages. */
function stateOf(stages: readonly Stage[]): string {
  const states = stages.map(({ state }) => state);
  for (const word of ['failed', 'running', 'cancelled']) if (states.includes(word)) return word;
  if (stages.length > 0 && stages.every(isOver)) return 'completed';
  return states.includes('completed') ? 'running' : 'pending';
}

/** Stages weigh what they usually take, where that is known of all of them. */
function percentOf(stages: readonly Stage[]): number {
  const known = stages.every(({ expected }) => expected !== undefined && expected.p50Ms > 0);
  let all = 0;
  let done = 0;
  for (const { state, percent = 0, expected } of stages) {
    const weight = known ? (expected?.p50Ms ?? 1) : 1;
    all += weight;
    if (state === 'completed' || state === 'skipped') done += weight;
    else if (state === 'running') done += (weight * percent) / 100;
  }
  return all === 0 ? 0 : Math.floor((done / all) * 100);
}

function wordOf(given: unknown): string {
  const word = textOf(given).trim();
  const known = word.toLowerCase();
  return Object.hasOwn(ALIASES, known) ? (ALIASES[known] ?? word) : word;
}

function errorOf(given: unknown): string {
  if (typeof given === 'string') return given;
  const { code, message } = Object(given) as { code?: unknown; message?: unknown };
  return textOf(message) || textOf(code);
}

function expectedOf(given: unknown): StageExpectation | undefined {
  const { p50Ms, p90Ms, runs } = Object(given) as Partial<StageExpectation>;
  const [usual, most] = [numberOf(p50Ms), numberOf(p90Ms)];
  if (usual === undefined || most === undefined) return undefined;
  return { p50Ms: usual, p90Ms: Math.max(usual, most), runs: numberOf(runs) ?? 0 };
}

function textOf(given: unknown): string {
  return typeof given === 'string' ? given : '';
}

function numberOf(given: unknown): number | undefined {
  return typeof given === 'number' && Number.isFinite(given) && given >= 0 ? given : undefined;
}

function shareOf(given: unknown): number | undefined {
  return typeof given === 'number' && Number.isFinite(given) ? Math.min(100, Math.max(0, given)) : undefined;
}
