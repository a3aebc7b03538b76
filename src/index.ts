/** Door 1: the elements' classes and what goes with them. Registers nothing: see `define.ts`. */
export { WaooawSocket } from './elements/socket/socket.ts';
export { WaooawStatusBadge } from './elements/status-badge/status-badge.ts';
export type { BadgeChange } from './elements/status-badge/status-badge.ts';
export { WaooawMetricsWidget } from './elements/metrics-widget/metrics-widget.ts';
export { register } from './elements/register.ts';
export { socketContext } from './elements/socket-context.ts';
export { pageAnnouncer } from './a11y/announcer.ts';
export type { Announcer, Urgency } from './a11y/announcer.ts';
export { SocketClient } from './client/socket.ts';
export type { SocketOptions } from './client/options.ts';
export type { SocketState, StateChange } from './client/states.ts';
export { VERSION } from './protocol/version.ts';
