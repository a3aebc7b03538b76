/** Door: the wire protocol's shapes, vocabulary and codes. No DOM, no Node, no validation library. */
export * from './states.ts';
export * from './codes.ts';
export * from './error.ts';
export * from './close.ts';
export * from './version.ts';
export * from './frames.ts';
export * from './roles.ts';
export * from './metrics.ts';
export * from './series.ts';
export * from './selector.ts';
export * from './queries.ts';
export type * from './alerts.ts';
export * from './audit.ts';
export type * from './timeline.ts';
export * from './contexts.ts';
export type * from './health.ts';
export type * from './auth.ts';
