import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { createManualClock } from '../engines/memory/clock.ts';
import { ADMIN_KEY, HERE, authenticating } from '../testing/authenticating.ts';
import { coded, temporaryFolder } from '../testing/harness.ts';
import { keyIdOf, makeKey } from './key-text.ts';
import { ApiKeys } from './keys.ts';

const DAY_MS = 86_400_000;

describe('the text of an API key', () => {
  it('names its id, and carries 256 random bits', () => {
    const [one, two] = [makeKey(), makeKey()];
    assert.match(one.key, /^waooaw_k_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    assert.equal(keyIdOf(one.key), one.id);
    assert.notEqual(one.id, two.id);
    assert.notEqual(one.key.slice(-43), two.key.slice(-43));
  });

  it('is no other text', () => {
    const { key } = makeKey();
    for (const text of [
      '',
      `${key}x`,
      ` ${key}`,
      key.slice(1),
      key.replace('k_', 'K_'),
      'waooaw_k__',
      'a.b.c',
    ]) {
      assert.equal(keyIdOf(text), undefined, text);
    }
  });
});

describe('an API key', () => {
  it('is its identity, with role, grants and name', async (t) => {
    const { auth } = await authenticating(t);
    const grants = [{ channels: 'app/orders/*', allow: ['subscribe', 'publish'] }] as const;
    const plain = await auth.keys.create({ name: 'shop', role: 'operator' });
    assert.deepEqual(await auth.authenticate(plain.key, HERE), {
      id: `key:${plain.id}`,
      kind: 'key',
      name: 'shop',
      role: 'operator',
      grants: [],
    });
    const granted = await auth.keys.create({ name: 'till', grants, expiresAt: 1_750_000_000_000 + DAY_MS });
    assert.deepEqual(await auth.authenticate(granted.key, HERE), {
      id: `key:${granted.id}`,
      kind: 'key',
      name: 'till',
      grants,
      expiresAt: 1_750_000_000_000 + DAY_MS,
    });
  });

  it('is said once: neither the list nor the database holds it, only its hash', async (t) => {
    const { auth, database } = await authenticating(t);
    const { key, ...record } = await auth.keys.create({ name: 'shop', role: 'viewer' });
    assert.deepEqual(auth.keys.list(), [record]);
    const [row] = await database.read({ sql: 'SELECT * FROM api_keys' });
    assert.deepEqual(Buffer.from(row?.['hash'] as Uint8Array), createHash('sha256').update(key).digest());
    const secret = key.slice(-43);
    for (const value of Object.values(row ?? {})) {
      const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
      assert.ok(!text.includes(secret));
    }
  });

  it('is refused alike with a wrong secret part, with an unknown id, and when it is malformed', async (t) => {
    const { auth } = await authenticating(t);
    const { id, key } = await auth.keys.create({ name: 'shop', role: 'viewer' });
    const other = await auth.keys.create({ name: 'other', role: 'viewer' });
    const swapped = `waooaw_${id}_${other.key.slice(-43)}`;
    const unknown = `waooaw_k_0000000000000000_${key.slice(-43)}`;
    const flipped = key.slice(0, -2) + (key.at(-2) === 'A' ? 'B' : 'A') + key.slice(-1);
    for (const token of [swapped, unknown, flipped]) {
      await assert.rejects(
        auth.authenticate(token, HERE),
        coded('unauthorized', 'This API key is not valid'),
      );
    }
    for (const token of ['', 'waooaw_', key.slice(0, -1), `${key}=`, id]) {
      await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized'), token);
    }
    await auth.keys.revoke(id);
    // Whoever does not have the key does not learn that it was revoked.
    await assert.rejects(auth.authenticate(swapped, HERE), coded('unauthorized'));
  });

  it('expires at its time, and cannot be made for a time that is over', async (t) => {
    const { auth, clock } = await authenticating(t);
    const expiresAt = clock.now() + DAY_MS;
    const { key } = await auth.keys.create({ name: 'guest', role: 'viewer', expiresAt });
    clock.advance(DAY_MS - 1);
    assert.equal((await auth.authenticate(key, HERE)).expiresAt, expiresAt);
    clock.advance(1);
    await assert.rejects(auth.authenticate(key, HERE), coded('token_expired'));
    await assert.rejects(
      auth.keys.create({ name: 'late', role: 'viewer', expiresAt: clock.now() }),
      coded('bad_request', '/expiresAt'),
    );
  });

  it('is refused once it is revoked, which is told after it is durable, and once', async (t) => {
    const { auth, clock, database } = await authenticating(t);
    const { id, key } = await auth.keys.create({ name: 'shop', role: 'viewer' });
    const heard: string[] = [];
    auth.onRevoked((identityId) => heard.push(identityId));
    const revokedAt = clock.now();
    const [first, second] = await Promise.all([auth.keys.revoke(id), auth.keys.revoke(id)]);
    assert.deepEqual([first.revokedAt, second.revokedAt, heard], [revokedAt, revokedAt, [`key:${id}`]]);
    const [row] = await database.read({ sql: 'SELECT revoked_at FROM api_keys' });
    assert.equal(row?.['revoked_at'], revokedAt);
    await assert.rejects(auth.authenticate(key, HERE), coded('token_revoked'));
    clock.advance(1_000);
    assert.equal((await auth.keys.revoke(id)).revokedAt, revokedAt);
    assert.equal(heard.length, 1);
  });

  it('that is none cannot be revoked, nor can the bootstrap key', async (t) => {
    const { auth } = await authenticating(t, { adminKey: ADMIN_KEY });
    for (const id of ['k_0000000000000000', 'admin', '__proto__', '']) {
      await assert.rejects(auth.keys.revoke(id), coded('not_found'), id);
    }
  });

  it('is neither made nor revoked in memory when the database fails', async (t) => {
    const { auth, database } = await authenticating(t);
    const { id, key } = await auth.keys.create({ name: 'shop', role: 'viewer' });
    const heard: string[] = [];
    auth.onRevoked((identityId) => heard.push(identityId));
    await database.close();
    await assert.rejects(auth.keys.create({ name: 'two', role: 'viewer' }), coded('database_closed'));
    await assert.rejects(auth.keys.revoke(id), coded('database_closed'));
    assert.equal(auth.keys.list().length, 1);
    assert.equal((await auth.authenticate(key, HERE)).id, `key:${id}`);
    assert.deepEqual(heard, []);
  });

  it('is what it was after a restart: live, expired or revoked', async (t) => {
    const folder = temporaryFolder();
    const clock = createManualClock();
    const first = await authenticating(t, {}, { folder, clock });
    const grants = [{ channels: 'health', allow: ['subscribe'] }] as const;
    const live = await first.auth.keys.create({ name: 'live', grants });
    clock.advance(1);
    const brief = await first.auth.keys.create({
      name: 'brief',
      role: 'viewer',
      expiresAt: clock.now() + 10,
    });
    clock.advance(1);
    const revoked = await first.auth.keys.create({ name: 'revoked', role: 'admin' });
    await first.auth.keys.revoke(revoked.id);
    const before = first.auth.keys.list();
    await first.database.close();

    clock.advance(10);
    const { auth } = await authenticating(t, {}, { folder, clock });
    assert.deepEqual(auth.keys.list(), before);
    assert.deepEqual((await auth.authenticate(live.key, HERE)).grants, grants);
    await assert.rejects(auth.authenticate(brief.key, HERE), coded('token_expired'));
    await assert.rejects(auth.authenticate(revoked.key, HERE), coded('token_revoked'));
  });

  it('of a role that this release does not know has none', async (t) => {
    const folder = temporaryFolder();
    const first = await authenticating(t, {}, { folder });
    const { key } = await first.auth.keys.create({ name: 'x', role: 'viewer' });
    await first.database.transaction([{ sql: "UPDATE api_keys SET role = 'emperor'" }]);
    await first.database.close();
    const { auth } = await authenticating(t, {}, { folder });
    assert.equal((await auth.authenticate(key, HERE)).role, undefined);
  });

  it('is unknown before they are loaded', async () => {
    const keys = new ApiKeys(createManualClock());
    assert.equal(keys.made, false);
    await assert.rejects(keys.create({ name: 'x' }), coded('unavailable'));
    await assert.rejects(keys.revoke('k_0000000000000000'), coded('unavailable'));
  });
});
