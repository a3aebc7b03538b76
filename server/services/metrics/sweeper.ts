/** Moves on with time: closes minutes, lets silent series go, and notices a clock that was set back. */
import type { Clock, Timer } from '../../ports/clock.ts';
import type { MetricsLimits } from './limits.ts';
import type { MetricChannels } from './live/channels.ts';
import type { FineTiers } from './series/fine-tiers.ts';
import type { Registry } from './series/registry.ts';
import type { Storage } from './storage/storage.ts';
import { MINUTE, startOf } from './tiers/tiers.ts';

/** What sweeping takes. */
export interface SweeperDeps {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly fine: FineTiers;
  readonly channels: MetricChannels;
  readonly limits: MetricsLimits;
  readonly storage: () => Storage | undefined;
}

const EVERY_MS = 1_000;
/** Silent series are looked for in one of so many rounds. */
const ROUNDS = 10;

/** Sweeps until it is closed. */
export class Sweeper {
  readonly #deps: SweeperDeps;
  readonly #timer: Timer;
  #round = 0;
  /** Late samples of series that are gone. */
  late = 0;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
    this.open();
    this.#timer = deps.clock.every(EVERY_MS, () => this.#sweep());
  }

  /** Opens the minutes that samples are taken for now. */
  open(): void {
    const { clock, registry, limits, storage } = this.#deps;
    const now = clock.now();
    const { gate } = registry;
    if (gate.openFrom > now) {
      // The clock is back from the future: from the next minute on all is as it was.
      gate.openFrom = gate.heldFrom = startOf(now, MINUTE) + MINUTE;
      for (const series of registry.active()) series.rewind(gate.openFrom);
      storage()?.rewind(now);
    }
    gate.openFrom = Math.max(gate.openFrom, startOf(now - limits.maxLateMs, MINUTE));
  }

  close(): void {
    this.#timer.cancel();
  }

  #sweep(): void {
    this.open();
    this.#round += 1;
    if (this.#round % ROUNDS === 0) this.#retire();
  }

  #retire(): void {
    const { clock, registry, fine, channels, limits, storage } = this.#deps;
    const before = clock.now() - limits.keepSecondsMs;
    for (const series of registry.active()) {
      if (series.newestAt > before) continue;
      // Written first: what is on disk can still be asked for.
      if (storage() && (series.saving || series.unsavedFrom !== Number.POSITIVE_INFINITY)) continue;
      this.late += series.lateDropped;
      channels.left(series);
      fine.release(series);
      registry.retire(series);
    }
  }
}
