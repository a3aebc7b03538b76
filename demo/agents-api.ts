/** What the console asks of the server's API, as whoever the socket is. */
import type { SocketClient } from '../src/client/index.ts';
import { apiUrl } from '../src/elements/server-api.ts';
import type {
  AgentKindInfo,
  AgentStatus,
  Incident,
  Json,
  NewAgent,
  OperationStatus,
  OperationType,
} from '../src/protocol/index.ts';

/** As many as the page lists. */
const INCIDENTS = '/health/incidents?limit=50';

/** What may be asked of an agent from the page. */
export type PageCommand = Exclude<OperationType, 'create'>;

/** What some commands need to know. */
export interface CommandInput {
  /** Of an upgrade. */
  readonly version?: string;
  /** Of a change of scale. */
  readonly replicas?: number;
}

/** What the console asks. Every call rejects with an {@link ApiProblem}. */
export interface AgentsApi {
  kinds(): Promise<readonly AgentKindInfo[]>;
  /** @param key the same for the same wish: asked twice, it is done once. */
  create(agent: NewAgent, key: string): Promise<OperationStatus>;
  /** Done only if the agent is still as it was when the reader decided. */
  command(agent: AgentStatus, command: PageCommand, input?: CommandInput): Promise<OperationStatus>;
  /** Newest first. */
  incidents(): Promise<readonly Incident[]>;
  /** Says that somebody is at it. */
  acknowledge(incident: string): Promise<Incident>;
}

/** One bad part of what was sent. */
export interface BadPart {
  /** JSON pointer, such as `/parameters/everyMs`. */
  readonly pointer: string;
  readonly message: string;
}

/** What the server answered instead. */
export class ApiProblem extends Error {
  /** A code of docs/errors.md; absent when there was no answer. */
  readonly code: string | undefined;
  readonly parts: readonly BadPart[];

  constructor(message: string, code?: string, parts: readonly BadPart[] = []) {
    super(message);
    this.name = 'ApiProblem';
    this.code = code;
    this.parts = parts;
  }
}

/** Asks by HTTP the server that the socket is connected to. */
export function agentsApi(socket: { readonly client: SocketClient | undefined }): AgentsApi {
  const ask = async (method: string, path: string, body?: object, headers: object = {}): Promise<unknown> => {
    const { client } = socket;
    if (!client) throw new ApiProblem('The page has no server to ask.');
    const token = await client.token();
    let answer: Response;
    try {
      answer = await fetch(apiUrl(client.url, path), {
        method,
        headers: {
          accept: 'application/json',
          ...(method !== 'GET' && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch {
      throw new ApiProblem(
        'The server does not answer. Nothing is known of what was asked; try again once it is back.',
      );
    }
    const said: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) throw problemOf(answer.status, said);
    return said;
  };
  return {
    kinds: async () => ((await ask('GET', '/kinds')) as { kinds: readonly AgentKindInfo[] }).kinds,
    create: async (agent, key) =>
      (await ask('POST', '/agents', agent, { 'idempotency-key': key })) as OperationStatus,
    command: async ({ agent, generation }, command, input = {}) => {
      const path = `/agents/${encodeURIComponent(agent)}`;
      const seen = { 'if-match': `"${generation}"` };
      const answer =
        command === 'delete'
          ? await ask('DELETE', path, undefined, seen)
          : await ask('POST', `${path}/${command}`, input, seen);
      return answer as OperationStatus;
    },
    incidents: async () => ((await ask('GET', INCIDENTS)) as { incidents: readonly Incident[] }).incidents,
    acknowledge: async (incident) =>
      (await ask('POST', `/health/incidents/${encodeURIComponent(incident)}/acknowledge`, {})) as Incident,
  };
}

function problemOf(status: number, body: unknown): ApiProblem {
  const { detail, title, code, errors } = Object(body) as Record<string, Json | undefined>;
  const text = [detail, title].find((one) => typeof one === 'string');
  return new ApiProblem(
    typeof text === 'string' ? text : `The server answered ${status}`,
    typeof code === 'string' ? code : undefined,
    Array.isArray(errors) ? errors : [],
  );
}
