/** What a tracker follows: an operation, an agent's latest one, or that of the agent that the page's context names. */
import { chosen } from '../../context/selection.ts';
import type { Freshness } from '../../client/freshness.ts';
import type { SocketClient } from '../../client/socket.ts';
import type { AgentStatus } from '../../protocol/agents.ts';
import type { Json } from '../../protocol/frames.ts';
import type { OperationStatus } from '../../protocol/operations.ts';
import { ChannelController } from '../channel-controller.ts';
import { ContextController } from '../context-controller.ts';
import type { TrackerHost } from './host.ts';

/** A line that is up says at once what happens: only its own silence would be news, and it has a watchdog. */
const NEVER_STALE_MS = Number.MAX_SAFE_INTEGER;

/** Why there is nothing to show: no or several agents are chosen. */
export type NoneChosen = 'none' | 'several';

/** What is done with what is heard. */
export interface FollowingHandler {
  /** Of the operation that is followed. */
  readonly heard: (status: OperationStatus) => void;
  /** Another one is followed, or another server asked: nothing that is known is of it. */
  readonly forget: () => void;
  readonly connection: (client: SocketClient | undefined) => void;
}

/** Follows for one tracker. */
export class Following {
  readonly #host: TrackerHost;
  readonly #handler: FollowingHandler;
  readonly #operation: ChannelController;
  readonly #agent: ChannelController;
  readonly #context: ContextController;
  #agentId = '';
  #agentStatus: AgentStatus | undefined;
  #operationId = '';
  #heardAt: number | undefined;

  constructor(host: TrackerHost, handler: FollowingHandler) {
    this.#host = host;
    this.#handler = handler;
    this.#context = new ContextController(host, () => host.context);
    const hearAgent = (data: Json): void => this.#hearAgent(data);
    this.#agent = new ChannelController(host, {
      snapshot: hearAgent,
      publication: hearAgent,
      forget: () => (this.#agentStatus = undefined),
      dataTime: () => this.#agentStatus && this.#agent.now(),
      staleAfterMs: () => NEVER_STALE_MS,
    });
    const hear = (data: Json): void => this.#hear(data);
    this.#operation = new ChannelController(host, {
      snapshot: hear,
      publication: hear,
      forget: () => this.#forget(),
      connection: (client) => handler.connection(client),
      dataTime: () => this.#heardAt,
      staleAfterMs: () => NEVER_STALE_MS,
    });
  }

  /** The server's clock as far as it is known, ms since 1970. */
  now(): number {
    return this.#operation.now();
  }

  /** Id of the operation that is followed; empty: none is known. */
  get operation(): string {
    return this.#operationId;
  }

  /** Id of the agent whose latest operation is followed; empty: none. */
  get agent(): string {
    return this.#agentId;
  }

  get freshness(): Freshness {
    if (this.#operationId) return this.#operation.freshness;
    if (this.none) return 'empty';
    if (!this.#agentId) return 'idle';
    const { freshness } = this.#agent;
    // The agent is known, and has had no operation yet.
    return freshness === 'live' ? 'empty' : freshness;
  }

  /** Why the channel was refused. */
  get refused(): string | undefined {
    return (this.#operationId ? this.#operation : this.#agent).refused?.message;
  }

  /** What the page's context leaves open. */
  get none(): NoneChosen | undefined {
    const { operation, agent, context } = this.#host;
    if (operation || agent || context === null) return undefined;
    const agents = this.#agents;
    if (agents.length === 1) return undefined;
    return agents.length === 0 ? 'none' : 'several';
  }

  /** Follows what the element is told to. */
  follow(): void {
    const { operation, agent, context } = this.#host;
    this.#context.follow();
    const agents = operation || agent || context === null ? [] : this.#agents;
    const only = agents.length === 1 ? (agents[0] ?? '') : '';
    this.#followAgent(operation ? '' : agent || only);
    this.#followOperation(operation || (this.#agentId && (this.#agentStatus?.operation ?? '')));
  }

  get #agents(): readonly string[] {
    const { selection } = this.#context;
    return (selection && chosen(selection, 'agents')) ?? [];
  }

  #followAgent(agent: string): void {
    if (agent === this.#agentId) return;
    this.#agentId = agent;
    this.#agentStatus = undefined;
    this.#agent.follow(agent ? `agent/${agent}` : undefined);
  }

  #followOperation(operation: string): void {
    if (operation === this.#operationId) return;
    this.#operationId = operation;
    this.#forget();
    this.#operation.follow(operation ? `operation/${operation}` : undefined);
  }

  #hearAgent(data: Json): void {
    if (typeof data !== 'object' || data === null) return;
    this.#agentStatus = data as unknown as AgentStatus;
    this.#host.requestUpdate();
  }

  #hear(data: Json): void {
    if (typeof data !== 'object' || data === null) return;
    this.#heardAt = this.#operation.now();
    this.#handler.heard(data as unknown as OperationStatus);
    this.#host.requestUpdate();
  }

  #forget(): void {
    this.#heardAt = undefined;
    this.#handler.forget();
  }
}
