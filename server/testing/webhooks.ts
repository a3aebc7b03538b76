/** For tests: a real HTTP receiver of notices that fails as it is told. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { WebhookPayload } from '../services/alerts/payload.ts';

/** What becomes of a request: a status, with headers or not; no answer at all; a connection that breaks. */
export type Reaction = number | { status: number; headers: Record<string, string> } | 'hangs' | 'resets';

/** A request as it came. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly payload: WebhookPayload;
}

/** Receives. */
export class Webhooks {
  readonly received: Received[] = [];
  /** For the next requests, in order; 200 once they are used up. */
  readonly reactions: Reaction[] = [];
  /** What every answer holds. */
  answer = 'thanks';
  /** Requests that are open at once, at most. */
  mostOpen = 0;
  readonly url: string;
  #open = 0;
  #heard: () => void = () => undefined;

  private constructor(url: string) {
    this.url = url;
  }

  /** Listens until the test ends. */
  static async listen(t: TestContext): Promise<Webhooks> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => webhooks.#take(request.headers, body, response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const webhooks = new Webhooks(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return webhooks;
  }

  /** Resolves once so many requests came. */
  async count(atLeast: number): Promise<void> {
    while (this.received.length < atLeast) await new Promise<void>((resolve) => (this.#heard = resolve));
  }

  /** Each request's alerts, as `name:status`. */
  words(): string[] {
    return this.received.map(({ payload }) =>
      payload.alerts
        .map(({ labels, status }) => `${labels['agent'] ?? labels['alertname']}:${status}`)
        .join(' '),
    );
  }

  #take(headers: IncomingHttpHeaders, body: string, response: ServerResponse): void {
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    response.on('close', () => (this.#open -= 1));
    this.received.push({ headers, body, payload: JSON.parse(body) as WebhookPayload });
    const reaction = this.reactions.shift() ?? 200;
    if (reaction === 'resets') response.socket?.resetAndDestroy();
    else if (typeof reaction === 'number') response.writeHead(reaction).end(this.answer);
    else if (reaction !== 'hangs') response.writeHead(reaction.status, reaction.headers).end(this.answer);
    this.#heard();
  }
}
