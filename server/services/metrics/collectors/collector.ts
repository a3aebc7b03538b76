/** What feeds the aggregator from inside: a source of this machine's or this server's own numbers. */
import type { Sample } from '../../../../src/protocol/index.ts';

/** Reads something real, once a call. */
export interface Collector {
  /** kebab-case. */
  readonly name: string;
  /** Measures. @throws Error when this system does not offer what it reads. */
  collect(): Promise<readonly Sample[]> | readonly Sample[];
  /** Lets go of what it holds. */
  close?(): void;
}

/** Turns a growing count into a rate: the difference to the last reading, a second. */
export class Rate {
  #last: { readonly count: number; readonly atMs: number } | undefined;

  /** @returns undefined on the first reading, and when the count was reset or no time passed. */
  next(count: number, atMs: number): number | undefined {
    const last = this.#last;
    this.#last = { count, atMs };
    if (!last || count < last.count || atMs <= last.atMs) return undefined;
    return ((count - last.count) * 1000) / (atMs - last.atMs);
  }
}

/** A sample, or none when the value is not known yet. */
export function gauge(name: string, value: number | undefined, unit: string, help: string): Sample[] {
  return value === undefined ? [] : [{ name, value, unit, help }];
}
