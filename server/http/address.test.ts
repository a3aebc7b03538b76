import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, parseSubnet } from './address.ts';

describe('isLoopback', () => {
  it('knows every spelling of this machine', () => {
    for (const host of [
      '127.0.0.1',
      '127.255.255.254',
      '::1',
      '0:0:0:0:0:0:0:1',
      '::ffff:127.0.0.1',
      'LOCALHOST',
    ]) {
      assert.equal(isLoopback(host), true, host);
    }
  });

  it('takes no other address and no other name for it', () => {
    for (const host of [
      '',
      '0.0.0.0',
      '::',
      '126.255.255.255',
      '128.0.0.1',
      '::2',
      'localhost.example',
      '127.1',
    ]) {
      assert.equal(isLoopback(host), false, host);
    }
  });
});

describe('parseSubnet', () => {
  it('reads an address as the subnet of itself alone', () => {
    assert.deepEqual(parseSubnet('192.0.2.7'), { net: '192.0.2.7', prefix: 32, type: 'ipv4' });
    assert.deepEqual(parseSubnet('fd00::7'), { net: 'fd00::7', prefix: 128, type: 'ipv6' });
  });

  it('reads a subnet, from everything to a single address', () => {
    assert.deepEqual(parseSubnet('10.0.0.0/8'), { net: '10.0.0.0', prefix: 8, type: 'ipv4' });
    assert.deepEqual(parseSubnet('0.0.0.0/0'), { net: '0.0.0.0', prefix: 0, type: 'ipv4' });
    assert.deepEqual(parseSubnet('fd00::/128'), { net: 'fd00::', prefix: 128, type: 'ipv6' });
  });

  it('reads nothing else', () => {
    for (const text of [
      '',
      '/8',
      'proxy',
      '10.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
    ]) {
      assert.equal(parseSubnet(text), undefined, text);
    }
    assert.equal(parseSubnet('fd00::/129'), undefined);
    assert.equal(parseSubnet('fd00::/1000'), undefined);
  });
});
