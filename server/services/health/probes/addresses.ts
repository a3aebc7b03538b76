/** From a name to the addresses that may be connected to: looked up once, and every one of them checked. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { ProbeFailure, clean } from './failure.ts';
import type { Run } from './run.ts';
import { refusalOf } from './target-policy.ts';

/** Finds the addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Lookups that are under way: those of one name are one, as the system has few threads for them and none can be taken back. */
const underWay = new Map<string, Promise<readonly string[]>>();

/** As the system does it: its file of hosts, its search domains, its resolvers. */
export const resolveBySystem: Resolve = (name) => {
  const known = underWay.get(name);
  if (known) return known;
  const found = lookup(name, { all: true, order: 'verbatim' })
    .then((all) => all.map(({ address }) => address))
    .finally(() => underWay.delete(name));
  underWay.set(name, found);
  return found;
};

/**
 * Finds where to connect to.
 * @param host a name or an address; the latter with or without brackets.
 * @throws ProbeFailure where any address is refused: one of several would be a way around the policy.
 */
export async function addressesOf(
  host: string,
  { allowPrivate, resolve }: { readonly allowPrivate: boolean; readonly resolve: Resolve },
  run: Run,
): Promise<readonly string[]> {
  const bare = withoutBrackets(host);
  if (isIP(bare) !== 0) return checked(bare, [bare], allowPrivate);
  const done = run.begin('dnsMs', `looking up ${clean(bare)}`);
  const addresses = await run.within(resolve(bare));
  done();
  return checked(bare, addresses, allowPrivate);
}

/** Hands a connection the addresses that were checked, so that nothing is looked up a second time. */
export function handing(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, { all: wantsAll }, callback) => {
    if (wantsAll) callback(null, all);
    else callback(null, all[0]!.address, all[0]!.family);
  };
}

/** An IPv6 address as sockets take it, from one as it stands in a URL. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function checked(host: string, addresses: readonly string[], allowPrivate: boolean): readonly string[] {
  if (addresses.length === 0) throw new ProbeFailure(`${clean(host)} has no address`);
  for (const address of addresses) {
    const refusal = refusalOf(address, allowPrivate);
    if (refusal === undefined) continue;
    const whose = address === host ? address : `${address}, an address of ${clean(host)},`;
    throw new ProbeFailure(`${whose} is ${refusal}, which this check may not reach`);
  }
  return addresses;
}
