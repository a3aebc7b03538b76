/** For tests: a door's proxy in this process, with one agent, and what is written to its port byte by byte. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { DEFAULT_DOOR_LIMITS } from '../engines/door/limits.ts';
import type { DoorLimits } from '../engines/door/limits.ts';
import { Proxy } from '../engines/door/proxy.ts';
import { RouteFile } from '../engines/door/route-file.ts';
import type { DoorCounts, DoorTarget } from '../ports/agent-door.ts';
import { TestInstance } from './agent-instances.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The agent of these tests. */
export const AGENT = 'a';

/** How a proxy is set up. */
export interface ProxyingOptions extends Partial<DoorLimits> {
  readonly trustedProxies?: readonly string[];
  /** Default: any. */
  readonly allowedHosts?: readonly string[];
  /** Of its file. */
  readonly folder?: string;
}

/** A proxy that ends with its test. */
export class Proxying {
  readonly proxy: Proxy;
  readonly errors: unknown[] = [];
  port = 0;
  readonly #t: TestContext;

  constructor(
    t: TestContext,
    { trustedProxies = [], allowedHosts = ['*'], folder, ...limits }: ProxyingOptions = {},
  ) {
    this.#t = t;
    const settings = {
      host: '127.0.0.1',
      trustedProxies,
      allowedHosts,
      limits: { ...DEFAULT_DOOR_LIMITS, ...limits },
    };
    const file = new RouteFile(join(folder ?? temporaryFolder(), 'routes.json'));
    this.proxy = new Proxy(settings, file, (error) => this.errors.push(error));
    t.after(() => this.proxy.end());
  }

  /** Leads the agent's port there. */
  async point(targets: readonly DoorTarget[], fallback: readonly DoorTarget[] = []): Promise<void> {
    const { port } = await this.proxy.point({ agent: AGENT, targets, fallback });
    this.port = port;
  }

  /** An instance, which ends with the test. */
  async start(...how: Parameters<typeof TestInstance.start>): Promise<TestInstance> {
    const instance = await TestInstance.start(...how);
    this.#t.after(() => instance.stop());
    return instance;
  }

  get counts(): DoorCounts {
    return this.proxy.list().find(({ agent }) => agent === AGENT)!.counts;
  }

  /** Writes bytes to the port, and answers with all that came until the connection ended. */
  async raw(text: string): Promise<string> {
    const socket = await this.connect();
    socket.write(text, 'latin1');
    return readAll(socket);
  }

  /** A connection to the port. */
  async connect(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.port, noDelay: true });
    this.#t.after(() => socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }
}

/** All that comes until the connection is over. */
export async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  if (!socket.closed) await once(socket, 'close');
  return text;
}
