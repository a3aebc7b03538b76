/** What the server and its door say to one another over the door's Unix socket: JSON, one message a line. */
import type { ErrorCode } from '../../../src/protocol/index.ts';
import type { DoorRoute, OpenDoor } from '../../ports/agent-door.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { DoorLimits } from './limits.ts';

/** Of the messages' form. A door that speaks another is ended, and one of ours begins with its routes. */
export const DOOR_PROTOCOL = 1;
/** Names in the door's folder. */
export const FILES = {
  socket: 'door.sock',
  identity: 'door.json',
  routes: 'routes.json',
  log: 'door.log',
} as const;
/** A longer message ends the connection, bytes. */
export const MAX_MESSAGE_BYTES = 4_194_304;

/** What became of a drain. */
export interface DrainReport {
  readonly drained: number;
  readonly socketsClosed: number;
  readonly cut: number;
}

/** What may be asked of a door. */
export type DoorQuestion =
  | { readonly do: 'hello' }
  | { readonly do: 'point'; readonly route: DoorRoute }
  | {
      readonly do: 'drain';
      readonly agent: string;
      readonly instances: readonly string[];
      readonly timeoutMs: number;
    }
  | { readonly do: 'close'; readonly agent: string }
  | { readonly do: 'list' }
  | { readonly do: 'end' };

/** A question by its number. */
export type DoorRequest = DoorQuestion & { readonly id: number };

/** Who answers. */
export interface DoorHello {
  readonly protocol: number;
  readonly identity: ProcessIdentity;
}

/** What each question is answered with. */
export interface DoorAnswers {
  readonly hello: DoorHello;
  readonly point: OpenDoor;
  readonly drain: DrainReport;
  readonly close: null;
  readonly list: readonly OpenDoor[];
  readonly end: null;
}

/** The answer to the question of that number. */
export type DoorResponse =
  | { readonly id: number; readonly ok: DoorAnswers[keyof DoorAnswers] }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** What a door is started with. */
export interface DoorSettings {
  readonly host: string;
  readonly trustedProxies: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly limits: DoorLimits;
}
