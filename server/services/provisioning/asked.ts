/** What a request to the provisioning service says beside its content: who asks, again or not, and of which generation. */
import type { Context } from 'hono';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { OperationStatus } from '../../../src/protocol/index.ts';
import { actorOf } from '../../http/auditing.ts';
import type { AppEnv } from '../../http/env.ts';
import type { Asked } from './provisioning.ts';

/** Visible ASCII. */
const KEY = /^[\x21-\x7e]{1,128}$/;
/** A strong entity tag of ours (RFC 9110 §8.8.3): a whole number. */
const ETAG = /^"(0|[1-9]\d{0,14})"$/;
/** No generation: what names it is never the present one. */
const NEVER = -1;

/** A request, as the service takes it, and whether it turned out to be an earlier one again. */
export interface Request {
  readonly asked: Asked;
  readonly repeated: () => boolean;
}

/** @throws WaooawError `bad_request` for a header that cannot be understood. */
export function requestOf(c: Context<AppEnv>): Request {
  const { identity, requestId, clientAddress } = c.var;
  const idempotencyKey = keyOf(c.req.header('idempotency-key'));
  const ifMatch = generationOf(c.req.header('if-match'));
  let repeated = false;
  return {
    repeated: () => repeated,
    asked: {
      by: identity.id,
      actor: actorOf(identity),
      requestId,
      ...(clientAddress !== '' && { ip: clientAddress }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(ifMatch !== undefined && { ifMatch }),
      onRepeated: () => void (repeated = true),
    },
  };
}

/** The entity tag of a generation or a revision. */
export function etagOf(count: number): string {
  return `"${count}"`;
}

/** Answers with an operation, and says where it is found again. */
export function located(c: Context<AppEnv>, basePath: string, { operation }: OperationStatus): void {
  c.header('location', `${basePath}/api/operations/${encodeURIComponent(operation)}`);
}

function keyOf(header: string | undefined): string | undefined {
  if (header === undefined || KEY.test(header)) return header;
  throw new WaooawError(
    'bad_request',
    'The Idempotency-Key header must be 1 to 128 visible characters of ASCII, without spaces',
  );
}

/**
 * RFC 9110 §13.1.1: `*` asks only that it exists; weak tags, and those that were never ours, match nothing.
 * @throws WaooawError `bad_request` for more than one.
 */
function generationOf(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  if (header.includes(',')) {
    throw new WaooawError('bad_request', 'The If-Match header must be one entity tag, such as "7", or *');
  }
  const [, digits] = ETAG.exec(header.trim()) ?? [];
  return digits === undefined ? NEVER : Number(digits);
}
