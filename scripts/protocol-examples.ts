/**
 * The examples of docs/protocol.md, read. A fenced block of the language `frames` is one conversation:
 *
 *     → a message that the client sends        → POST <path> <body>   over the streaming variant
 *     ← a message that the server sends        ← data: <message>, ← event: <name>, ← <status> <type> there
 *     ← close <code> <reason>
 *     · what happens meanwhile, in words
 *
 * A line that begins with a space goes on with the one before. `…` stands for what is left out: a value, the rest of an
 * object or of a list. Behind `frames` stand, invisible on the page, the example's name and what it starts from.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';

/** The page. */
export const PAGE = join(root, 'docs/protocol.md');

/** One line of a conversation. */
export type Step =
  | { readonly kind: 'send'; readonly message: unknown; readonly path?: string }
  | { readonly kind: 'hear'; readonly message: unknown; readonly event?: string; readonly data?: true }
  | { readonly kind: 'status'; readonly status: number; readonly type?: string }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'happens'; readonly text: string };

/** One conversation. */
export interface Example {
  readonly name: string;
  /** What it starts from, by key: `as=ana`, `follows=app/orders`. */
  readonly given: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Where it stands, for messages of tests. */
  readonly line: number;
}

/** What stands for anything: a text in its place is still JSON, the bare sign is not. */
const ANY = '…';
const BARE = '……';

const BLOCK = /^```frames *(.*)\n([\s\S]*?)^```$/gm;

/** Every example of a page. @throws SyntaxError naming the line of what cannot be read. */
export function readExamples(page = readFileSync(PAGE, 'utf8')): Example[] {
  return [...page.matchAll(BLOCK)].map(({ index, 1: words = '', 2: body = '' }) => {
    const line = page.slice(0, index).split('\n').length;
    const [name = '', ...pairs] = words.split(' ');
    if (name === '') throw new SyntaxError(`docs/protocol.md:${line}: an example without a name`);
    const given = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
    try {
      return { name, given, steps: readSteps(body), line };
    } catch (error) {
      throw new SyntaxError(`docs/protocol.md:${line}: ${String(error)}`, { cause: error });
    }
  });
}

/** True when something is left out that is no text. */
export function isPartial(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === BARE;
  return BARE in value || Object.values(value).some(isPartial);
}

/** Puts texts where they were left out. @param fill by the field's name and the object that it stands in. */
export function filled(value: unknown, fill: (key: string, within: object) => string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => filled(item, fill));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, part === ANY ? fill(key, value) : filled(part, fill)]),
  );
}

/** Without the signs for what is left out: what is whole in itself, and goes through a client. */
export function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === BARE ? 0 : value;
  const rest = leavesRest(value);
  if (Array.isArray(value)) return (rest ? value.slice(0, -1) : value).map(bare);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (key === BARE ? [] : [[key, bare(part)]])),
  );
}

/**
 * Where a value differs from what an example says; undefined when it does not.
 * @param said may leave things out.
 */
export function difference(said: unknown, heard: unknown, path = ''): string | undefined {
  if (said === ANY || said === BARE) return heard === undefined ? `${path} is missing` : undefined;
  const objects = typeof said === 'object' && said !== null && typeof heard === 'object' && heard !== null;
  if (!objects || Array.isArray(said) !== Array.isArray(heard)) {
    return Object.is(said, heard) ? undefined : `${path}: ${show(said)} was said, ${show(heard)} came`;
  }
  const [expected, found] = [fieldsOf(said), fieldsOf(heard)];
  const more = [...found.keys()].find((key) => !expected.has(key));
  if (more !== undefined && !leavesRest(said)) return `${path}.${more} came as well`;
  for (const [key, part] of expected) {
    const differs = difference(part, found.get(key), `${path}.${key}`);
    if (differs !== undefined) return differs;
  }
  return undefined;
}

/** Without the sign for the rest. */
function fieldsOf(value: object): Map<string, unknown> {
  const fields = Object.entries(value);
  return new Map(leavesRest(value) ? fields.filter(([, part]) => part !== BARE) : fields);
}

function leavesRest(value: object): boolean {
  return Array.isArray(value) ? value.at(-1) === BARE : BARE in value;
}

function readSteps(body: string): Step[] {
  const lines: string[] = [];
  for (const line of body.split('\n')) {
    if (line.trim() === '') continue;
    if (/^\s/.test(line)) lines.push(`${lines.pop() ?? ''}${line.trim()}`);
    else lines.push(line);
  }
  const steps: Step[] = [];
  let event: string | undefined;
  for (const line of lines) {
    const { 1: arrow, 2: text = '' } = /^([→←·]) (.+)$/.exec(line) ?? [];
    const named = /^event: (\w+)$/.exec(text);
    if (arrow === '←' && named) event = named[1]!;
    else {
      steps.push({ ...readStep(arrow, text), ...(event !== undefined && { event }) });
      event = undefined;
    }
  }
  return steps;
}

function readStep(arrow: string | undefined, text: string): Step {
  if (arrow === '·') return { kind: 'happens', text };
  const post = /^POST (\S+) (.+)$/.exec(text);
  if (arrow === '→') {
    return post
      ? { kind: 'send', path: post[1]!, message: readMessage(post[2]!) }
      : { kind: 'send', message: readMessage(text) };
  }
  const closed = /^close (\d+) (\w+)$/.exec(text);
  const status = /^(\d{3})(?: (\S+))?$/.exec(text);
  if (arrow !== '←') throw new SyntaxError(`"${text}" is neither sent nor heard nor happens`);
  if (closed) return { kind: 'close', code: Number(closed[1]), reason: closed[2]! };
  if (status) return { kind: 'status', status: Number(status[1]), ...(status[2] && { type: status[2] }) };
  const data = text.startsWith('data: ');
  return { kind: 'hear', message: readMessage(data ? text.slice(6) : text), ...(data && { data }) };
}

/** JSON, in which `…` may stand for a value, for the rest of an object, or for the rest of a list. */
function readMessage(text: string): unknown {
  const open: string[] = [];
  let json = '';
  let before = '';
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i]!;
    if (sign === '"') {
      const end = /"(?:[^"\\]|\\.)*"/y;
      end.lastIndex = i;
      const [string = '"'] = end.exec(text) ?? [];
      json += string;
      i += string.length - 1;
    } else if (sign === ANY)
      json += open.at(-1) === '{' && before !== ':' ? `"${BARE}":"${BARE}"` : `"${BARE}"`;
    else json += sign;
    if (sign === '{' || sign === '[') open.push(sign);
    if (sign === '}' || sign === ']') open.pop();
    if (sign.trim() !== '') before = sign;
  }
  return JSON.parse(json);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
