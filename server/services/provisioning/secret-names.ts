/** Names of the secrets that agents have, at hand for showing them. Never a value. */
import type { AgentRecord } from './record/record.ts';
import type { AgentResources } from './resources.ts';

/** What it takes. */
export interface SecretNamesDeps {
  readonly resources: Pick<AgentResources, 'secretNames'>;
  /** Told once they are known. */
  readonly known: (agent: string) => void;
  readonly onError: (error: unknown, what: string) => void;
}

/** Reads names once for each revision. */
export class SecretNames {
  readonly #deps: SecretNamesDeps;
  readonly #known = new Map<string, { readonly at: string; names: readonly string[] }>();

  constructor(deps: SecretNamesDeps) {
    this.#deps = deps;
  }

  /** As far as they are known by now. */
  of(record: AgentRecord): readonly string[] {
    const { agent, incarnation, spec, state } = record;
    if (spec.secretsRevision === 0 || state === 'revoked') return [];
    const at = `${incarnation}.${spec.secretsRevision}`;
    const before = this.#known.get(agent);
    if (before?.at === at) return before.names;
    const entry = { at, names: before?.names ?? [] };
    this.#known.set(agent, entry);
    this.#deps.resources.secretNames(record).then(
      (names) => {
        entry.names = names;
        this.#deps.known(agent);
      },
      (error: unknown) => {
        this.#known.delete(agent);
        this.#deps.onError(error, `names of the secrets of agent ${agent}`);
      },
    );
    return entry.names;
  }

  /** They are of no agent any more. */
  forget(agent: string): void {
    this.#known.delete(agent);
  }
}
