/** Limits of the process runtime. */

/** Every limit, with its unit. */
export interface ProcessRuntimeLimits {
  /** How long a shim may take to answer, ms. */
  readonly answerMs: number;
  /** How long one may take to start its instance, ms. */
  readonly startMs: number;
  /** Shims that start at once; others wait. */
  readonly maxStarting: number;
  /** How long after its grace a shim may take to end what it was asked to end, ms; then it is ended itself. */
  readonly stopMs: number;
  /** Ports for instances, on loopback: best below those that the system gives to outgoing connections. */
  readonly ports: { readonly from: number; readonly to: number };
  /** How often resident memory is looked at where it is limited, ms. */
  readonly memoryCheckMs: number;
  /** How often a shim looks whether its record is there; once that is taken away it ends its instance, ms. */
  readonly recordCheckMs: number;
  /** Output of an instance beyond this has to wait, bytes a second. */
  readonly logBytesPerSecond: number;
  /** Whoever follows a log is told at most this much of it at once, and the newest, bytes. */
  readonly followBytes: number;
}

/** What holds when nothing else is said. */
export const PROCESS_RUNTIME_LIMITS: ProcessRuntimeLimits = {
  answerMs: 10_000,
  startMs: 30_000,
  maxStarting: 8,
  stopMs: 20_000,
  ports: { from: 20_000, to: 31_999 },
  memoryCheckMs: 1_000,
  recordCheckMs: 10_000,
  logBytesPerSecond: 4_194_304,
  followBytes: 262_144,
};
