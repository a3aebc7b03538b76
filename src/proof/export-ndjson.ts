/** Reads exports of one JSON value a line. */
import { checkLength, parseJson } from './export-format.ts';
import type { ExportItem, ExportReader } from './export-format.ts';
import { ProofFailed } from './failed.ts';

/** Header, entries, end: a line each. */
export class NdjsonReader implements ExportReader {
  readonly unit = 'Line';
  #rest = '';
  place = 0;
  #blank = false;

  *push(text: string): Iterable<ExportItem> {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    checkLength(this.#rest.length);
    for (const line of lines) yield* this.#item(line);
  }

  *finish(): Iterable<ExportItem> {
    if (this.#rest !== '') yield* this.#item(this.#rest);
  }

  *#item(text: string): Iterable<ExportItem> {
    this.place += 1;
    if (this.#blank) throw new ProofFailed('malformed', 'the line before it is empty');
    this.#blank = text.trim() === '';
    if (this.#blank) return;
    const value = parseJson(text) as Record<string, unknown> | null;
    if (typeof value === 'object' && value && 'waooaw' in value) yield { header: value };
    else if (typeof value === 'object' && value && 'end' in value) yield { end: value };
    else yield { line: value };
  }
}
