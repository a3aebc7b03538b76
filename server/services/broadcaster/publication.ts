/** What is published, as text. What comes from outside has bounds, looked at once, before it is stored. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json } from '../../../src/protocol/index.ts';

/** Levels of arrays and objects. Far below what any reader's parser takes, whatever else is on its stack. */
const MAX_DEPTH = 128;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Writes data as JSON. @throws WaooawError `bad_request` for what JSON has nothing for. */
export function jsonText(data: Json): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(data);
  } catch (cause) {
    throw new WaooawError('bad_request', 'The data cannot be written as JSON', { cause });
  }
  // What a function, a symbol or undefined becomes.
  if (text === undefined) throw new WaooawError('bad_request', 'The data is nothing that JSON has');
  return text;
}

/**
 * Writes data of somebody from outside as JSON.
 * @param maxBytes of the text.
 * @throws WaooawError as `jsonText` does, `bad_request` for what is nested too deeply, `publication_too_large`.
 */
export function publicationText(data: Json, maxBytes: number): string {
  const text = jsonText(data);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) {
    throw new WaooawError(
      'publication_too_large',
      `The publication has ${bytes} bytes; ${maxBytes} are taken`,
    );
  }
  if (depthOf(text) > MAX_DEPTH)
    throw new WaooawError('bad_request', `The data is nested more than ${MAX_DEPTH} levels deep`);
  return text;
}

/** Levels of arrays and objects of a JSON text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) inString = !inString;
    else if (inString) {
      // What is escaped ends nothing.
      if (code === BACKSLASH) i += 1;
    } else if (OPENING.has(code)) deepest = Math.max(deepest, (depth += 1));
    else if (CLOSING.has(code)) depth -= 1;
  }
  return deepest;
}
