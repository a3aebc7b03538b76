/** Searches under way: so many of one caller, and so many of all. */
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AuditLimits } from './limits.ts';

/** When whoever was refused may ask again, ms. */
const RETRY_MS = 1_000;

/** Counts them. */
export class Searches {
  readonly #limits: Pick<AuditLimits, 'maxAuditSearches' | 'maxOwnAuditSearches'>;
  /** By caller; whoever has none is not in it. */
  readonly #own = new Map<string, number>();
  #all = 0;
  /** Refused since the start. */
  refused = 0;

  constructor(limits: Pick<AuditLimits, 'maxAuditSearches' | 'maxOwnAuditSearches'>) {
    this.#limits = limits;
  }

  /** Under way. */
  get count(): number {
    return this.#all;
  }

  /**
   * Counts one more.
   * @param caller id of whoever asks.
   * @returns ends it; twice is harmless.
   * @throws WaooawError `search_limit` where there are as many as may be.
   */
  begin(caller: string): () => void {
    const { maxAuditSearches, maxOwnAuditSearches } = this.#limits;
    const own = this.#own.get(caller) ?? 0;
    if (own >= maxOwnAuditSearches) throw this.#full(`You have ${own} searches under way, as many as may be`);
    if (this.#all >= maxAuditSearches)
      throw this.#full(`${this.#all} searches are under way, as many as may be`);
    this.#own.set(caller, own + 1);
    this.#all += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#end(caller);
    };
  }

  #end(caller: string): void {
    const left = (this.#own.get(caller) ?? 1) - 1;
    if (left === 0) this.#own.delete(caller);
    else this.#own.set(caller, left);
    this.#all -= 1;
  }

  #full(message: string): WaooawError {
    this.refused += 1;
    return new WaooawError('search_limit', message, { afterMs: RETRY_MS });
  }
}
