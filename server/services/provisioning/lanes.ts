/** One thing after another for each agent, and all agents beside one another. */
import { Serial } from '../../serial.ts';

/** Runs tasks of one name in the order they were handed in. */
export class Lanes {
  readonly #lanes = new Map<string, { readonly serial: Serial; waiting: number }>();

  /** @returns what the task returns; one that fails does not stop the others. */
  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name) ?? { serial: new Serial(), waiting: 0 };
    this.#lanes.set(name, lane);
    lane.waiting += 1;
    try {
      return await lane.serial.run(task);
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.#lanes.delete(name);
    }
  }

  /** Resolves when everything that was handed in is done. */
  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(({ serial }) => serial.idle()));
  }
}
