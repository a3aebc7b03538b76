/** The one vocabulary of states: what services say, elements show, tokens colour and docs explain. */

/** How bad a state is, and with it the tone it is shown in. */
export type Severity = 'ok' | 'info' | 'neutral' | 'unknown' | 'degraded' | 'critical';

/** The figure drawn for a state, so that colour never speaks alone. An arc moves: something is under way. */
export type Shape =
  | 'disc'
  | 'triangle'
  | 'octagon'
  | 'ring-slash'
  | 'arc'
  | 'dotted-ring'
  | 'bar'
  | 'wrench'
  | 'question'
  | 'dashed-ring';

/** What the vocabulary says of one word. */
export interface StateInfo {
  /** The word itself, kebab-case. */
  readonly word: string;
  readonly severity: Severity;
  readonly shape: Shape;
  /** English label. Translations key on `word`. */
  readonly label: string;
}

/**
 * One line a family: severity, shape, words. `unreachable`, `provisioned`, `deployed`, `rolling-back` and
 * `rolled-back` extend the base table to every state that a check, an agent or an operation can be in.
 */
const FAMILIES = [
  ['ok', 'disc', 'up ok healthy success online active running completed resolved'],
  ['degraded', 'triangle', 'degraded warning pending-alert rolled-back'],
  ['critical', 'octagon', 'down critical error failed firing crashed errored'],
  ['critical', 'ring-slash', 'offline unreachable'],
  ['info', 'arc', 'working running-stage creating starting stopping upgrading rolling-back'],
  ['neutral', 'dotted-ring', 'pending queued draft provisioned deployed'],
  ['neutral', 'bar', 'stopped suspended cancelled skipped revoked'],
  ['info', 'wrench', 'maintenance paused'],
  ['unknown', 'question', 'unknown no-data'],
  ['neutral', 'dashed-ring', 'stale reconnecting'],
] as const satisfies readonly (readonly [Severity, Shape, string])[];

type Words<Text> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

/** Every word of the vocabulary. */
export type StateWord = Words<(typeof FAMILIES)[number][2]>;

/** Every word of the vocabulary, in the order of the table. */
export const STATE_WORDS: readonly string[] = /* @__PURE__ */ FAMILIES.flatMap(([, , words]) =>
  words.split(' '),
);

/** From best to worst. `unknown` stands below `degraded`, so that not knowing never masks a failure. */
export const SEVERITIES: readonly Severity[] = ['ok', 'neutral', 'info', 'unknown', 'degraded', 'critical'];

/**
 * Looks a word up, forgiving case, spaces and underscores (`"Pending alert"` is `pending-alert`).
 * @param word what a service or a page said.
 * @returns the state, or undefined for a word that the vocabulary does not list.
 */
export function findState(word: string): StateInfo | undefined {
  const key = word
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  for (const [severity, shape, words] of FAMILIES) {
    if (words.split(' ').includes(key)) return { word: key, severity, shape, label: labelOf(key) };
  }
  return undefined;
}

/** The worse of two severities. */
export function worseOf(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

function labelOf(word: string): string {
  return word === 'ok' ? 'OK' : word[0]?.toUpperCase() + word.slice(1).replace('-', ' ');
}
