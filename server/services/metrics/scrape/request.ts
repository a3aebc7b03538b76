/** One request for a target's metrics: bounded in time by its signal, in size while it comes in. */
import { request as httpRequest } from 'node:http';
import type { Agent, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { AnswerBuffer } from './answer-buffer.ts';
import { ScrapeError } from './failure.ts';

const decompress = promisify(gunzip);

/** What to ask for. */
export interface ExpositionRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Largest answer, bytes, compressed and not. */
  readonly maxBytes: number;
  /** Ends the request; its reason is what the promise rejects with. */
  readonly signal: AbortSignal;
  /** Keeps the connections, by the address's protocol. */
  readonly agent: Agent;
  /** Where the answer is gathered. */
  readonly buffer: AnswerBuffer;
}

/** What came. */
export interface Exposition {
  /** Lies in the request's buffer, until that takes another. */
  readonly body: Buffer;
  /** Lower case, without parameters; '' where the target did not say. */
  readonly mediaType: string;
}

/**
 * Asks a target for its metrics.
 * @throws ScrapeError for everything that the target or the way to it does; the signal's reason.
 */
export async function requestExposition(asked: ExpositionRequest): Promise<Exposition> {
  const answer = await get(asked, true);
  const mediaType = (answer.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return { body: await plain(answer, asked), mediaType };
}

interface Answer {
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function get(asked: ExpositionRequest, mayRetry: boolean): Promise<Answer> {
  const { url, headers, maxBytes, signal, agent, buffer } = asked;
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { agent, headers, signal };
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    let answered = false;
    const fail = (error: Error): void => {
      request.destroy();
      reject(signal.aborted ? (signal.reason as Error) : error);
    };

    request.on('error', (cause: NodeJS.ErrnoException) => {
      // The target closed a connection that was kept, just as it was to be used again: nothing was answered, nothing is lost.
      if (mayRetry && request.reusedSocket && cause.code === 'ECONNRESET' && !signal.aborted)
        resolve(get(asked, false));
      else if (answered) fail(new ScrapeError('cut', undefined, { cause }));
      else fail(new ScrapeError('unreachable', cause.message, { cause }));
    });
    request.on('response', (response) => {
      answered = true;
      const refused = refusalOf(response, maxBytes);
      if (refused) return fail(refused);
      buffer.clear();
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > maxBytes) fail(new ScrapeError('too_large'));
        else buffer.add(part);
      });
      response.on('error', (cause) => fail(new ScrapeError('cut', undefined, { cause })));
      response.on('end', () => resolve({ headers: response.headers, body: buffer.body }));
    });
    // Whatever else ends a request, such as a change of protocol that nobody asked for.
    request.on('close', () => reject(new ScrapeError(answered ? 'cut' : 'unreachable')));
    request.end();
  });
}

function refusalOf({ statusCode = 0, headers }: IncomingMessage, maxBytes: number): ScrapeError | undefined {
  // Elsewhere would get to see this target's credentials.
  if (statusCode >= 300 && statusCode < 400)
    return new ScrapeError('redirect', `The answer is ${statusCode}; redirects are not followed`);
  if (statusCode !== 200) return new ScrapeError('status', `The answer is ${statusCode}`);
  if (Number(headers['content-length'] ?? 0) > maxBytes) return new ScrapeError('too_large');
  return undefined;
}

async function plain({ headers, body }: Answer, { maxBytes, signal }: ExpositionRequest): Promise<Buffer> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new ScrapeError('encoding');
  try {
    return await decompress(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new ScrapeError(tooLarge ? 'too_large' : 'encoding', undefined, { cause });
  } finally {
    signal.throwIfAborted();
  }
}
