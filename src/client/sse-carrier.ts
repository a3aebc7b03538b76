/** Messages where no WebSocket gets through: server-sent events down, POST up. Loaded when it is needed. */
import type { CarrierEnd, OpenCarrier } from './carrier.ts';
import { SseParser } from './sse-parser.ts';

const LOST = 1006;
/**
 * The close codes `token_expired`, `unauthorized` and `origin_not_allowed`; whatever else is refused may be otherwise later.
 * By number: importing the registry would part it from the client's own chunk. A test holds them to it.
 */
const EXPIRED = 4205;
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;

/** Opens a stream by fetch: `EventSource` could carry neither a body nor an Authorization header. */
export const openSse: OpenCarrier = (url, events) => {
  const base = new URL('sse', url.replace(/^ws/, 'http')).href;
  const abort = new AbortController();
  let session: string | undefined;
  let waiting: string[] = [];
  let posting = false;

  let bearer: string | undefined;

  const post = (address: string, body: string): Promise<Response> =>
    fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      body,
      cache: 'no-store',
      signal: abort.signal,
    });

  const end = (why: CarrierEnd): void => {
    if (abort.signal.aborted) return;
    abort.abort();
    events.close(why);
  };
  const broke = (error: unknown): void => end({ code: LOST, reason: String(error) });

  async function down(body: string): Promise<void> {
    const response = await post(base, body);
    if (!response.ok) {
      end(await refusal(response));
      return;
    }
    // A captive portal answers everything with a page.
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      end({ code: LOST, reason: 'no_event_stream' });
      return;
    }
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (const { type, data } of parser.push(decoder.decode(value, { stream: true }))) {
        if (abort.signal.aborted) return;
        if (type === 'close') end(JSON.parse(data) as CarrierEnd);
        else if (type === 'message') events.text(data);
      }
    }
    end({ code: LOST, reason: '' });
  }

  /** One POST at a time keeps the order; what comes meanwhile goes together. */
  async function up(): Promise<void> {
    if (posting || session === undefined) return;
    posting = true;
    while (waiting.length > 0) {
      const messages = waiting;
      waiting = [];
      const body = messages.length === 1 ? String(messages[0]) : `[${messages.join()}]`;
      const response = await post(`${base}/${encodeURIComponent(session)}`, body);
      if (!response.ok) {
        const { code, reason } = await refusal(response);
        end({ code, reason });
        return;
      }
    }
    posting = false;
  }

  queueMicrotask(() => {
    if (!abort.signal.aborted) events.open();
  });
  return {
    introduce(id, { token, ...connect }) {
      bearer = token;
      down(JSON.stringify({ id, connect })).catch(broke);
    },
    authorize(token) {
      bearer = token;
    },
    joined(name) {
      session = name;
      up().catch(broke);
    },
    send(message) {
      waiting.push(message);
      up().catch(broke);
    },
    close: () => abort.abort(),
  };
};

/** A refused request ends the line; its error code says which close code it stands for. */
async function refusal(response: Response): Promise<CarrierEnd> {
  const { status } = response;
  const problem = (await response.json().catch(() => undefined)) as { code?: unknown } | null | undefined;
  const name = typeof problem?.code === 'string' ? problem.code : '';
  const reason = name || `http_${status}`;
  if (status === 401) return { code: name === 'token_expired' ? EXPIRED : UNAUTHORIZED, reason };
  if (status === 403) return { code: FORBIDDEN, reason };
  return { code: LOST, reason, absent: status === 404 || status === 405 };
}
