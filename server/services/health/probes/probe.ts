/** What a probe is: it looks at one thing, once, and says what it found. */
import type { ProbeTimings } from '../../../../src/protocol/index.ts';

/** What a probe found. */
export interface ProbeResult {
  readonly state: 'up' | 'degraded' | 'down';
  /** Why, or the figure that was judged. Never the body of an answer, and no credential. */
  readonly reason?: string;
  readonly timings?: ProbeTimings;
  /** When the certificate that was seen expires, ms since 1970. */
  readonly certificateExpiresAt?: number;
}

/** Looks at one thing. */
export interface Probe {
  /**
   * Looks once; never twice at once. A rejection has found the thing down, with its message as the reason; a `NoResult` has
   * found nothing.
   * @param signal aborts when the time is over or the check goes: everything opened is closed before this settles. The message
   * of its reason begins the message of the rejection, which goes on with what was waited for.
   */
  look(signal: AbortSignal): Promise<ProbeResult> | ProbeResult;
  /** Of a heartbeat: it came in. */
  beat?(): void;
  /** Lets go of what the probe holds, once it is no longer run. */
  close?(): void;
}

/** Something of our own failed: the event loop stood still, the disk was full. It says nothing of what is looked at. */
export class NoResult extends Error {
  override readonly name = 'NoResult';
}
