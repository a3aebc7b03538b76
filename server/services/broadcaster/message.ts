/** The edge for inbound messages: what is one, what is wrong with one, and how an error reads in an answer. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { ClientMessage, ErrorBody } from '../../../src/protocol/index.ts';
import { COMMANDS, pong } from '../../../src/protocol/frames.schema.ts';
import { checkDepth } from '../../depth.ts';

const SCHEMAS = new Map<string, (typeof COMMANDS)[keyof typeof COMMANDS] | typeof pong>([
  ...Object.entries(COMMANDS),
  ['pos', pong],
]);

/**
 * Checks a decoded message.
 * @param maxDepth levels of arrays and objects, the message itself included.
 * @throws WaooawError `bad_frame`, `unknown_command`, or `bad_request`, naming the field where it is one.
 */
export function parseMessage(message: unknown, maxDepth: number): ClientMessage {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw new WaooawError('bad_frame');
  // Before a host's method is handed its data, and whoever then walks that by recursion.
  checkDepth(message, maxDepth);
  for (const [name, schema] of SCHEMAS) {
    if (!Object.hasOwn(message, name)) continue;
    const result = schema.safeParse(message);
    if (result.success) return result.data;
    const { path, message: reason } = result.error.issues[0]!;
    throw new WaooawError('bad_request', `${path.join('.')}: ${reason}`);
  }
  throw new WaooawError('unknown_command', `Expected one of ${[...SCHEMAS.keys()].join(', ')}`);
}

/** The id to answer with, or null when the message has none. */
export function idOf(message: unknown): number | null {
  const id: unknown = typeof message === 'object' && message !== null && 'id' in message ? message.id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

/** An error as an answer carries it. What is not ours is not told. */
export function errorBody(error: unknown): ErrorBody {
  const known =
    error instanceof WaooawError ? error : new WaooawError('internal', undefined, { cause: error });
  const { code, message, retryable, afterMs } = known;
  return { code, message, retryable, ...(afterMs !== undefined && { afterMs }) };
}
