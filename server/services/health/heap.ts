/** A queue that gives the value of the lowest key first. */

interface Item<T> {
  readonly key: number;
  readonly value: T;
}

/** A binary heap. Of equal keys any may come first. */
export class Heap<T> {
  #items: Item<T>[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The lowest key; undefined when it is empty. */
  get lowest(): number | undefined {
    return this.#items[0]?.key;
  }

  push(key: number, value: T): void {
    const items = this.#items;
    let at = items.length;
    const item = { key, value };
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.key <= key) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the value of the lowest key out; undefined when it is empty. */
  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top && last && items.length > 0) this.#sink(last);
    return top?.value;
  }

  clear(): void {
    this.#items = [];
  }

  /** Puts an item in at the top and lets it down to its place. */
  #sink(item: Item<T>): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]!.key < items[child]!.key) child += 1;
      if (items[child]!.key >= item.key) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }
}
