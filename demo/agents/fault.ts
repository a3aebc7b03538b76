/** Ways in which the demo's service can be broken: each is true, none is played. */

/** The channel that the service says its state on. */
export const STATE = 'app/demo/usage';
/** The channel that it hears on what it should suffer from. */
export const WANTED = 'app/demo/usage-wanted';

/** None; its port is closed; it answers 500; it answers late; it takes the request and never answers. */
export const FAULTS = ['none', 'refuse', 'errors', 'slow', 'hang'] as const;

/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** What is said on both channels. */
export interface FaultState {
  readonly fault: Fault;
}

/** Narrows what somebody said. */
export function isFault(value: unknown): value is Fault {
  return FAULTS.some((fault) => fault === value);
}
