/** One look at a check: its time, its end, and what it came to. */
import type { Clock, Timer } from '../../ports/clock.ts';
import { NoResult } from './probes/probe.ts';
import type { Probe, ProbeResult } from './probes/probe.ts';

/** A socket that is destroyed says so at the end of a turn of the event loop: a probe that is told to stop hears of it in the next. */
const TURNS_TO_LET_GO = 3;

/** A result, and how long it took, ms; or why there is none. */
export type Found =
  | { readonly result: ProbeResult; readonly tookMs: number; readonly why?: never }
  | { readonly result?: never; readonly why: string };

/** A look under way. Neither promise rejects. */
export interface Look {
  /** What it found: once the probe answers, at the end of its time at the latest, at once when the signal aborts. */
  readonly found: Promise<Found>;
  /** When the probe let go of everything, which one that does not heed its signal may do late, or never. */
  readonly released: Promise<unknown>;
}

/** What a look takes. */
export interface LookOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborts when the check goes. */
  readonly signal: AbortSignal;
}

/** Looks once. The probe is called before this returns. */
export function look(probe: Probe, { clock, timeoutMs, signal }: LookOptions): Look {
  const over = new AbortController();
  const startMs = clock.monotonicMs();
  const raw = called(probe, AbortSignal.any([over.signal, signal]));
  let settled = false;
  const settle = (): void => void (settled = true);
  raw.then(settle, settle);
  const asked = raw.catch(failureOf);

  let timer: Timer | undefined;
  const timedOut = new Promise<ProbeResult | NoResult>((resolve) => {
    timer = clock.after(timeoutMs, () => {
      const reason = `No answer within ${timeoutMs} ms`;
      const failure: ProbeResult = { state: 'down', reason };
      const silence = turns(TURNS_TO_LET_GO).then(() => failure);
      // An answer that came in the very turn of this timer is in time.
      queueMicrotask(() => {
        if (settled) return;
        over.abort(new Error(reason));
        // A probe that heeds its signal says where it was; an answer that comes now is late all the same.
        const said = asked.then((late) =>
          late instanceof NoResult || late.state === 'down' ? late : failure,
        );
        resolve(Promise.race([said, silence]));
      });
    });
  });
  const gone = aborted(signal);
  // From the end of its time on the probe is not listened to but through `timedOut`.
  const inTime = asked.then((result) => (over.signal.aborted ? timedOut : result));
  const found = Promise.race([inTime, timedOut, gone.promise]).then((result): Found => {
    timer?.cancel();
    gone.forget();
    if (result instanceof NoResult) return { why: result.message };
    return { result, tookMs: Math.round(clock.monotonicMs() - startMs) };
  });
  return { found, released: asked };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((next) => setImmediate(next));
}

/** What the probe gives as it is, or what it throws: a promise around it would settle later than it does. */
function called(probe: Probe, signal: AbortSignal): Promise<ProbeResult> {
  try {
    return Promise.resolve(probe.look(signal));
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return Promise.reject(failure);
  }
}

function failureOf(error: unknown): ProbeResult | NoResult {
  if (error instanceof NoResult) return error;
  return { state: 'down', reason: error instanceof Error ? error.message : String(error) };
}

function aborted(signal: AbortSignal): { readonly promise: Promise<NoResult>; forget(): void } {
  let abort = (): void => undefined;
  const promise = new Promise<NoResult>((resolve) => {
    abort = () => resolve(new NoResult('Nobody wants to know any more'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  return { promise, forget: () => signal.removeEventListener('abort', abort) };
}
