/** Frames as nobody should send them: valid ones, changed at a place that a seed decides. */
import type { Chance } from './chance.ts';

type Node = Record<string, unknown> | unknown[];

const LONG = 20_000;
/** Deeper than any stack. */
const DEEP = 30_000;

/** Values that have broken programs before. */
const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 2 ** 64,
  () => 1e308,
  () => -1e-308,
  () => '',
  () => '0',
  () => 'x'.repeat(LONG),
  () => '\ud800',
  () => '\u0000',
  () => '__proto__',
  () => 'constructor',
  () => [],
  () => {},
  () => ({}),
  () => [[]],
  () => [[1]],
  () => [[2, null], [1]],
  () => Array.from({ length: 2_000 }, () => 0),
  () => Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, i])),
  () =>
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown,
  () => ({ length: 1e9 }),
  () => ({ toString: 1, valueOf: 1, toJSON: 1, then: 1 }),
];

/** Changes to a text, whatever it says. */
const TEXTS: readonly ((text: string, chance: Chance) => string)[] = [
  (text, chance) => text.slice(0, chance.whole(0, text.length)),
  (text, chance) => text.slice(chance.whole(0, text.length)),
  (text, chance) => put(text, chance, String.fromCharCode(chance.whole(0, 0xffff))),
  (text, chance) => put(text, chance, '\n'),
  (text, chance) => put(text, chance, '\n'.repeat(50)),
  (text, chance) => put(text, chance, '\u0000'),
  (text, chance) => put(text, chance, ','),
  (text, chance) => put(text, chance, '"'),
  (text) => `\ufeff${text}`,
  (text) => `${text}\n${text}`,
  (text) => `[${text}]`,
  (text) => text.replace('{', '{"id":7,'),
  (text) => text.replace(/\}$/, ',"id":8}'),
  (text) => text.replace('{', '{"__proto__":{"id":9},'),
  (text) => text.replace(/\d+/, '1e400'),
  (text) => text.replace(/\d+/, '-0'),
  (text) => text.replace(/\d+/, '9'.repeat(400)),
  (text) => text.replace(/:/, ': \t\r'),
  (text) => text.replace(/"[^"]*"/, '"\\ud800"'),
  (text) => text.replace(/:[^:,{}[\]]+/, `:${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
  (text) => text.replace(/:[^:,{}[\]]+/, `:${'{"a":'.repeat(DEEP / 3)}1${'}'.repeat(DEEP / 3)}`),
  () => '['.repeat(DEEP),
  () => '{"a":'.repeat(DEEP / 3),
  () => ' '.repeat(LONG),
  () => '\n'.repeat(200),
  () => '',
];

/** Changes a message once or a few times. @param message is not touched. */
export function mutated(message: object, chance: Chance): string {
  const copy = structuredClone(message) as Node;
  for (let times = chance.whole(0, 2); times > 0; times -= 1) change(copy, chance);
  const text = JSON.stringify(copy);
  return chance.maybe(0.5) ? chance.pick(TEXTS)(text, chance) : text;
}

/** Nests something deeper than any stack in the place of one plain value, whichever. */
export function nested(message: object, chance: Chance): string {
  const text = JSON.stringify(message);
  const { index, 0: found } = chance.pick([...text.matchAll(/:[^:,{}[\]]+/g)]);
  const deep = chance.pick([
    '['.repeat(DEEP) + ']'.repeat(DEEP),
    '{"a":'.repeat(DEEP / 3) + '1' + '}'.repeat(DEEP / 3),
  ]);
  return `${text.slice(0, index)}:${deep}${text.slice(index + found.length)}`;
}

/** Puts something else at one place, takes it away, or adds to it. */
function change(node: Node, chance: Chance): void {
  const key = chance.pick(Object.keys(node)) as string | undefined;
  const into = node as Record<string, unknown>;
  if (key === undefined || chance.maybe(0.1)) {
    into[chance.pick(['id', 'n', 'pubs', 'ch', 'since', 'lost', 'x'])] = chance.pick(VALUES)();
    return;
  }
  const child = into[key];
  if (typeof child === 'object' && child !== null && chance.maybe(0.7)) return change(child as Node, chance);
  if (chance.maybe(0.2)) delete into[key];
  else into[key] = chance.pick(VALUES)();
}

function put(text: string, chance: Chance, what: string): string {
  const at = chance.whole(0, text.length);
  return text.slice(0, at) + what + text.slice(at + chance.whole(0, 1));
}
