/** Door: the client without any framework. Works in browsers, workers and Node 24. */
export { SocketClient } from './socket.ts';
export type { SocketOptions, SocketState, StateChange } from './socket.ts';
export type { ChannelListener } from './channel.ts';
export { backoffMs } from './backoff.ts';
export type { BackoffOptions } from './backoff.ts';
export type { ClientClock } from './clock.ts';
export { endpointOf } from './url.ts';
export { judgeFreshness } from './freshness.ts';
export type { Freshness, FreshnessInput } from './freshness.ts';
export { MetricWindow } from './metric-window.ts';
export type { Columns } from './metric-window.ts';
