/** Listeners by event, typed. */
import { tell } from './tell.ts';

/** One listener, told of one event. An object of its own: the same function twice is two listeners. */
interface Entry {
  readonly event: PropertyKey;
  readonly listener: (value: never) => void;
}

/** Tells events to whoever listens: in order, each listener apart from the others. */
export class Emitter<Events extends object> {
  readonly #entries = new Set<Entry>();
  #waiting: (() => void)[] | undefined;

  /** @returns stops listening. */
  on<Name extends keyof Events>(event: Name, listener: (value: Events[Name]) => void): () => void {
    const entry = { event, listener };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** What a listener causes in turn is told when everybody has heard this: all hear the same order. */
  emit<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    const round = (): void => {
      for (const entry of [...this.#entries])
        if (entry.event === event && this.#entries.has(entry)) tell(() => entry.listener(value as never));
    };
    if (this.#waiting) {
      this.#waiting.push(round);
      return;
    }
    this.#waiting = [round];
    for (const next of this.#waiting) next();
    this.#waiting = undefined;
  }
}
