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
 * @throws WaooawError `body_too_large`, `bad_encoding`.
 */
export async function readRaw(c: Context<AppEnv>, maxBytes: number): Promise<Buffer> {
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
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
