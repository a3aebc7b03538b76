/** The refusal of a body by what it says it is. */
import { WaooawError } from '../../src/protocol/index.ts';

/**
 * Says what was sent, or that nothing says what it is, and what is wanted.
 * @param type the request's media type without its parameters; undefined or empty where it names none.
 * @param taken those that are read there.
 */
export function unsupportedMediaType(type: string | undefined, taken: Iterable<string>): WaooawError {
  const found = type ? `content-type was "${type}"` : 'There is no content-type';
  return new WaooawError('unsupported_media_type', `${found}; expected ${[...taken].join(' or ')}`);
}
