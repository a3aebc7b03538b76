/** Clients of a test, hung up when it is over. */
import type { SocketOptions } from '../client/options.ts';
import { SocketClient } from '../client/socket.ts';
import type { SocketState, StateChange } from '../client/states.ts';
import { until } from './until.ts';

/** A client that remembers its changes of state. */
export interface LoggedClient {
  readonly client: SocketClient;
  readonly changes: StateChange[];
  /** The states it went through. */
  states(): SocketState[];
  /** Waits for a state. */
  is(state: SocketState): Promise<void>;
}

/** Makes clients, and hangs them up. */
export interface Clients {
  make(options: SocketOptions): LoggedClient;
  /** Makes one, connects it and waits until it is live. */
  live(options: SocketOptions): Promise<LoggedClient>;
  hangUp(): void;
}

/** An empty pool. */
export function clientPool(): Clients {
  const all = new Set<SocketClient>();
  const make = (options: SocketOptions): LoggedClient => {
    const client = new SocketClient(options);
    const changes: StateChange[] = [];
    client.on('state', (change) => changes.push(change));
    all.add(client);
    return {
      client,
      changes,
      states: () => changes.map(({ state }) => state),
      async is(state) {
        await until(() => client.state === state, `the client is ${state}`);
      },
    };
  };
  return {
    make,
    async live(options) {
      const logged = make(options);
      logged.client.connect();
      await logged.is('live');
      return logged;
    },
    hangUp() {
      for (const client of all) client.disconnect();
      all.clear();
    },
  };
}
