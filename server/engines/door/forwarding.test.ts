import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { createForwarding } from './forwarding.ts';

function ask(address: string | undefined, headers: IncomingHttpHeaders, trusted: readonly string[] = []) {
  const request = { socket: { remoteAddress: address }, headers, httpVersion: '1.1' } as IncomingMessage;
  const raw = createForwarding(trusted).headers(request);
  return Object.fromEntries(raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]]] : [])));
}

const SAID = {
  host: 'h',
  'x-forwarded-for': '9.9.9.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'o',
};

describe('what an instance is told of who asks', () => {
  it('is what the door sees, whatever the client says', () => {
    const told = {
      'X-Forwarded-For': '10.0.0.1',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'h',
      Via: '1.1 waooaw',
    };
    assert.deepEqual(ask('::ffff:10.0.0.1', SAID), told);
    assert.deepEqual(ask('10.0.0.1', SAID, ['10.0.0.2', '11.0.0.0/8', '::1']), told);
  });

  it('is what a trusted proxy says, and the proxy itself', () => {
    for (const [address, trusted] of [
      ['10.0.0.1', '10.0.0.0/8'],
      ['10.0.0.1', '10.0.0.1'],
      ['fd00::1', 'fd00::/8'],
      ['::1', '::1'],
    ] as const) {
      const told = ask(address, SAID, [trusted]);
      assert.equal(told['X-Forwarded-For'], `9.9.9.9, ${address}`);
      assert.deepEqual([told['X-Forwarded-Proto'], told['X-Forwarded-Host']], ['https', 'o']);
    }
  });

  it('names a trusted proxy alone when that says nothing, and leaves out what is not known', () => {
    assert.deepEqual(ask('10.0.0.1', {}, ['10.0.0.1']), {
      'X-Forwarded-For': '10.0.0.1',
      'X-Forwarded-Proto': 'http',
      Via: '1.1 waooaw',
    });
    assert.equal(ask(undefined, {})['X-Forwarded-For'], 'unknown');
  });
});
