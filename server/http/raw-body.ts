/** Bodies as bytes, decompressed. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Context } from 'hono';
import { WaooawError } from '../../src/protocol/index.ts';
import type { AppEnv } from './env.ts';

const decompress = promisify(gunzip);

/**
 * Reads a body whole. How large it may be as it was sent is the app's to say.
 * @param maxBytes once it is decompressed.
 * @throws WaooawError `body_too_large`, `bad_encoding`, `bad_request` for a body that breaks off, `rate_limited` beyond the budget.
 */
export async function readRaw(c: Context<AppEnv>, maxBytes: number, budget: BodyBudget): Promise<Buffer> {
  const release = budget.take(Number(c.req.header('content-length') ?? maxBytes));
  try {
    return await readWithin(c, maxBytes);
  } finally {
    release();
  }
}

/** What may be on its way in at once, so that many slow senders do not fill the memory. */
export class BodyBudget {
  readonly #maxBytes: number;
  #taken = 0;

  /** @param maxBytes of all bodies together. One alone is always taken. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns gives them back. @throws WaooawError `rate_limited`. */
  take(bytes: number): () => void {
    if (this.#taken > 0 && this.#taken + bytes > this.#maxBytes)
      throw new WaooawError(
        'rate_limited',
        `Bodies of ${this.#taken} bytes are on their way in; ${this.#maxBytes} may be`,
      );
    this.#taken += bytes;
    return () => {
      this.#taken -= bytes;
    };
  }
}

async function readWithin(c: Context<AppEnv>, maxBytes: number): Promise<Buffer> {
  const encoding = (c.req.header('content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new WaooawError(
      'bad_encoding',
      `content-encoding was "${encoding.slice(0, 40)}"; expected gzip or identity`,
    );
  const body = await bytesOf(c);
  if (encoding === 'identity') return body;
  try {
    return await decompress(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new WaooawError('body_too_large', `Decompressed, the body is larger than ${maxBytes} bytes`, {
        cause,
      });
    throw new WaooawError('bad_encoding', `The body is not gzip: ${(cause as Error).message}`, { cause });
  }
}

/**
 * From Node's own stream where there is one: a megabyte costs a tenth of what it does by way of a web stream. Without a length the
 * app has put a stream that counts in the place of the request's.
 */
async function bytesOf(c: Context<AppEnv>): Promise<Buffer> {
  const incoming = c.env?.incoming;
  if (!incoming || incoming.readableDidRead || c.req.header('content-length') === undefined)
    return Buffer.from(await c.req.arrayBuffer());
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch (cause) {
    throw new WaooawError('bad_request', 'The body broke off', { cause });
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
