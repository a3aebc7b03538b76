/** A page whose signals the test gives. */
import type { PageSignal, PageSignals } from '../client/wake.ts';

/** Page signals, by hand. */
export class FakePage implements PageSignals {
  hidden = false;
  online = true;
  readonly #listeners = new Set<(signal: PageSignal) => void>();

  /** How many listen. */
  get listening(): number {
    return this.#listeners.size;
  }

  listen(hear: (signal: PageSignal) => void): () => void {
    this.#listeners.add(hear);
    return () => void this.#listeners.delete(hear);
  }

  /** Gives a signal, and is in the state that it speaks of. */
  signal(signal: PageSignal): void {
    if (signal === 'online' || signal === 'offline') this.online = signal === 'online';
    if (signal === 'visible') this.hidden = false;
    for (const hear of [...this.#listeners]) hear(signal);
  }
}
