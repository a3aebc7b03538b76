import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { specOf } from '../../../testing/probing.ts';
import { hostOf } from './create-probe.ts';
import { keepSecrets, withoutSecrets } from './secrets.ts';

const http = (url: string, secretHeaders: Record<string, string>) =>
  specOf({ kind: 'http', url, secretHeaders });
const before = http('https://a.example/one', { Authorization: 'Bearer secret', 'x-key': 'key' });
const other = specOf({ kind: 'heartbeat', everyMs: 1_000 });

describe('secrets of a probe', () => {
  it('are never told again', () => {
    const shown = withoutSecrets(before);
    assert.deepEqual(shown, { ...before, secretHeaders: { Authorization: '', 'x-key': '' } });
    assert.doesNotMatch(JSON.stringify(shown), /secret"|key"\s*:\s*"key/);
    assert.equal(withoutSecrets(other), other);
  });

  it('stay where settings leave them empty, and change where they do not', () => {
    const next = http('https://a.example/two', { authorization: '', 'x-key': 'new', 'x-more': 'more' });
    assert.deepEqual(keepSecrets(next, before), {
      ...next,
      secretHeaders: { authorization: 'Bearer secret', 'x-key': 'new', 'x-more': 'more' },
    });
    assert.deepEqual(keepSecrets(http('https://a.example/', {}), before), http('https://a.example/', {}));
    assert.deepEqual(keepSecrets(before, undefined), before);
    assert.equal(keepSecrets(other, before), other);
  });

  it('are not sent to another origin that somebody puts in the place of theirs', () => {
    for (const url of ['https://evil.example/', 'http://a.example/', 'https://a.example:8443/']) {
      assert.throws(() => keepSecrets(http(url, { authorization: '' }), before), {
        code: 'bad_request',
        message: 'probe.secretHeaders.authorization is to be said anew, as the address is of another origin',
      });
    }
    const anew = http('https://evil.example/', { authorization: 'own' });
    assert.deepEqual(keepSecrets(anew, before), anew);
  });

  it('cannot be kept where there are none', () => {
    for (const [next, known] of [
      [http('https://a.example/', { authorization: '' }), undefined],
      [http('https://a.example/', { authorization: '' }), other],
      [http('https://a.example/', { 'x-new': '' }), before],
    ] as const) {
      assert.throws(() => keepSecrets(next, known), {
        code: 'bad_request',
        message: /is empty, and there is none to be kept$/,
      });
    }
  });
});

describe('the host of a probe', () => {
  it('is what is connected to, and nothing where nothing is', () => {
    assert.equal(hostOf(http('https://A.example:8443/x', {})), 'a.example');
    assert.equal(hostOf(http('http://[::1]/', {})), '::1');
    assert.equal(hostOf(specOf({ kind: 'tcp', host: 'DB.example', port: 1 })), 'db.example');
    assert.equal(hostOf(specOf({ kind: 'tls', host: 'b.example' })), 'b.example');
    assert.equal(hostOf(specOf({ kind: 'dns', name: 'c.example', server: '8.8.8.8:53' })), '8.8.8.8:53');
    assert.equal(hostOf(specOf({ kind: 'dns', name: 'c.example' })), undefined);
    assert.equal(hostOf(specOf({ kind: 'exec', command: ['/bin/true'] })), undefined);
    assert.equal(hostOf(specOf({ kind: 'metric', metric: 'load', downAbove: 1 })), undefined);
    assert.equal(hostOf(other), undefined);
  });
});
