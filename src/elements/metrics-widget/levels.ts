/** How bad a number is: by its thresholds, and since when it has been so. */
import type { ChartThreshold } from './chart-options.ts';

/** How bad. */
export type Level = 'ok' | ChartThreshold['severity'];

/**
 * The worst severity whose threshold the value has reached.
 * @param direction on which side of a threshold it is worse. A value that is on it is beyond it.
 */
export function levelOf(
  value: number,
  thresholds: readonly ChartThreshold[],
  direction: 'above' | 'below',
): Level {
  const reached = thresholds.filter((one) =>
    direction === 'above' ? value >= one.value : value <= one.value,
  );
  if (reached.some(({ severity }) => severity === 'critical')) return 'critical';
  return reached.length > 0 ? 'degraded' : 'ok';
}

/** Tells of levels that last, so that a number which trembles at a threshold is told of once. */
export class LevelWatch {
  readonly #tell: (level: Level, before: Level) => void;
  #told: Level | undefined;
  #next: Level | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param tell is called with a level that has lasted, and the one that was told before. Never with the first. */
  constructor(tell: (level: Level, before: Level) => void) {
    this.#tell = tell;
  }

  /**
   * Takes the level of now.
   * @param holdMs how long it must last.
   */
  see(level: Level, holdMs: number): void {
    this.#told ??= level;
    if (level === this.#next) return;
    this.#drop();
    if (level === this.#told) return;
    this.#next = level;
    this.#timer = setTimeout(() => {
      const before = this.#told ?? level;
      this.#drop();
      this.#told = level;
      this.#tell(level, before);
    }, holdMs);
  }

  /** Something else is looked at: its first level is no news. */
  forget(): void {
    this.#drop();
    this.#told = undefined;
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }
}
