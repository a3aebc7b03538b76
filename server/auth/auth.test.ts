import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROLES, type WaooawError } from '../../src/protocol/index.ts';
import { createConfig } from '../config.ts';
import { createManualClock } from '../engines/memory/clock.ts';
import {
  ADMIN_KEY,
  ELSEWHERE,
  HERE,
  JWT_SECRET,
  authenticating,
  seconds,
  sign,
} from '../testing/authenticating.ts';
import { coded, temporaryFolder } from '../testing/harness.ts';
import { createAuth } from './index.ts';

const ANONYMOUS = { id: 'anonymous', kind: 'anonymous', name: 'anonymous', grants: [] };

describe('somebody without a token', () => {
  it('is admin on this machine, and nobody elsewhere, while no authentication is configured', async (t) => {
    const { auth } = await authenticating(t);
    assert.equal(auth.configured, false);
    for (const address of ['127.0.0.1', '127.8.9.10', '::1']) {
      assert.deepEqual(await auth.authenticate(undefined, address), { ...ANONYMOUS, role: 'admin' });
    }
    for (const address of [ELSEWHERE, '10.0.0.1', 'fe80::1', '::ffff:10.0.0.1', '0.0.0.0', '::', '']) {
      await assert.rejects(auth.authenticate(undefined, address), coded('unauthorized'), address);
    }
  });

  for (const [what, overrides] of Object.entries({
    'a bootstrap key': { adminKey: ADMIN_KEY },
    'a JWT secret': { jwtSecret: JWT_SECRET },
    'a JWKS': { jwksUrl: 'https://id.example/jwks.json' },
  })) {
    it(`is nobody with ${what} configured`, async (t) => {
      const { auth } = await authenticating(t, overrides);
      assert.equal(auth.configured, true);
      await assert.rejects(auth.authenticate(undefined, HERE), coded('unauthorized', 'A token is needed'));
    });
  }

  it('is nobody from the start on that finds an API key, also when the last one has come to its end', async (t) => {
    const folder = temporaryFolder();
    const clock = createManualClock();
    const start = () => authenticating(t, {}, { folder, clock });
    const first = await start();
    const { id } = await first.auth.keys.create({ name: 'a', role: 'viewer' });
    // Making a key does not lock its maker out.
    assert.equal((await first.auth.authenticate(undefined, HERE)).role, 'admin');
    await first.database.close();

    const second = await start();
    assert.equal(second.auth.configured, true);
    await assert.rejects(second.auth.authenticate(undefined, HERE), coded('unauthorized'));
    await second.auth.keys.revoke(id);
    // Nor does revoking the last one let anybody in who was out.
    await assert.rejects(second.auth.authenticate(undefined, HERE), coded('unauthorized'));
    await second.auth.keys.create({ name: 'b', role: 'viewer', expiresAt: clock.now() + 10 });
    await second.database.close();

    clock.advance(10);
    const third = await start();
    assert.equal(third.auth.configured, true);
    await assert.rejects(third.auth.authenticate(undefined, HERE), coded('unauthorized'));
  });

  it('has the role that is configured, on this machine only', async (t) => {
    for (const role of ROLES) {
      const { auth } = await authenticating(t, { anonymousRole: role, adminKey: ADMIN_KEY });
      assert.deepEqual(await auth.authenticate(undefined, HERE), { ...ANONYMOUS, role });
      await assert.rejects(auth.authenticate(undefined, ELSEWHERE), coded('unauthorized'));
    }
    const { auth } = await authenticating(t, { anonymousRole: 'none' });
    await assert.rejects(auth.authenticate(undefined, HERE), coded('unauthorized'));
  });

  it('is not who somebody is with a token that is not valid', async (t) => {
    const { auth } = await authenticating(t);
    for (const token of ['', 'x', 'a.b.c']) {
      await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized'));
    }
  });
});

describe('the bootstrap key', () => {
  it('is an admin from anywhere', async (t) => {
    const { auth } = await authenticating(t, { adminKey: ADMIN_KEY });
    for (const address of [HERE, ELSEWHERE, '']) {
      assert.deepEqual(await auth.authenticate(ADMIN_KEY, address), {
        id: 'key:admin',
        kind: 'key',
        name: 'admin',
        role: 'admin',
        grants: [],
      });
    }
  });

  it('is no other text, and none at all when it is not configured', async (t) => {
    const { auth } = await authenticating(t, { adminKey: ADMIN_KEY });
    for (const token of [
      '',
      ` ${ADMIN_KEY}`,
      ADMIN_KEY.slice(0, -1),
      `${ADMIN_KEY}x`,
      ADMIN_KEY.toUpperCase(),
    ]) {
      await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized'));
    }
    const without = await authenticating(t);
    for (const token of ['', ADMIN_KEY]) {
      await assert.rejects(without.auth.authenticate(token, HERE), coded('unauthorized'));
    }
  });

  it('may be written like an API key, or like a JWT', async (t) => {
    for (const adminKey of [
      `waooaw_k_0123456789abcdef_${'x'.repeat(43)}`,
      `${'a'.repeat(20)}.${'b'.repeat(20)}.c`,
    ]) {
      const { auth } = await authenticating(t, { adminKey, jwtSecret: JWT_SECRET });
      assert.equal((await auth.authenticate(adminKey, HERE)).id, 'key:admin');
    }
  });
});

describe('before keys and revocations are loaded', () => {
  it('everybody is told to come back, and it is known what the settings alone say', async () => {
    const config = createConfig({ adminKey: ADMIN_KEY, jwtSecret: JWT_SECRET });
    const clock = createManualClock();
    const auth = createAuth({ config, clock });
    assert.equal(auth.configured, true);
    assert.equal(createAuth({ config: createConfig(), clock }).configured, false);
    const jwt = await sign({ sub: 'ana', exp: seconds(clock) + 60 });
    for (const token of [undefined, ADMIN_KEY, jwt, 'x']) {
      await assert.rejects(auth.authenticate(token, HERE), coded('unavailable'));
    }
    await assert.rejects(auth.revokeSubject('ana'), coded('unavailable'));
  });
});

describe('guessing', () => {
  const guesses = 5;

  it('ends for an address after so many tokens, the right one included, and goes on a minute later', async (t) => {
    const { auth, clock } = await authenticating(t, { adminKey: ADMIN_KEY, authFailuresPerMinute: guesses });
    for (let i = 0; i < guesses; i++) {
      await assert.rejects(auth.authenticate(`guess ${i}`, ELSEWHERE), coded('unauthorized'));
    }
    for (const token of ['another guess', ADMIN_KEY]) {
      await assert.rejects(
        auth.authenticate(token, ELSEWHERE),
        (error) => coded('rate_limited')(error) && (error as WaooawError).afterMs === 60_000 / guesses,
      );
    }
    assert.equal((await auth.authenticate(ADMIN_KEY, HERE)).id, 'key:admin');
    clock.advance(60_000 / guesses);
    assert.equal((await auth.authenticate(ADMIN_KEY, ELSEWHERE)).id, 'key:admin');
  });

  it('is bounded when it comes all at once, too', async (t) => {
    const { auth } = await authenticating(t, { adminKey: ADMIN_KEY, authFailuresPerMinute: guesses });
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        auth.authenticate(`guess ${i}`, ELSEWHERE).catch((error: WaooawError) => error.code),
      ),
    );
    assert.equal(codes.filter((code) => code === 'unauthorized').length, guesses);
    assert.equal(codes.filter((code) => code === 'rate_limited').length, 20 - guesses);
  });

  it('is not what it is to come without a token, or with one that was good once', async (t) => {
    const config = { jwtSecret: JWT_SECRET, authFailuresPerMinute: 1 };
    const { auth, clock } = await authenticating(t, config);
    const { id, key } = await auth.keys.create({ name: 'a', role: 'viewer' });
    await auth.keys.revoke(id);
    const expired = await sign({ sub: 'ana', exp: seconds(clock) - 100 });
    for (let i = 0; i < 3; i++) {
      await assert.rejects(auth.authenticate(undefined, ELSEWHERE), coded('unauthorized'));
      await assert.rejects(auth.authenticate(key, ELSEWHERE), coded('token_revoked'));
      await assert.rejects(auth.authenticate(expired, ELSEWHERE), coded('token_expired'));
    }
  });
});
