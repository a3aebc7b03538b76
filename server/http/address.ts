/** IP addresses: which are loopback, and what a subnet reads like. */
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** An IP address or subnet, or undefined when the text is neither. */
export function parseSubnet(
  text: string,
): { net: string; prefix: number; type: 'ipv4' | 'ipv6' } | undefined {
  const [net = '', length] = text.split('/');
  const version = isIP(net);
  if (version === 0 || text.split('/').length > 2) return undefined;
  const bits = version === 6 ? 128 : 32;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : bits + 1;
  return prefix <= bits ? { net, prefix, type: version === 6 ? 'ipv6' : 'ipv4' } : undefined;
}
