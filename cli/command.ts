/** What the commands that talk to a running server have in common. */

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
}

/** @returns the address. Not repeated when it is wrong: it may hold a password. @throws Misuse. */
export function serverUrl(text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw new Misuse('--url must be an http address without a name and password');
}

/** @throws Misuse where there is a word more than the command takes. */
export function noMore([word]: readonly string[]): void {
  if (word !== undefined) throw new Misuse(`"${word}" is one word too many`);
}
