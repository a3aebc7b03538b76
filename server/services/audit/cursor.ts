/** Page marks that belong to one query and cannot be made elsewhere. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { WaooawError } from '../../../src/protocol/index.ts';

/** Writes and reads page marks. */
export interface Cursors {
  /** @param query what the page answers, in one spelling. @param before the sequence that the next page is below. */
  write(query: string, before: number): string;
  /** @throws WaooawError `bad_cursor` for one that was not made here, or for another query. */
  read(query: string, cursor: string): number;
}

const MAC_BYTES = 16;
const LENGTH = 8 + MAC_BYTES;

/** @param secret 32 bytes that outlast restarts. */
export function createCursors(secret: Uint8Array): Cursors {
  const write = (query: string, before: number): string => {
    const bytes = Buffer.alloc(LENGTH);
    bytes.writeBigUInt64BE(BigInt(before));
    const mac = createHmac('sha256', secret).update(bytes.subarray(0, 8)).update(query).digest();
    mac.copy(bytes, 8, 0, MAC_BYTES);
    return bytes.toString('base64url');
  };

  return {
    write,
    read(query, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length === LENGTH) {
        const before = bytes.readBigUInt64BE();
        // Beyond what a number can say no cursor was ever made.
        const expected = before <= BigInt(Number.MAX_SAFE_INTEGER) ? write(query, Number(before)) : '';
        if (expected.length === cursor.length && timingSafeEqual(Buffer.from(expected), Buffer.from(cursor)))
          return Number(before);
      }
      throw new WaooawError(
        'bad_cursor',
        `cursor: expected the "next" of a page of this query, was "${cursor.slice(0, 80)}"`,
      );
    },
  };
}
