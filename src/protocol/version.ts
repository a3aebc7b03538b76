/** Versions, stated in the first exchange so that an old page and a new server understand each other. */

/** The package's version; a test holds it to package.json. */
export const VERSION = '0.1.0';

/** WebSocket subprotocols spoken here, best first. */
export const SUBPROTOCOLS: readonly [string, ...string[]] = ['waooaw.v1'];

/** Where the WebSocket endpoint stands below the base path. */
export const SOCKET_PATH = '/ws';

/** Where the streaming endpoint stands below the base path, for networks that let no WebSocket through. */
export const STREAM_PATH = '/sse';
