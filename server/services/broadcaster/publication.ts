/** What is published, as text. What comes from outside has bounds, looked at once, before it is stored. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { Json } from '../../../src/protocol/index.ts';
import { checkDepth } from '../../depth.ts';
import type { BroadcasterLimits } from './limits.ts';

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
 * @throws WaooawError as `jsonText` does, `bad_request` for what is nested too deeply, `publication_too_large`.
 */
export function publicationText(
  data: Json,
  { maxPublicationBytes, maxDepth }: Pick<BroadcasterLimits, 'maxPublicationBytes' | 'maxDepth'>,
): string {
  const text = jsonText(data);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxPublicationBytes) {
    throw new WaooawError(
      'publication_too_large',
      `The publication has ${bytes} bytes; ${maxPublicationBytes} are taken`,
    );
  }
  checkDepth(data, maxDepth);
  return text;
}
