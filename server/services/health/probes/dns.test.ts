import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { dnsName, startDns, until } from '../../../testing/fault-servers.ts';
import type { DnsAnswer } from '../../../testing/fault-servers.ts';
import { look, lookUntil, probeOf } from '../../../testing/probing.ts';
import { serverOf } from './dns-server.ts';

type Options = Omit<Parameters<typeof probeOf>[0] & { kind: 'dns' }, 'kind' | 'name' | 'server'>;

const uint16 = (...values: readonly number[]) =>
  Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
const text = (...parts: readonly string[]) =>
  Buffer.concat(parts.map((part) => Buffer.from([part.length, ...Buffer.from(part)])));

async function ask(
  t: TestContext,
  answer: DnsAnswer,
  options: Options = {},
  name = 'db.example',
): Promise<string> {
  const server = await startDns(t, () => answer);
  const probe = probeOf({ kind: 'dns', name, server: `127.0.0.1:${server.port}`, ...options });
  const { state, reason, timings } = await look(probe);
  assert.ok(timings === undefined || timings.dnsMs! >= 0);
  return `${state}: ${reason}`;
}

describe('the probe that looks a name up', () => {
  it('is up where there is a record, and says what it found', async (t) => {
    const records = [Buffer.from([192, 0, 2, 1]), Buffer.from([192, 0, 2, 2])];
    assert.equal(await ask(t, { records }), 'up: 192.0.2.1, 192.0.2.2');
    const many = [1, 2, 3, 4, 5].map((last) => Buffer.from([192, 0, 2, last]));
    assert.equal(await ask(t, { records: many }), 'up: 192.0.2.1, 192.0.2.2, 192.0.2.3 and 2 more');
  });

  it('reads records of each type, and compares them as they stand in a zone', async (t) => {
    const soa = Buffer.concat([dnsName('ns.example'), dnsName('root.example'), Buffer.alloc(20, 1)]);
    const number = 0x01010101;
    const cases: readonly (readonly [Options['type'] & string, Uint8Array, string, string])[] = [
      [
        'AAAA',
        Buffer.from([0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1]),
        '2001:DB8:0::1',
        '2001:db8::1',
      ],
      ['CNAME', dnsName('Www.Example'), 'www.example.', 'Www.Example'],
      ['NS', dnsName('ns1.example'), 'NS1.example', 'ns1.example'],
      ['PTR', dnsName('host.example'), 'host.example', 'host.example'],
      ['MX', Buffer.concat([uint16(10), dnsName('mail.example')]), '10 mail.example.', '10 mail.example'],
      [
        'SRV',
        Buffer.concat([uint16(10, 5, 443), dnsName('a.example')]),
        '10 5 443 a.example',
        '10 5 443 a.example',
      ],
      [
        'CAA',
        Buffer.from([0, 5, ...Buffer.from('issueca.example')]),
        '0 issue "ca.example"',
        '0 issue "ca.example"',
      ],
      [
        'SOA',
        soa,
        `ns.example root.example ${Array(5).fill(number).join(' ')}`,
        `ns.example root.example ${Array(5).fill(number).join(' ')}`,
      ],
      ['TXT', text('v=spf1 ', '-all'), 'v=spf1 -all', '1 record'],
    ];
    for (const [type, record, value, shown] of cases) {
      const said = await ask(t, { records: [record] }, { type, values: [value], exact: true });
      assert.equal(said, `up: ${shown}`, type);
    }
    assert.equal(
      await ask(t, { records: [text('a'), text('b')] }, { type: 'TXT', values: ['a'], exact: true }),
      'down: More than expected: found 2 records',
    );
    assert.equal(
      await ask(t, { records: [dnsName('host.example')] }, { type: 'PTR' }, '192.0.2.1'),
      'up: host.example',
    );
  });

  it('is down where a record is missing, and where there are others although there may be none', async (t) => {
    const records = [Buffer.from([192, 0, 2, 1]), Buffer.from([192, 0, 2, 2])];
    assert.equal(await ask(t, { records }, { values: ['192.0.2.2'] }), 'up: 192.0.2.1, 192.0.2.2');
    assert.equal(
      await ask(t, { records }, { values: ['192.0.2.2', '192.0.2.9'] }),
      'down: Not there: 192.0.2.9. Found 192.0.2.1, 192.0.2.2',
    );
    assert.equal(
      await ask(t, { records }, { values: ['192.0.2.2'], exact: true }),
      'down: More than expected: found 192.0.2.1, 192.0.2.2',
    );
    assert.equal(await ask(t, {}), 'down: db.example has no A record');
  });

  it('says what the resolver says', async (t) => {
    for (const [code, said] of [
      [1, 'The resolver does not understand the question (EFORMERR)'],
      [2, 'The resolver failed (ESERVFAIL)'],
      [3, 'The name does not exist (ENOTFOUND)'],
      [4, 'The resolver does not know such a record (ENOTIMP)'],
      [5, 'The resolver refuses to answer (EREFUSED)'],
    ] as const) {
      assert.equal(await ask(t, { code }), `down: ${said}`);
    }
  });

  it('ends in time with a resolver that says nothing, and leaves nothing open', async (t) => {
    const server = await startDns(t, () => undefined);
    const probe = probeOf({ kind: 'dns', name: 'db.example', server: `127.0.0.1:${server.port}` });
    const before = openSockets();
    const asked = until('the question comes', () => server.asked.length > 0);
    const { state, reason } = await lookUntil(probe, asked);
    assert.deepEqual([state, reason], ['down', 'No result within 100 ms: looking up db.example']);
    await until('its socket closes', () => openSockets() <= before);
  });

  it('asks no server that may not be reached', () => {
    for (const [server, allowPrivate, what] of [
      ['169.254.169.253', true, 'link-local'],
      ['[fe80::1]:53', true, 'link-local'],
      ['127.0.0.1:53', false, 'loopback'],
    ] as const) {
      assert.throws(() => probeOf({ kind: 'dns', name: 'a.example', server }, { allowPrivate }), {
        code: 'bad_request',
        message: `probe.server: is ${what}, which this check may not reach`,
      });
    }
  });

  it('asks a server by its IPv6 address too', async () => {
    const { state, reason } = await look(probeOf({ kind: 'dns', name: 'a.example', server: '[::1]:9' }));
    assert.equal(state, 'down');
    assert.match(reason!, /^The resolver (cannot be reached|did not answer)/);
  });

  it('asks the servers of this machine where none is named', async () => {
    const { state, reason } = await look(probeOf({ kind: 'dns', name: 'nothing.invalid' }));
    assert.equal(state, 'down');
    assert.match(reason!, /^The (name|resolver) /);
  });

  it('reads its server in each spelling', () => {
    const cases = [
      ['192.0.2.53', '192.0.2.53', 53],
      ['192.0.2.53:5353', '192.0.2.53', 5353],
      ['2001:db8::53', '2001:db8::53', 53],
      ['[2001:db8::53]', '2001:db8::53', 53],
      ['[2001:db8::53]:5353', '2001:db8::53', 5353],
    ] as const;
    for (const [server, address, port] of cases) assert.deepEqual(serverOf(server), { address, port });
    for (const bad of ['dns.example', '192.0.2.256', '192.0.2.53:0', '192.0.2.53:65536', '[192', '[]', ''])
      assert.throws(() => serverOf(bad), RangeError, bad);
  });
});

/** Of this process, as the system counts them; the resolver's own are known to nobody else. */
function openSockets(): number {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return 0;
  const links = readdirSync(folder).map((file) => {
    try {
      return readlinkSync(`${folder}/${file}`);
    } catch {
      // That which the folder itself was read by.
      return '';
    }
  });
  return links.filter((link) => link.startsWith('socket:')).length;
}
