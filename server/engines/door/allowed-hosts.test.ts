import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allowedHosts } from './allowed-hosts.ts';

describe('names of an agent’s port', () => {
  it('are addresses and localhost', () => {
    const allows = allowedHosts([]);
    for (const host of [
      '127.0.0.1',
      '127.0.0.1:80',
      '10.1.2.3',
      '[::1]',
      '[::1]:80',
      'LocalHost:1',
      'a.localhost',
    ])
      assert.equal(allows(host), true, host);
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil', 'notlocalhost', ''])
      assert.equal(allows(host), false, host);
  });

  it('are what is listed, in any case, with the port if that is listed', () => {
    const allows = allowedHosts(['Agents.example', 'b.example:81']);
    for (const host of ['agents.EXAMPLE', 'agents.example:8', 'b.example:81'])
      assert.equal(allows(host), true, host);
    for (const host of ['b.example', 'b.example:8', 'c.example']) assert.equal(allows(host), false, host);
    assert.equal(allowedHosts(['*'])('any'), true);
  });
});
