/** Reads exports that are one JSON object, an entry at a time, however they are spaced. */
import { checkLength, parseJson } from './export-format.ts';
import type { ExportItem, ExportReader } from './export-format.ts';
import { ProofFailed } from './failed.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** The end of the object so far: what follows is the list of entries. */
const ENTRIES = /"entries"\s*:\s*$/;
const BLANK = /^\s*$/;
/** Whatever else stood here could pass for the entries: of a name that comes twice, readers take this or that one. */
const TAIL = /^\s*,\s*"count"\s*:\s*(\d+)\s*\}\s*$/;

/**
 * `{header…, "entries":[…], "count":n}`. Of what stands around the list of entries the text is kept, of the list no more than one
 * entry.
 */
export class JsonReader implements ExportReader {
  readonly unit = 'Item';
  #frame = '';
  #item = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Of the list of entries: before it, in it, behind it. */
  #list: 'ahead' | 'within' | 'behind' = 'ahead';
  place = 0;

  *push(text: string): Iterable<ExportItem> {
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
        continue;
      }
      if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        this.#depth += 1;
        if (this.#depth !== 2 || code !== OPEN_LIST || this.#list !== 'ahead') continue;
        const before = this.#frame + text.slice(start, at);
        if (!ENTRIES.test(before)) continue;
        this.#frame = before;
        start = at + 1;
        this.#list = 'within';
        yield { header: this.#header() };
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth !== 1 || this.#list !== 'within') continue;
        const last = this.#item + text.slice(start, at);
        if (this.place > 0 || !BLANK.test(last)) yield this.#entry(last);
        this.#item = '';
        this.#frame = '';
        start = at + 1;
        this.#list = 'behind';
      } else if (code === COMMA && this.#depth === 2 && this.#list === 'within') {
        yield this.#entry(this.#item + text.slice(start, at));
        this.#item = '';
        start = at + 1;
      }
    }
    if (this.#list === 'within') this.#item += text.slice(start);
    else this.#frame += text.slice(start);
    checkLength(this.#item.length + this.#frame.length);
  }

  *finish(): Iterable<ExportItem> {
    if (this.#depth > 0 || this.#list !== 'behind') return;
    const count = TAIL.exec(this.#frame)?.[1];
    if (count === undefined) throw new ProofFailed('malformed', 'expected "count" alone behind its entries');
    yield { end: { end: true, count: Number(count) } };
  }

  #entry(text: string): ExportItem {
    this.place += 1;
    return { line: parseJson(text) };
  }

  #header(): unknown {
    const header = parseJson(`${this.#frame}[]}`) as Record<string, unknown>;
    if (typeof header !== 'object') throw new ProofFailed('malformed', 'it is no object');
    const { entries: _, ...rest } = header;
    return rest;
  }
}
