/** Who is asking: the peer's address, or what trusted proxies say of it. */
import { BlockList, isIP } from 'node:net';
import { isLoopback, parseSubnet } from './address.ts';

/** Finds a request's client. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * Walks X-Forwarded-For from its end for as long as the speaker is a trusted proxy, so that what a client wrote
 * itself is never believed. Nor is a loopback address that another machine tells of: it is that machine's own, and
 * would pass for ours.
 * @param trustedProxies IP addresses and subnets.
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const text of trustedProxies) {
    const subnet = parseSubnet(text);
    if (subnet) trusted.addSubnet(subnet.net, subnet.prefix, subnet.type);
  }
  const isTrusted = (address: string): boolean => {
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
  return (peer = '', forwardedFor = '') => {
    let client = plain(peer);
    const hops = forwardedFor.split(',').map((hop) => plain(hop.trim()));
    while (isTrusted(client)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      if (isLoopback(hop) && !isLoopback(client)) break;
      client = hop;
    }
    return client;
  };
}

/** An IPv4 client of a dual-stack socket reads `::ffff:127.0.0.1`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}
