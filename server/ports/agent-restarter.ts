/** Port: how a service asks for an agent to be started anew. Implemented by whoever provisions agents. */

/** The narrow door to the agents' lives. */
export interface AgentRestarter {
  /**
   * Ends an agent and starts it again. Resolves once it runs.
   * @param agent its id.
   * @param signal aborts when nobody waits for it any longer.
   * @throws WaooawError `not_found`, or what became of it.
   */
  restart(agent: string, signal: AbortSignal): Promise<void>;
}
