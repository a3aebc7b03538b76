/** Gives a request of Node's the connection that a probe opened, and keeps it where it is asked to. */
import { Agent, request as httpRequest } from 'node:http';
import type { ClientRequest, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';

/** A request that opens its own connection, unless there is one to its origin. */
export interface ProbeRequestOptions extends RequestOptions {
  readonly origin: string;
  readonly open: () => Promise<Socket>;
}

type Created = NonNullable<Parameters<Agent['createConnection']>[1]>;

/** An agent that opens nothing itself: where a request goes was checked before. */
export class ProbeAgent extends Agent {
  /** @param keepAlive true keeps a connection to each origin for the next request. */
  constructor(keepAlive: boolean) {
    super({ keepAlive, maxFreeSockets: 1 });
  }

  override getName(options?: RequestOptions): string {
    return (options as ProbeRequestOptions).origin;
  }

  override createConnection(options: RequestOptions, created?: Created): undefined {
    const { open } = options as unknown as ProbeRequestOptions;
    open().then(
      (socket) => created?.(null, socket),
      (error: Error) => created?.(error, undefined as never),
    );
  }

  /** Begins a request. */
  request(options: ProbeRequestOptions): ClientRequest {
    return httpRequest({ ...options, agent: this });
  }
}
