/** The agents of the server and the kinds that they are made of, kept right for every view by one subscription. */
import type { WaooawSocket } from '../src/elements/socket/socket.ts';
import type { AgentKindInfo, AgentStatus, AgentUpdate } from '../src/protocol/index.ts';
import { adviceOn } from './advice.ts';
import { type AgentsApi, agentsApi } from './agents-api.ts';

/** The socket, as far as the console uses it. */
export type ConsoleSocket = Pick<WaooawSocket, 'subscribe' | 'publish' | 'client' | 'addEventListener'>;

/** What is known of the agents. */
export interface Fleet {
  readonly socket: ConsoleSocket;
  readonly api: AgentsApi;
  /** By id; undefined before the first answer. */
  readonly agents: readonly AgentStatus[] | undefined;
  /** What may run; undefined before the first answer. */
  readonly kinds: readonly AgentKindInfo[] | undefined;
  /** What cannot be known, and why; empty: all is well. */
  readonly problem: string;
  /** Whether what is known is of now: false from the loss of the line on. */
  readonly current: boolean;
  /** The reader's role; empty before it is known. */
  readonly role: string;
  /** Whether it lets the reader act. */
  readonly mayAct: boolean;
  agent(id: string): AgentStatus | undefined;
  versionsOf(agent: AgentStatus): readonly string[];
  /** Is told now, and after each change. @returns ends it. */
  follow(listener: () => void): () => void;
}

/** Follows the channel `agents`, and reads the kinds after each connection: the server may know others then. */
export function fleetOf(socket: ConsoleSocket, api: AgentsApi = agentsApi(socket)): Fleet {
  const known = new Map<string, AgentStatus>();
  const listeners = new Set<() => void>();
  const problems = { agents: '', kinds: '' };
  let kinds: readonly AgentKindInfo[] | undefined;
  let isKnown = false;
  let isCurrent = true;

  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const take = (update: AgentUpdate): void => {
    if ('forgotten' in update || update.state === 'revoked') known.delete(update.agent);
    else known.set(update.agent, update);
  };
  socket.subscribe('agents', {
    snapshot(data) {
      known.clear();
      for (const agent of data as unknown as readonly AgentStatus[]) take(agent);
      isKnown = true;
      problems.agents = '';
      tell();
    },
    publication(data) {
      take(data as unknown as AgentUpdate);
      tell();
    },
    error({ code, message }) {
      problems.agents = `The agents cannot be shown: ${message.replace(/\.?$/, '.')} (${code})`;
      tell();
    },
    current(current) {
      isCurrent = current;
      tell();
    },
  });

  const readKinds = async (): Promise<void> => {
    try {
      kinds = await api.kinds();
      problems.kinds = '';
    } catch (error) {
      problems.kinds = `The kinds of agents cannot be read. ${adviceOn(error)}`;
    }
    tell();
  };
  socket.addEventListener('waooaw-connect', () => void readKinds());
  if (socket.client?.identity) void readKinds();

  return {
    socket,
    api,
    get agents() {
      return isKnown ? [...known.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1)) : undefined;
    },
    get kinds() {
      return kinds;
    },
    get problem() {
      return [problems.agents, problems.kinds].filter(Boolean).join(' ');
    },
    get current() {
      return isCurrent;
    },
    get role() {
      return socket.client?.identity?.role ?? '';
    },
    get mayAct() {
      return ['operator', 'admin'].includes(this.role);
    },
    agent: (id) => known.get(id),
    versionsOf: ({ kind }) => kinds?.find((one) => one.kind === kind)?.versions ?? [],
    follow(listener) {
      listeners.add(listener);
      listener();
      return () => void listeners.delete(listener);
    },
  };
}
