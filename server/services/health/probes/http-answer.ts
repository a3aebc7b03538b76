/** Whether an answer is the one that was expected. */
import type { IncomingMessage } from 'node:http';
import type { RE2JS } from 're2js';
import type { HttpProbe } from '../../../../src/protocol/probe.schema.ts';
import { compilePattern } from '../../../pattern.ts';
import { ProbeFailure } from './failure.ts';
import { compileJsonExpectation } from './json-path.ts';
import type { JsonExpectation } from './json-path.ts';
import type { Run } from './run.ts';
import { compiled, matchesSomewhere, reachOf } from './text-expectation.ts';
import { TextSearch } from './text-search.ts';

/** What is expected, ready to be compared. */
export class HttpExpectation {
  readonly #statuses: readonly (readonly [from: number, to: number])[];
  readonly #headers: readonly (readonly [name: string, pattern: RE2JS])[];
  readonly #contains: string | undefined;
  readonly #matches: RE2JS | undefined;
  readonly #json: readonly JsonExpectation[];
  readonly #maxBytes: number;

  /** @throws RangeError for a pattern or a JSON expectation that cannot be read. */
  constructor({ expect, maxBodyBytes }: Pick<HttpProbe, 'expect' | 'maxBodyBytes'>) {
    this.#statuses = expect.status.map(rangeOf);
    this.#headers = Object.entries(expect.headers).map(([name, text]) => [
      name.toLowerCase(),
      compilePattern(text),
    ]);
    this.#contains = expect.contains;
    this.#matches = compiled(expect.matches);
    this.#json = expect.json.map(compileJsonExpectation);
    this.#maxBytes = maxBodyBytes;
  }

  /** Says what is wrong with status and headers; undefined where nothing is. */
  refuses({ statusCode = 0, headers }: IncomingMessage): string | undefined {
    if (!this.#statuses.some(([from, to]) => statusCode >= from && statusCode <= to))
      return `HTTP ${statusCode}`;
    for (const [name, pattern] of this.#headers) {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (value === undefined) return `HTTP ${statusCode}, without the header ${name}`;
      // Only of `set-cookie` there are several.
      if (![value].flat().some((one) => matchesSomewhere(pattern, one)))
        return `HTTP ${statusCode}, but the header ${name} is not as expected`;
    }
    return undefined;
  }

  /** True where the body has to be read. */
  get needsBody(): boolean {
    return this.#contains !== undefined || this.#matches !== undefined || this.#json.length > 0;
  }

  /**
   * Reads as much of the body as is needed.
   * @returns what is wrong with it; undefined where nothing is.
   * @throws ProbeFailure where it is cut off or cannot be read.
   */
  async refusesBody(response: IncomingMessage, run: Run): Promise<string | undefined> {
    const { 'content-encoding': encoding = 'identity' } = response.headers;
    if (encoding.trim().toLowerCase() !== 'identity')
      return 'The answer is compressed, though that was not asked for, and its body cannot be judged';
    run.phase = 'reading the body of the answer';
    const search = new TextSearch(this.#contains ?? '');
    const { body, whole } = await run.within(this.#read(response, search));
    const within = (limit: number): string =>
      whole && body.length <= limit ? '' : ` in the first ${limit} bytes`;
    if (!search.found) return `The body does not contain the expected text${within(this.#maxBytes)}`;
    if (this.#matches && !matchesSomewhere(this.#matches, body)) {
      const reach = Math.min(this.#maxBytes, reachOf(this.#matches));
      return `The body does not match the expected pattern${within(reach)}`;
    }
    return this.#json.length === 0 ? undefined : this.#refusesJson(body, whole);
  }

  #refusesJson(body: Buffer, whole: boolean): string | undefined {
    if (!whole) return `The body is larger than ${this.#maxBytes} bytes`;
    let document: unknown;
    try {
      document = JSON.parse(body.toString());
    } catch {
      return 'The body is not JSON';
    }
    for (const expectation of this.#json) {
      const problem = expectation(document);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  async #read(response: IncomingMessage, search: TextSearch): Promise<{ body: Buffer; whole: boolean }> {
    const keeps = this.#matches !== undefined || this.#json.length > 0;
    const parts: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const part of response as AsyncIterable<Buffer>) {
        const taken = part.subarray(0, this.#maxBytes - bytes);
        bytes += taken.length;
        search.take(taken);
        if (keeps) parts.push(taken);
        if (taken.length < part.length) return { body: Buffer.concat(parts), whole: false };
        // Nothing that is still to come could change what was found.
        if (!keeps && search.found) break;
      }
    } catch (cause) {
      throw new ProbeFailure('The connection ended in the middle of the body', { cause });
    }
    return { body: Buffer.concat(parts), whole: true };
  }
}

function rangeOf(status: number | string): readonly [number, number] {
  const [from, to = from] = String(status).split('-').map(Number);
  return [from!, to!];
}
