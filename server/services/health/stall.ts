/** Distrust of ourselves: tells whether this process stood still while something was under way. */
import type { Clock, Timer } from '../../ports/clock.ts';

/** How often it looks while something is under way, ms; what stands still for less is not noticed. */
const LOOK_MS = 100;
/** Of the time that something was given: standing still for as much spoils it. */
const SHARE = 0.5;

/** What is under way. */
export interface Stall {
  /**
   * True when the process stood still for long enough since the beginning that a failure may be its own.
   * @param timeoutMs the time that was given, of which half is too much, ms. Default: only `stallMs` counts.
   */
  stoodStill(timeoutMs?: number): boolean;
  /** It is over. */
  end(): void;
}

/** Watches the event loop. */
export interface StallWatch {
  begin(): Stall;
}

/** @param stallMs standing still for as long in all spoils whatever is under way, ms. Default 1,000. */
export function createStallWatch({
  clock,
  stallMs = 1_000,
}: {
  readonly clock: Clock;
  readonly stallMs?: number | undefined;
}): StallWatch {
  /** Stood still in all, ms. */
  let stoodMs = 0;
  let underWay = 0;
  let timer: Timer | undefined;
  /** When it was looked last: monotonic, and by the wall clock, which alone goes on while a machine sleeps. */
  let monotonicMs = 0;
  let wallMs = 0;

  const look = (): void => {
    const passedMs = Math.max(clock.monotonicMs() - monotonicMs, clock.now() - wallMs);
    const lateMs = passedMs - LOOK_MS;
    // Half a look late is the ordinary unrest of a timer.
    if (lateMs > LOOK_MS / 2) stoodMs += lateMs;
    monotonicMs = clock.monotonicMs();
    wallMs = clock.now();
  };
  const wait = (): void => {
    timer = clock.after(LOOK_MS, () => {
      look();
      wait();
    });
  };

  return {
    begin() {
      if (underWay === 0) {
        monotonicMs = clock.monotonicMs();
        wallMs = clock.now();
        wait();
      } else {
        // What stood still before this began is not its own.
        look();
      }
      underWay += 1;
      const before = stoodMs;
      let over = false;
      return {
        stoodStill(timeoutMs = Infinity) {
          // An answer may be heard before the timer that tells how late it is.
          const nowMs = Math.max(
            0,
            clock.monotonicMs() - monotonicMs - LOOK_MS,
            clock.now() - wallMs - LOOK_MS,
          );
          const duringMs = stoodMs - before + (nowMs > LOOK_MS / 2 ? nowMs : 0);
          return duringMs >= Math.min(stallMs, timeoutMs * SHARE);
        },
        end() {
          if (over) return;
          over = true;
          underWay -= 1;
          if (underWay === 0) timer?.cancel();
        },
      };
    },
  };
}
