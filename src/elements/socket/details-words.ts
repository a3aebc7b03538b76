/** What the connection's details say in words. Loaded with them. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const detailsMessages = /* @__PURE__ */ defineMessages('socket-details', {
  server: 'Server',
  identity: 'Signed in as',
  transport: 'Transport',
  websocket: 'WebSocket',
  sse: 'Streaming (SSE and POST)',
  none: 'none',
  since: 'Connected since',
  roundTrip: 'Round trip',
  /** @param time as `Intl` has it. */
  roundTripOf: (time: string, count: number) => (count === 1 ? time : `${time}, median of ${count}`),
  reconnects: 'Reconnects',
  losses: 'Losses',
  /** Behind the number of losses. */
  replayed: (replays: number) => (replays === 0 ? '' : `, and ${replays} made good`),
  clock: 'Clock',
  ahead: (by: string) => `This computer’s clock is ${by} ahead`,
  behind: (by: string) => `This computer’s clock is ${by} behind`,
  last: 'Last interruption',
  unsaid: 'no reason given',
  /** The report no longer goes back to the beginning. */
  atLeast: (count: number) => `${count} or more`,
  version: (version: string) => `waooaw ${version}`,
  download: 'Download connection report',
});

/** For translations. */
export type SocketDetailsMessages = MessagesOf<typeof detailsMessages>;
