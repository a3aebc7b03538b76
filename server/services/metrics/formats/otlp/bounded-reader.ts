/** A reader of protobuf that stays inside of what it was given: a length that leads out is an error, not a shorter value. */
import { PbfReader } from 'pbf';

/** Wire type of what has a length. */
const LENGTH_DELIMITED = 2;

/** Reads messages of one body. What it throws says that the bytes are no message. */
export class BoundedReader extends PbfReader {
  /** Goes to the beginning of a part of the body. @returns where the part ends. */
  enter(part: Uint8Array): number {
    return this.seek(part.byteOffset - this.buf.byteOffset, part.length);
  }

  /** @returns where it ends. */
  seek(start: number, length: number): number {
    this.pos = start;
    // Else a value seen there before would be skipped.
    this._valueStart = -1;
    return start + length;
  }

  /** @throws RangeError where the field before ran over the message's end, or the message over the body's. */
  override nextField(end = this.length): number {
    if (end > this.length) throw new RangeError('A length leads beyond the end');
    const field = super.nextField(end);
    if (this.pos > end) throw new RangeError('A field leads beyond its message');
    if (field === 0 && this.pos < end) throw new RangeError('A field has number 0');
    return field;
  }

  override readPackedEnd(): number {
    const end = super.readPackedEnd();
    if (end > this.length) throw new RangeError('A length leads beyond the end');
    return end;
  }
}

/** Steps through the messages of one field, without an object for each. */
export class Messages {
  readonly #reader: BoundedReader;
  readonly #field: number;
  #limit = 0;
  /** Its place in the list, from 0; -1 before the first. */
  index = -1;
  /** Where the message lies in the body. */
  start = 0;
  length = 0;

  constructor(body: Uint8Array, field: number) {
    this.#reader = new BoundedReader(body);
    this.#field = field;
  }

  /** Stands before the first of them. */
  enter(start: number, length: number): this {
    this.#limit = this.#reader.seek(start, length);
    this.index = -1;
    return this;
  }

  /** Goes to the next. @returns false at the end. @throws RangeError, Error where the bytes are no message. */
  next(): boolean {
    const reader = this.#reader;
    for (let field = reader.nextField(this.#limit); field !== 0; field = reader.nextField(this.#limit)) {
      if (field !== this.#field) continue;
      if (reader.type !== LENGTH_DELIMITED) throw new RangeError(`Field ${field} is no message`);
      this.length = reader.readVarint();
      this.start = reader.pos;
      this.index += 1;
      reader.pos += this.length;
      if (reader.pos > this.#limit) throw new RangeError('A length leads beyond the end');
      return true;
    }
    return false;
  }
}
