/** What instances are told of who asks: `X-Forwarded-*` and `Via`. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Of a peer that is believed. */
export interface Forwarding {
  /** Headers to add, names and values in turns. */
  headers(request: IncomingMessage): string[];
}

/**
 * What a client says of itself is not passed on, unless it is a proxy that is trusted.
 * @param trusted addresses and subnets, such as `10.0.0.0/8`.
 */
export function createForwarding(trusted: readonly string[]): Forwarding {
  const list = new BlockList();
  for (const one of trusted) {
    const [address = '', bits] = one.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean =>
    trusted.length > 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return {
    headers({ socket, headers, httpVersion }) {
      const address = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
      const said = isTrusted(address) ? headers : {};
      const earlier = said['x-forwarded-for'];
      const host = said['x-forwarded-host'] ?? headers.host;
      return [
        'X-Forwarded-For',
        earlier === undefined ? address : `${String(earlier)}, ${address}`,
        'X-Forwarded-Proto',
        said['x-forwarded-proto'] === 'https' ? 'https' : 'http',
        ...(host === undefined ? [] : ['X-Forwarded-Host', String(host)]),
        'Via',
        `${httpVersion} waooaw`,
      ];
    },
  };
}
