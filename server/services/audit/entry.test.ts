import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../../../src/protocol/index.ts';
import type { WaooawError } from '../../../src/protocol/index.ts';
import { coded } from '../../testing/harness.ts';
import { anEvent } from '../../testing/auditing.ts';
import { checkEvent } from './entry.ts';
import { DEFAULT_AUDIT_LIMITS } from './limits.ts';
import { Redaction } from './redaction.ts';
import type { RedactionOptions } from './redaction.ts';

const check = (value: unknown, options: RedactionOptions = {}) =>
  checkEvent(value, DEFAULT_AUDIT_LIMITS, new Redaction(options));

/** Where it is bad, as the error says it. */
function places(value: unknown): readonly string[] {
  try {
    check(value);
  } catch (error) {
    assert.ok(coded('bad_entry')(error), String(error));
    return (error as WaooawError).details?.map(({ pointer }) => pointer) ?? [];
  }
  return [];
}

describe('an entry', () => {
  it('is taken as it is, in a copy of its own', () => {
    const event = anEvent({
      reason: 'it was slow',
      error: '',
      ip: '::1',
      before: null,
      after: [1, { a: 'b' }],
      details: { __proto__: 1, deep: { list: [true] } },
      tags: { agent: 'mail-7' },
    });
    const { event: taken, redacted } = check(event);
    assert.deepEqual(taken, JSON.parse(JSON.stringify(event)));
    assert.notEqual(taken.details, event.details);
    assert.equal(redacted, 0);
  });

  it('names every place where it is bad', () => {
    const odd = {
      ...anEvent(),
      action: 'Up grade',
      level: 'fatal',
      actor: { id: '', kind: 'user' },
      colour: 1,
    };
    assert.deepEqual([...places(odd)].sort(), ['', '/action', '/actor/id', '/level']);
    for (const [place, more] of [
      ['/actor/kind', { actor: { id: 'a', kind: 'god' } }],
      ['/actor', { actor: { id: 'a', kind: 'user', admin: true } }],
      ['/actor/id', { actor: { id: 'a\u0007', kind: 'user' } }],
      ['/actor/id', { actor: { id: 'a\ud800', kind: 'user' } }],
      ['/resource/id', { resource: { type: 'agent', id: 'x'.repeat(513) } }],
      ['/resource/type', { resource: { type: '\u0000', id: 'x' } }],
      ['/reason', { reason: 'x'.repeat(4_097) }],
      ['/reason', { reason: '\udfff' }],
      ['/ip', { ip: 'x'.repeat(65) }],
      ['/requestId', { requestId: 7 }],
      ['/tags/a b', { tags: { 'a b': 'c' } }],
      ['/tags/a', { tags: { a: 7 } }],
      ['/tags', { tags: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`t${i}`, ''])) }],
      ['/result', { result: undefined }],
      ['/details/a/1', { details: { a: [1, '\ud800'] } }],
      ['/before/x~1y', { before: { 'x/y': '\udc00' } }],
      ['/after', { after: { '\ud800': 1 } }],
    ] as const) {
      assert.deepEqual(places({ ...anEvent(), ...more }), [place]);
    }
    for (const none of [null, 7, 'x', [], true]) assert.deepEqual(places(none), [''], JSON.stringify(none));
  });

  it('keeps what people wrote as they wrote it, controls, bidi and markup included', () => {
    const name = 'eve\u202e\u2066 <script>\u0007\u0000';
    const { event } = check(anEvent({ actor: { id: 'eve\u202e', kind: 'user', name }, reason: name }));
    assert.deepEqual([event.actor.name, event.reason], [name, name]);
  });

  it('has a size, as UTF-8, and a depth', () => {
    const room = DEFAULT_AUDIT_LIMITS.maxEntryBytes - JSON.stringify(anEvent({ details: '' })).length;
    check(anEvent({ details: 'x'.repeat(room) }));
    const refused = (event: unknown, code: ErrorCode, ...words: string[]) =>
      assert.throws(() => check(event), coded(code, ...words));
    refused(anEvent({ details: 'x'.repeat(room + 1) }), 'entry_too_large', '65537', '65536');
    refused(anEvent({ details: 'ü'.repeat(room / 2 + 1) }), 'entry_too_large');
    refused(anEvent({ details: { blob: 'x'.repeat(10_000_000) } }), 'entry_too_large');
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    check({ ...anEvent(), details: nested(32) });
    refused({ ...anEvent(), details: nested(33) }, 'bad_entry', '/details', 'deep');
  });

  it('of a service may hold what JSON has no word for', () => {
    const details = { at: new Date(0), none: undefined } as never;
    assert.deepEqual(check(anEvent({ details, reason: undefined } as never)).event.details, {
      at: '1970-01-01T00:00:00.000Z',
    });
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    assert.throws(() => check(anEvent({ details: cycle as never })), coded('bad_entry', 'JSON'));
    assert.throws(() => check(anEvent({ details: 1n as never })), coded('bad_entry', 'JSON'));
    assert.throws(() => check(undefined), coded('bad_entry', 'JSON'));
  });
});

describe('redaction', () => {
  const details = (value: object, options: RedactionOptions = {}): unknown =>
    check({ ...anEvent(), details: value }, options).event.details;

  it('takes out what is named like a secret, at any depth, in any spelling', () => {
    for (const name of [
      'password',
      'dbPassword',
      'DB_PASSWORD',
      'passwd',
      'client_secret',
      'access-token',
      'Authorization',
      'Set-Cookie',
      'X-Api-Key',
      'apiKey',
      'privateKey',
      'aws.secret.access_key',
      'credentials',
    ]) {
      assert.deepEqual(details({ a: [{ [name]: { deep: 1 } }] }), { a: [{ [name]: '[redacted]' }] }, name);
    }
  });

  it('leaves what only sounds like one', () => {
    const plain = {
      tokens: 12,
      maxTokens: 4_096,
      tokenCount: 1,
      secretary: 'Ana',
      passwordless: true,
      key: 'k',
    };
    assert.deepEqual(details(plain), plain);
    assert.deepEqual(details({ tokens: ['a'] }), { tokens: '[redacted]' });
    assert.deepEqual(details({ password: null }), { password: null });
  });

  it('looks into before, after and tags as well, and counts', () => {
    const { event, redacted } = check(
      anEvent({ before: { token: 'a' }, after: { token: 'b' }, tags: { token: 'c', agent: 'd' } }),
    );
    assert.deepEqual([event.before, event.after], [{ token: '[redacted]' }, { token: '[redacted]' }]);
    assert.deepEqual(event.tags, { token: '[redacted]', agent: 'd' });
    assert.equal(redacted, 3);
  });

  it('takes out further keys and places', () => {
    const value = { config: { db: { url: 'postgres://c/x', name: 'x' } }, list: [{ pin: 1 }, { pin: 2 }] };
    assert.deepEqual(details(value, { paths: ['details.config.db.url', 'details.list.*.pin'] }), {
      config: { db: { url: '[redacted]', name: 'x' } },
      list: [{ pin: '[redacted]' }, { pin: '[redacted]' }],
    });
    assert.deepEqual(details(value, { keys: ['PIN', ''] }), {
      ...value,
      list: [{ pin: '[redacted]' }, { pin: '[redacted]' }],
    });
    assert.deepEqual(details({ config: 7 }, { paths: ['details.config.db.url'] }), { config: 7 });
    const proto = JSON.parse('{"__proto__":{"a":1}}') as object;
    assert.equal(
      JSON.stringify(details(proto, { paths: ['details.__proto__'] })),
      '{"__proto__":"[redacted]"}',
    );
  });

  it('takes no place that begins nowhere', () => {
    for (const path of ['', 'details', 'actor.id', 'details..x', 'time.x'])
      assert.throws(() => new Redaction({ paths: [path] }), coded('bad_config', `"${path}"`));
  });

  it('judges a key alike however many it has seen', () => {
    const redaction = new Redaction();
    const many = Object.fromEntries(Array.from({ length: 25_000 }, (_, i) => [`key${i}`, i]));
    assert.equal(redaction.apply({ details: { ...many, token: 'a' } }), 1);
    assert.equal(redaction.apply({ details: { token: 'b' } }), 1);
  });
});
