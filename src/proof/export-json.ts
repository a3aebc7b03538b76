/** Reads exports that are one JSON object, an entry at a time, however they are spaced. */
import { HEADER_FIELDS, checkLength, parseJson } from './export-format.ts';
import type { ExportItem, ExportReader } from './export-format.ts';
import { quoted } from './bytes.ts';
import { ProofFailed } from './failed.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const ENTRIES = 'entries';
const BLANK = /^[ \t\r\n]*$/;

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
        this.#frame += text.slice(start, at);
        start = at;
        const header = this.#headerBefore();
        if (!header) continue;
        start = at + 1;
        this.#list = 'within';
        yield { header };
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth !== 1 || this.#list !== 'within') continue;
        if (code !== CLOSE_LIST) throw new ProofFailed('malformed', 'the list of its entries ends in }');
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
    const { count, ...rest } = objectIn(`{"${ENTRIES}":[]${this.#frame}`);
    // Whatever else stood here could pass for the header or for the entries.
    if (count === undefined || Object.keys(rest).some((name) => name !== ENTRIES))
      throw new ProofFailed('malformed', 'expected "count" alone behind its entries');
    yield { end: { end: true, count } };
  }

  #entry(text: string): ExportItem {
    this.place += 1;
    return { line: parseJson(text) };
  }

  /**
   * Of a list that begins: whose name only a parser can tell, since a name may have quotes and escapes of its own.
   * @returns the header before it, where it is the list of entries.
   */
  #headerBefore(): Record<string, unknown> | undefined {
    const object = objectIn(`${this.#frame}[]}`);
    const names = Object.keys(object);
    // At the first of them, so that many lists do not make it parsed again and again.
    const odd = names.find((name) => name !== ENTRIES && !HEADER_FIELDS.has(name));
    if (odd !== undefined) throw new ProofFailed('malformed', `${quoted(odd)} is no field of a header`);
    const { [ENTRIES]: entries, ...header } = object;
    if (entries === undefined) return undefined;
    if (names.at(-1) === ENTRIES) return header;
    throw new ProofFailed('malformed', 'its "entries" are no list');
  }
}

/**
 * @param text begins or ends with a brace: it is an object, or no JSON. Names are told once each.
 * @throws ProofFailed `malformed` where it is none.
 */
function objectIn(text: string): Record<string, unknown> {
  return parseJson(text) as Record<string, unknown>;
}
