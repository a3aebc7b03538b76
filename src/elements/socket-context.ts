/** How a widget finds its socket: an enclosing provider, else the page's, whatever came first. */
import { createContext } from '@lit/context';
import type { SocketClient } from '../client/socket.ts';

/**
 * The context of the community protocol. Hosts may provide a client of their own under it; undefined: none yet, and no
 * other is to be taken instead.
 */
export const socketContext = createContext<SocketClient | undefined>(Symbol.for('waooaw.socket'));

/** The page's sockets in the order they appeared, and who wants to know of changes. */
interface Registry {
  readonly clients: SocketClient[];
  readonly listeners: Set<() => void>;
}

// Shared by every copy of this module on the page, so that a widget of one release finds another's socket.
const KEY = Symbol.for('waooaw.sockets.v1');

/** The page's registry. */
export function pageSockets(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  return (holder[KEY] ??= { clients: [], listeners: new Set() });
}

/** Adds a client to the page. @returns takes it away. */
export function offerSocket(client: SocketClient): () => void {
  const { clients, listeners } = pageSockets();
  const tell = (): void => [...listeners].forEach((listener) => listener());
  clients.push(client);
  tell();
  return () => {
    const at = clients.indexOf(client);
    if (at < 0) return;
    clients.splice(at, 1);
    tell();
  };
}
