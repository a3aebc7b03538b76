import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCertificate } from '../../../testing/certificates.ts';
import { probeOf, specOf } from '../../../testing/probing.ts';
import { problemsOf } from './problems.ts';

const problems = (input: Parameters<typeof specOf>[0], allowPrivate?: boolean): string[] =>
  problemsOf(specOf(input), allowPrivate).map(({ path, message }) => `${path.join('.')}: ${message}`);

const PEM = makeCertificate({ names: ['a.example'], from: 0, to: 1e12 }).cert;
const BROKEN = PEM.replace(/\n[\w+/]{10}/, '\nAAAAAAAAAA');

describe('what a schema cannot say of a probe', () => {
  it('is nothing where all is well', () => {
    for (const input of [
      {
        kind: 'http',
        url: 'https://a.example/',
        ca: PEM + PEM,
        expect: { status: [200, '300-399'], matches: 'a+', headers: { a: 'b' }, json: ['$.a'] },
      },
      { kind: 'tcp', host: 'a.example', port: 1, expect: { matches: '^a' } },
      { kind: 'tls', host: 'a.example', ca: PEM },
      { kind: 'dns', name: 'a.example' },
      { kind: 'dns', name: 'a.example', server: '8.8.8.8' },
      { kind: 'exec', command: ['/bin/true'] },
      { kind: 'heartbeat', everyMs: 1_000 },
      { kind: 'metric', metric: 'load', downAbove: 1 },
    ] as const) {
      assert.deepEqual(problems(structuredClone(input) as Parameters<typeof specOf>[0]), []);
    }
  });

  it('names every mistake by its place', () => {
    assert.deepEqual(
      problems({
        kind: 'http',
        url: 'http://169.254.169.254/',
        ca: BROKEN,
        expect: {
          status: [200, '500-499'],
          headers: { 'x-a': '(', 'x-b': 'b' },
          matches: '(a',
          json: ['$.a', 'a'],
        },
      }),
      [
        'ca: holds what is no certificate',
        'url: is a metadata service, which this check may not reach',
        'expect.status.1: expected the smaller status first',
        'expect.headers.x-a: error parsing regexp: missing closing ): `(`',
        'expect.matches: error parsing regexp: missing closing ): `(a`',
        'expect.json.1: expected a path that begins with $',
      ],
    );
    assert.deepEqual(
      problems({ kind: 'tcp', host: 'fe80::1', port: 1, expect: { matches: 'a{1000}{1000}' } }).map((text) =>
        text.slice(0, 16),
      ),
      ['host: is link-lo', 'expect.matches: '],
    );
    assert.deepEqual(problems({ kind: 'tls', host: '0.0.0.0', ca: BROKEN }), [
      'ca: holds what is no certificate',
      'host: is unspecified, which this check may not reach',
    ]);
    assert.deepEqual(problems({ kind: 'dns', name: 'a', server: '1.2.3' }), [
      'server: expected an address such as 192.0.2.53 or [2001:db8::53]:5353',
    ]);
    assert.deepEqual(problems({ kind: 'dns', name: 'a', server: '224.0.0.251' }), [
      'server: is multicast, which this check may not reach',
    ]);
  });

  it('are addresses of this machine, where private ones are not allowed', () => {
    for (const url of [
      'http://127.0.0.1/',
      'http://[::1]:80/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://127.1/',
      'http://[::ffff:127.0.0.1]/',
    ]) {
      assert.deepEqual(
        problems({ kind: 'http', url }, false),
        ['url: is loopback, which this check may not reach'],
        url,
      );
      assert.deepEqual(problems({ kind: 'http', url }, true), [], url);
    }
  });

  it('stops a probe from being made', () => {
    assert.throws(() => probeOf({ kind: 'tcp', host: 'a', port: 1, expect: { matches: '(' } }), {
      code: 'bad_request',
      message: 'probe.expect.matches: error parsing regexp: missing closing ): `(`',
    });
  });
});
