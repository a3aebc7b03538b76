import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientAddress } from './client-address.ts';

describe('client address', () => {
  const direct = clientAddress([]);
  const proxied = clientAddress(['10.0.0.0/8', 'fd00::/8', '192.0.2.7']);

  it('is the peer while no proxy is trusted, whatever the header says', () => {
    assert.equal(direct('127.0.0.1', '1.2.3.4'), '127.0.0.1');
    assert.equal(direct('203.0.113.9', undefined), '203.0.113.9');
    assert.equal(proxied('203.0.113.9', '1.2.3.4'), '203.0.113.9');
  });

  it('is read as IPv4 from a dual-stack socket', () => {
    assert.equal(direct('::ffff:127.0.0.1', undefined), '127.0.0.1');
    assert.equal(proxied('::ffff:10.1.2.3', '::ffff:198.51.100.4'), '198.51.100.4');
  });

  it('is empty when there is no peer, as behind a fetch host', () => {
    assert.equal(direct(undefined, undefined), '');
    assert.equal(proxied(undefined, '1.2.3.4'), '');
  });

  it('is what a trusted proxy says', () => {
    assert.equal(proxied('10.0.0.1', '198.51.100.4'), '198.51.100.4');
    assert.equal(proxied('fd00::1', '2001:db8::5'), '2001:db8::5');
  });

  it('is found behind a chain of trusted proxies', () => {
    assert.equal(proxied('10.0.0.1', '198.51.100.4, 192.0.2.7,10.9.9.9'), '198.51.100.4');
  });

  it('is never what the client wrote itself in front of the proxies’ part', () => {
    assert.equal(proxied('10.0.0.1', '1.1.1.1, 10.6.6.6, 198.51.100.4, 10.0.0.2'), '198.51.100.4');
    assert.equal(proxied('10.0.0.1', '127.0.0.1, 198.51.100.4'), '198.51.100.4');
  });

  it('is the last proxy itself when the header is absent, empty, runs out or holds no address', () => {
    assert.equal(proxied('10.0.0.1', undefined), '10.0.0.1');
    assert.equal(proxied('10.0.0.1', ''), '10.0.0.1');
    assert.equal(proxied('10.0.0.1', '10.0.0.2, 10.0.0.3'), '10.0.0.2');
    assert.equal(proxied('10.0.0.1', 'unknown, 10.0.0.3'), '10.0.0.3');
    assert.equal(proxied('10.0.0.1', '198.51.100.4:5678'), '10.0.0.1');
  });

  it('trusts nobody by a text that is no subnet', () => {
    assert.equal(clientAddress(['proxy.example'])('10.0.0.1', '1.2.3.4'), '10.0.0.1');
  });
});
