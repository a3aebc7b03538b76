/** Where a request came from. */

/** Where a request came from, as its entry says it. */
export interface Origin {
  readonly ip?: string;
  readonly requestId?: string;
}
