/** The contexts service's limits: each an option with a default and a unit. */

/** How often is told, and how much is answered. */
export interface ContextsLimits {
  /** Between two looks at what is in use, and so between two publications, ms. */
  readonly contextIntervalMs: number;
  /** Items of a page of the API, where the caller does not say. */
  readonly contextPageItems: number;
  /** Items of a page of the API, at most; of a publication too. */
  readonly maxContextPageItems: number;
  /** Characters of a search. */
  readonly maxContextQueryLength: number;
}

/** The defaults. */
export const DEFAULT_CONTEXTS_LIMITS: ContextsLimits = Object.freeze({
  contextIntervalMs: 1_000,
  contextPageItems: 100,
  maxContextPageItems: 1_000,
  maxContextQueryLength: 256,
});
