import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REDACTED, Redaction } from './redaction.ts';

/** What is left of details. */
function left(details: unknown): unknown {
  const event = { details };
  new Redaction().apply(event);
  return event.details;
}

describe('redaction', () => {
  it('knows the names of secrets in the plural, and those of what is made of them', () => {
    for (const key of [
      'privateKeys',
      'connectionStrings',
      'passphrases',
      'secret_keys',
      'AccessKeys',
      'signing-keys',
      'pwds',
      'passwordHash',
      'tokenValue',
      'jwt',
    ])
      assert.deepEqual(left({ [key]: 'x' }), { [key]: REDACTED }, key);
    assert.deepEqual(left({ monkey: 'x', inputTokens: 7 }), { monkey: 'x', inputTokens: 7 });
  });

  it('knows a secret by the name beside it', () => {
    assert.deepEqual(
      left([
        { name: 'DB_PASSWORD', value: 'x' },
        { key: 'region', value: 'eu' },
      ]),
      [
        { name: 'DB_PASSWORD', value: REDACTED },
        { key: 'region', value: 'eu' },
      ],
    );
    assert.deepEqual(
      left([
        ['authorization', 'Custom abc'],
        ['accept', 'text/html'],
      ]),
      [
        ['authorization', REDACTED],
        ['accept', 'text/html'],
      ],
    );
  });

  it('masks passwords of addresses and bearer tokens in texts', () => {
    assert.deepEqual(
      left({ db: 'postgres://app:hunter2@db.example/x', say: 'sent Bearer abcdef.123456 off' }),
      {
        db: `postgres://app:${REDACTED}@db.example/x`,
        say: `sent Bearer ${REDACTED} off`,
      },
    );
    assert.deepEqual(left({ url: 'https://example.org/a:b@c', text: 'a bearer of news' }), {
      url: 'https://example.org/a:b@c',
      text: 'a bearer of news',
    });
  });
});
