/** Options from the server, live: the values in use of a reserved tag. Loaded when a selector has a `source`. */
import type { ReactiveControllerHost } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import type { ContextItem, ContextSnapshot, ContextUpdate } from '../../protocol/contexts.ts';
import type { Json } from '../../protocol/frames.ts';
import { ChannelController } from '../channel-controller.ts';

/** A line that is up says at once what changes: only its own silence would be news, and it has a watchdog. */
const NEVER_STALE_MS = Number.MAX_SAFE_INTEGER;

/** Follows `contexts/<kind>`. */
export class Connected {
  items: readonly ContextItem[] = [];
  readonly #channel: ChannelController;
  #byId = new Map<string, ContextItem>();
  #kind = '';
  #heardAt: number | undefined;

  /** @param changed items or freshness are other than before. */
  constructor(host: ReactiveControllerHost & HTMLElement, changed: () => void) {
    const take = (data: Json, all: boolean): void => {
      if (all) this.#byId = new Map();
      this.#take(data);
      this.#heardAt = this.#channel.now();
      changed();
    };
    this.#channel = new ChannelController(host, {
      snapshot: (data) => take(data, true),
      publication: (data) => take(data, false),
      error: changed,
      forget: () => {
        this.#forget();
        changed();
      },
      dataTime: () => this.#heardAt,
      staleAfterMs: () => NEVER_STALE_MS,
    });
  }

  get freshness(): Freshness {
    return this.#channel.freshness;
  }

  /** Why the channel was refused. */
  get refused(): string | undefined {
    return this.#channel.refused?.message;
  }

  /** Follows another kind, or none. */
  follow(kind: string): void {
    if (kind !== this.#kind) this.#forget();
    this.#kind = kind;
    this.#channel.follow(kind ? `contexts/${kind}` : undefined);
  }

  /** Asks once more for what was refused. */
  again(): void {
    this.#channel.follow(undefined);
    this.#channel.follow(this.#kind ? `contexts/${this.#kind}` : undefined);
  }

  #forget(): void {
    this.#byId = new Map();
    this.#heardAt = undefined;
    this.items = [];
  }

  #take(data: Json): void {
    const { items, put, gone, all } = (data ?? {}) as unknown as Partial<ContextSnapshot & ContextUpdate>;
    if (all) this.#byId = new Map();
    for (const id of listOf(gone)) this.#byId.delete(id);
    for (const item of [...listOf(items), ...listOf(put)]) this.#byId.set(item.id, item);
    this.items = [...this.#byId.values()];
  }
}

/** What a server of another release says may lack what ours has. */
function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  return Array.isArray(list) ? (list as readonly T[]) : [];
}
