import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowList } from './allow-list.ts';

const none = allowList({ allowedHosts: [], allowedOrigins: [] });
const some = allowList({
  allowedHosts: ['Ops.example', 'fixed.example:81', '[fe80::1]'],
  allowedOrigins: ['https://Portal.example', 'http://[fe80::1]:3000'],
});

describe('Host allow-list', () => {
  it('answers the names of loopback, with and without a port, in any case', () => {
    for (const host of ['localhost', 'LOCALHOST:80', '127.0.0.1', '127.0.0.1:8787', '[::1]', '[::1]:8787']) {
      assert.equal(none.host(host), true, host);
    }
  });

  it('refuses a name that was rebound to this machine, whatever it holds', () => {
    const rebound = [
      'evil.example',
      'localhost.evil.example',
      'evil.example:8787',
      '127.0.0.1.evil.example',
      'localhost.',
    ];
    for (const host of [
      ...rebound,
      '127.0.0.2',
      '0.0.0.0',
      '::1',
      '[::]',
      'user@localhost',
      'localhost:',
      'localhost:x',
    ]) {
      assert.equal(none.host(host), false, host);
    }
  });

  it('refuses a request without a Host', () => {
    assert.equal(none.host(undefined), false);
    assert.equal(none.host(''), false);
  });

  it('answers a listed name on every port, and a listed port only on that one', () => {
    assert.equal(none.host('ops.example'), false);
    for (const host of ['ops.example', 'OPS.example:9', 'fixed.example:81', '[fe80::1]', '[FE80::1]:9']) {
      assert.equal(some.host(host), true, host);
    }
    for (const host of ['fixed.example', 'fixed.example:82', 'a.ops.example', '[fe80::2]']) {
      assert.equal(some.host(host), false, host);
    }
  });
});

describe('Origin allow-list', () => {
  it('lets a program pass, which sends none', () => {
    assert.equal(none.origin(undefined, 'localhost:8787'), true);
  });

  it('lets the page’s own origin pass where its Host is answered', () => {
    assert.equal(none.origin('http://localhost:8787', 'localhost:8787'), true);
    assert.equal(none.origin('https://LOCALHOST', 'localhost'), true);
    assert.equal(some.origin('https://ops.example', 'ops.example'), true);
    assert.equal(none.origin('http://evil.example', 'evil.example'), false);
    assert.equal(none.origin('http://localhost:8787', undefined), false);
  });

  it('refuses another port, another host and what is no site', () => {
    for (const origin of [
      'http://localhost:3000',
      'http://evil.example',
      'null',
      '',
      'file://',
      'localhost:8787',
    ]) {
      assert.equal(none.origin(origin, 'localhost:8787'), false, origin);
    }
  });

  it('lets listed origins pass from anywhere, in any case, and nothing that resembles them', () => {
    assert.equal(some.origin('https://portal.example', 'localhost:8787'), true);
    assert.equal(some.origin('HTTPS://PORTAL.EXAMPLE', 'localhost:8787'), true);
    assert.equal(some.origin('http://[fe80::1]:3000', 'localhost:8787'), true);
    for (const origin of [
      'http://portal.example',
      'https://portal.example:444',
      'https://a.portal.example',
    ]) {
      assert.equal(some.origin(origin, 'localhost:8787'), false, origin);
    }
  });
});
