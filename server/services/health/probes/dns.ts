/** A probe that looks a name up, and compares what is found. */
import { Resolver } from 'node:dns/promises';
import type { AnyRecord, CaaRecord, MxRecord, SoaRecord, SrvRecord } from 'node:dns';
import { isIP } from 'node:net';
import type { DnsProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { bytesOf } from './address.ts';
import { serverOf } from './dns-server.ts';
import { ProbeFailure, clean, codeOf } from './failure.ts';
import type { Probe, ProbeResult } from './probe.ts';
import { running } from './run.ts';
import type { Run } from './run.ts';

/** Records that are shown at once. */
const MAX_SHOWN = 3;

/** What these codes of the resolver mean. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name does not exist',
  ESERVFAIL: 'The resolver failed',
  EREFUSED: 'The resolver refuses to answer',
  ETIMEOUT: 'The resolver did not answer',
  ECONNREFUSED: 'The resolver cannot be reached',
  EBADRESP: 'The resolver’s answer cannot be read',
  EFORMERR: 'The resolver does not understand the question',
  ENOTIMP: 'The resolver does not know such a record',
};

/**
 * Makes one. Names are looked up, and nothing that is found is connected to; whether its server may be asked, which is an
 * address, was seen to with the settings. @throws RangeError for a server that is none.
 */
export function createDnsProbe(spec: DnsProbe, clock: Clock): Probe {
  const server = spec.server === undefined ? undefined : serverOf(spec.server);
  return {
    look: (signal) =>
      running(clock, signal, async (run) => {
        // One for each run, so that it knows of other servers of this machine as soon as there are any.
        const resolver = new Resolver();
        if (server) {
          resolver.setServers([
            isIP(server.address) === 6
              ? `[${server.address}]:${server.port}`
              : `${server.address}:${server.port}`,
          ]);
        }
        const done = run.begin('dnsMs', `looking up ${clean(spec.name)}`);
        try {
          const records = await found(resolver, spec, run);
          done();
          return { ...judged(spec, records), timings: run.timings };
        } finally {
          resolver.cancel();
        }
      }),
  };
}

async function found(resolver: Resolver, { name, type }: DnsProbe, run: Run): Promise<readonly string[]> {
  const asked =
    type === 'PTR' && isIP(name) !== 0
      ? resolver.reverse(name)
      : (resolver.resolve(name, type) as Promise<unknown>);
  try {
    return [await run.within(asked)].flat().map((record) => textOf(type, record as AnyRecord));
  } catch (error) {
    const code = codeOf(error);
    // The name is there, the record is not.
    if (code === 'ENODATA') return [];
    const words = WORDS[code];
    throw words === undefined ? error : new ProbeFailure(`${words} (${code})`, { cause: error });
  }
}

function judged({ name, type, values, exact }: DnsProbe, records: readonly string[]): ProbeResult {
  if (records.length === 0) return { state: 'down', reason: `${name} has no ${type} record` };
  const there = new Set(records.map((record) => comparable(type, record)));
  const wanted = new Set(values.map((value) => comparable(type, value)));
  // What a text record holds is an answer's body; the others say where things are.
  const shown =
    type === 'TXT' ? (records.length === 1 ? '1 record' : `${records.length} records`) : listed(records);
  const missing = values.filter((value) => !there.has(comparable(type, value)));
  if (missing.length > 0) return { state: 'down', reason: `Not there: ${listed(missing)}. Found ${shown}` };
  if (exact && records.some((record) => !wanted.has(comparable(type, record))))
    return { state: 'down', reason: `More than expected: found ${shown}` };
  return { state: 'up', reason: shown };
}

function listed(values: readonly string[]): string {
  const more = values.length - MAX_SHOWN;
  const first = values.slice(0, MAX_SHOWN).map((value) => clean(value, 80));
  return first.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A record as it stands in a zone's file. */
function textOf(type: DnsProbe['type'], record: unknown): string {
  switch (type) {
    case 'MX': {
      const { priority, exchange } = record as MxRecord;
      return `${priority} ${exchange}`;
    }
    case 'SRV': {
      const { priority, weight, port, name } = record as SrvRecord;
      return `${priority} ${weight} ${port} ${name}`;
    }
    case 'SOA': {
      const { nsname, hostmaster, serial, refresh, retry, expire, minttl } = record as SoaRecord;
      return `${nsname} ${hostmaster} ${serial} ${refresh} ${retry} ${expire} ${minttl}`;
    }
    case 'CAA': {
      const { critical, ...rest } = record as CaaRecord;
      const [tag = '', value = ''] = Object.entries(rest).find(([key]) => key !== 'type') ?? [];
      return `${critical} ${tag} "${String(value)}"`;
    }
    // In pieces, which belong together (RFC 7208 §3.3).
    case 'TXT':
      return [record].flat().join('');
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return String(record);
  }
}

/** Names are compared without regard to case and to the dot at their end, addresses by their bytes, texts as they are. */
function comparable(type: DnsProbe['type'], value: string): string {
  if (type === 'TXT') return value;
  const bytes = type === 'AAAA' ? bytesOf(value) : undefined;
  return bytes ? bytes.join('.') : value.trim().toLowerCase().replace(/\.$/, '');
}
