/** Takes the WebSocket upgrades that are ours off a Node server, and leaves everything else to its host. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Upgrade } from './upgrade.ts';

/** Who of ours is attached to a server: several may be, each below a path of its own. */
const attached = new WeakMap<Server, Set<Upgrade>>();

/**
 * Serves a server's upgrades for one endpoint.
 *
 * As soon as anybody listens for upgrades, Node hands every request with an Upgrade header to the listeners and
 * answers none of them itself, plain ones that merely offer HTTP/2 included. So it is told which are meant: ours, and
 * all of them if the host listens too.
 * @returns detaches.
 */
export function attachUpgrade(server: Server, upgrade: Upgrade): () => void {
  const ours = attached.get(server) ?? new Set<Upgrade>();
  attached.set(server, ours.add(upgrade));
  const hostListens = (): boolean => server.listenerCount('upgrade') > ours.size;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const taken = upgrade.handle(request, socket, head);
    // Only Node before 24.9 asks us about what is nobody's.
    const nobodys = !taken && !hostListens() && ![...ours].some((one) => one.owns(request));
    if (nobodys) socket.destroy();
  };
  server.on('upgrade', onUpgrade);
  Object.assign(server, {
    shouldUpgradeCallback: (request: IncomingMessage) =>
      hostListens() || [...ours].some((one) => one.owns(request)),
  });

  return () => {
    ours.delete(upgrade);
    server.off('upgrade', onUpgrade);
  };
}
