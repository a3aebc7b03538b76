import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, carriedBy } from './address.ts';
import { refusalOf } from './target-policy.ts';

/** Refused whoever asks. */
const NEVER = [
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['::', 'unspecified'],
  ['0:0:0:0:0:0:0:0', 'unspecified'],
  ['169.254.169.254', 'a metadata service'],
  ['169.254.170.2', 'a metadata service'],
  ['100.100.100.200', 'a metadata service'],
  ['168.63.129.16', 'a metadata service'],
  ['192.0.0.192', 'a metadata service'],
  ['fd00:ec2::254', 'a metadata service'],
  ['FD00:0EC2:0000:0000:0000:0000:0000:0254', 'a metadata service'],
  ['fd20:ce::254', 'a metadata service'],
  ['169.254.0.1', 'link-local'],
  ['169.254.255.255', 'link-local'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['febf:ffff::1', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.250', 'multicast'],
  ['ff02::1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['240.0.0.1', 'reserved'],
  // The same in other words.
  ['::ffff:169.254.169.254', 'a metadata service'],
  ['::ffff:a9fe:a9fe', 'a metadata service'],
  ['0:0:0:0:0:ffff:a9fe:a9fe', 'a metadata service'],
  ['::169.254.169.254', 'a metadata service'],
  ['::ffff:0:169.254.169.254', 'a metadata service'],
  ['64:ff9b::169.254.169.254', 'a metadata service'],
  ['64:ff9b::a9fe:a9fe', 'a metadata service'],
  ['64:ff9b:1::a9fe:a9fe', 'a metadata service'],
  ['64:ff9b:1:a9fe:a9:fe00::', 'a metadata service'],
  ['64:ff9b:1:a9:fe:a9fe::', 'a metadata service'],
  ['64:ff9b:1:0:a9:fea9:fe00:0', 'a metadata service'],
  ['2002:a9fe:a9fe::1', 'a metadata service'],
  ['2001:0:a9fe:a9fe::1', 'a metadata service'],
  // Teredo turns every bit of the client's address.
  ['2001:0:102:304::5601:5601', 'a metadata service'],
  ['2001:db9::5efe:169.254.169.254', 'a metadata service'],
  ['2001:db9::200:5efe:a9fe:a9fe', 'a metadata service'],
  ['::ffff:224.0.0.1', 'multicast'],
  ['::ffff:0.0.0.0', 'unspecified'],
  ['not-an-address', 'not an address'],
  ['2130706433', 'not an address'],
  ['0x7f.1', 'not an address'],
  ['', 'not an address'],
] as const;

/** Refused unless private addresses are allowed. */
const PRIVATE = [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['64:ff9b::127.0.0.1', 'loopback'],
  ['2002:7f00:1::', 'loopback'],
  ['10.0.0.1', 'private'],
  ['10.255.255.255', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.0.1', 'private'],
  ['::ffff:192.168.0.1', 'private'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['fec0::1', 'private'],
  ['100.64.0.1', 'shared by a provider'],
  ['192.0.0.1', 'reserved'],
  ['192.0.2.1', 'for documentation'],
  ['198.18.0.1', 'for benchmarks'],
  ['198.19.255.255', 'for benchmarks'],
  ['198.51.100.1', 'for documentation'],
  ['203.0.113.1', 'for documentation'],
  ['2001:db8::1', 'for documentation'],
  ['64:ff9b:1::8.8.8.8', 'for NAT64'],
] as const;

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '126.255.255.255',
  '128.0.0.1',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2001:4860:4860::8888',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
  'fe00::1',
  '2a00:1450:4001:82b::200e',
];

describe('the policy of targets', () => {
  it('refuses what nobody looks at on purpose, whoever asks and however it is written', () => {
    for (const allowPrivate of [true, false]) {
      for (const [address, what] of NEVER) assert.equal(refusalOf(address, allowPrivate), what, address);
    }
  });

  it('refuses this machine and private networks unless they are allowed', () => {
    for (const [address, what] of PRIVATE) {
      assert.equal(refusalOf(address, false), what, address);
      assert.equal(refusalOf(address, true), undefined, address);
    }
  });

  it('takes public addresses, also next to what is refused', () => {
    for (const address of PUBLIC) assert.equal(refusalOf(address, false), undefined, address);
  });

  it('reads an address to its bytes, wherever its zeros are left out', () => {
    const cases = [
      ['1.2.3.4', [1, 2, 3, 4]],
      ['1::', [0, 1, ...Array<number>(14).fill(0)]],
      ['::1', [...Array<number>(15).fill(0), 1]],
      ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
      ['1:2::7:8%lo', [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 8]],
      ['1:2:3:4:5:6:1.2.3.4', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 2, 3, 4]],
    ] as const;
    for (const [address, bytes] of cases) assert.deepEqual([...bytesOf(address)!], bytes, address);
    assert.equal(bytesOf('1.2.3'), undefined);
    assert.deepEqual(carriedBy(bytesOf('2606:4700::1111')!), []);
  });
});
