/** What every server of the fan-out bench publishes. */

/** A publication of about 240 bytes of JSON, like a metrics tick. */
export interface Message {
  /** 1, 2, 3, … over the server's life: the readers hold it to that. */
  readonly seq: number;
  /** Wall clock when it was made, ms. */
  readonly at: number;
  readonly [field: string]: unknown;
}

/** Makes one. */
export function makeMessage(seq: number): Message {
  const at = performance.timeOrigin + performance.now();
  return {
    seq,
    at,
    series: 'queue_pending{agent="invoices-7",environment="production",service="billing"}',
    unit: 'count',
    state: seq % 50 === 0 ? 'degraded' : 'running',
    rows: [[Math.floor(at / 1000) * 1000, 12, 48 + (seq % 7), 3_120.5, 96, 31 + (seq % 13)]],
    note: 'within its budget, next run in 30 s',
  };
}
