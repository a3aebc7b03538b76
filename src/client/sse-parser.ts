/** Server-sent events out of a stream of text, by the HTML standard's grammar. `id` and `retry` mean nothing here. */

/** One event. */
export interface SseEvent {
  /** `message` unless the server named another. */
  readonly type: string;
  readonly data: string;
}

/** Reads events from text that comes in pieces, cut anywhere. */
export class SseParser {
  #rest = '';
  #atStart = true;
  /** The last piece ended with CR: an LF at the start of the next one belongs to it. */
  #afterCr = false;
  #type = '';
  #data: string[] = [];

  /** @returns the events that this piece completes. */
  push(piece: string): SseEvent[] {
    let text = piece;
    if (this.#atStart && text) {
      this.#atStart = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (this.#afterCr && text) {
      this.#afterCr = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text.endsWith('\r')) this.#afterCr = true;
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop()!;
    return lines.flatMap((line) => this.#line(line) ?? []);
  }

  #line(line: string): SseEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    return undefined;
  }

  #dispatch(): SseEvent | undefined {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') };
    const any = this.#data.length > 0;
    this.#type = '';
    this.#data = [];
    return any ? event : undefined;
  }
}
