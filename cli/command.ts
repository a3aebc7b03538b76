/** What the commands that talk to a running server have in common. */
import type { Server } from './api.ts';
import type { Terminal } from './screen.ts';

/** Where a server listens that was told nothing else. */
export const DEFAULT_URL = 'http://127.0.0.1:8787';

/** A misuse of the command line: what was wrong. */
export class Misuse extends Error {}

/** Where a command's lines go. */
export interface Output {
  /** What was asked for. */
  print(line: string): void;
  /** What is said about it. */
  note(line: string): void;
  /** Where what was asked for is shown, when that can be drawn over. */
  readonly terminal?: Terminal | undefined;
}

/** The server that the options or the environment name, and who we are to it. @throws Misuse. */
export function serverOf(url: string | undefined, env: NodeJS.ProcessEnv): Server {
  const named = url ?? env['WAOOAW_URL'] ?? DEFAULT_URL;
  const where = url === undefined ? 'WAOOAW_URL' : '--url';
  return { url: serverUrl(named, where), token: env['WAOOAW_TOKEN'] };
}

/** @returns the address. Not repeated when it is wrong: it may hold a password. @throws Misuse. */
function serverUrl(text: string, where: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new Misuse(`${where} must be an http address without a name and password`);
}

/** @throws Misuse where there is a word more than the command takes. */
export function noMore([word]: readonly string[]): void {
  if (word !== undefined) throw new Misuse(`"${word}" is one word too many`);
}

/** @returns the first word, the only one. @throws Misuse where there is none, or one more. */
export function oneWord([word, ...more]: readonly string[], what: string): string {
  if (word === undefined || word === '') throw new Misuse(`It needs ${what}`);
  noMore(more);
  return word;
}

/** @returns the number, undefined where there is none. @throws Misuse for what is no whole number between. */
export function wholeNumber(
  option: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return value;
  throw new Misuse(`--${option} is "${text}"; expected a whole number from ${min} to ${max}`);
}

/** `name=value` texts as an object. @throws Misuse for what is none, or a name that is there twice. */
export function pairs(option: string, texts: readonly string[]): Record<string, string> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new Misuse(`--${option} is "${text}"; expected <name>=<value>`);
    const name = text.slice(0, at);
    if (name in found) throw new Misuse(`--${option} names "${name}" twice`);
    found[name] = text.slice(at + 1);
  }
  return { ...found };
}
