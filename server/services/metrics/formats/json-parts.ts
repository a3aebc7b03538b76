/** How much there is in a body of JSON, before anybody makes objects of it: a small body can hold a great many. */
import { WaooawError } from '../../../../src/protocol/index.ts';

const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

/**
 * Counts commas and opening brackets, those in texts too: each costs an object, a key or an element.
 * @throws WaooawError `body_too_large`.
 */
export function checkParts(body: Buffer, most: number): void {
  if (body.length <= most) return;
  let parts = 0;
  for (const byte of body) {
    if (byte === COMMA || byte === OPEN_ARRAY || byte === OPEN_OBJECT) parts += 1;
  }
  if (parts > most)
    throw new WaooawError(
      'body_too_large',
      `The body has ${parts} commas and brackets; ${most} are read at once`,
    );
}
