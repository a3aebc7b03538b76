/** What waits to be said: once each, what is about one thing together, what matters most first. */

/** How a sentence stands to others. */
export interface AnnounceOptions {
  /**
   * What it is about. Of the sentences that wait under one key only the newest is said; with `group`, all of them as
   * one. Default: about nothing else.
   */
  readonly key?: string;
  /** Higher is said first when several wait. Default 0. */
  readonly priority?: number;
  /** Words two or more that wait under one key as one sentence, from their items: "3 services critical: …". */
  readonly group?: (items: readonly string[]) => string;
  /** What the group's sentence names. Default: the text. */
  readonly item?: string;
}

interface Entry {
  readonly priority: number;
  readonly key: string | undefined;
  readonly group: AnnounceOptions['group'];
  /** Text by item, oldest first. */
  readonly texts: Map<string, string>;
}

/** The sentences of one urgency that wait. */
export class Sentences {
  #entries: Entry[] = [];

  get none(): boolean {
    return this.#entries.length === 0;
  }

  add(text: string, { key, priority = 0, group, item = text }: AnnounceOptions): void {
    const at = this.#entries.findIndex((entry) =>
      key === undefined ? entry.key === undefined && entry.texts.has(text) : entry.key === key,
    );
    const before = this.#entries[at];
    const texts = new Map(group ? before?.texts : []);
    texts.set(item, text);
    const entry = { priority: Math.max(priority, before?.priority ?? priority), key, group, texts };
    if (before) this.#entries[at] = entry;
    else this.#entries.push(entry);
  }

  /** Forgets what waits under a key: there is news of it. */
  drop(key: string): void {
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
  }

  /** Takes all that waits, what matters most first. */
  take(): string[] {
    const entries = this.#entries.sort((a, b) => b.priority - a.priority);
    this.#entries = [];
    return entries.map(({ group, texts }) => {
      const [first = ''] = texts.values();
      return group && texts.size > 1 ? group([...texts.keys()]) : first;
    });
  }
}
