import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { JWTPayload } from 'jose';
import type { ConfigOverrides } from '../config.ts';
import { HERE, JWT_SECRET, authenticating, seconds, sign, unsigned } from '../testing/authenticating.ts';
import type { Authenticating } from '../testing/authenticating.ts';
import { coded } from '../testing/harness.ts';

const DAY_S = 86_400;

interface Issuing extends Authenticating {
  /** Claims that are accepted. */
  readonly claims: JWTPayload;
  /** Comes in with these claims beside or instead of the accepted ones; undefined leaves one out. */
  come(claims?: Record<string, unknown>): ReturnType<Authenticating['auth']['authenticate']>;
}

async function issuing(t: TestContext, overrides: ConfigOverrides = {}): Promise<Issuing> {
  const all = await authenticating(t, { jwtSecret: JWT_SECRET, authFailuresPerMinute: 1_000, ...overrides });
  const now = seconds(all.clock);
  const claims = { sub: 'ana', iat: now, exp: now + 600 };
  const come = async (more: Record<string, unknown> = {}) =>
    all.auth.authenticate(await sign({ ...claims, ...more }), HERE);
  return { ...all, claims, come };
}

describe('a JWT', () => {
  it('is its subject, with name, role, grants, and the time from which it is refused', async (t) => {
    const { come, claims } = await issuing(t);
    const grants = [{ channels: 'app/orders/*', allow: ['subscribe', 'publish'] }];
    assert.deepEqual(await come({ name: 'Ana Aarns', waooaw: { role: 'operator', grants } }), {
      id: 'ana',
      kind: 'jwt',
      name: 'Ana Aarns',
      role: 'operator',
      grants,
      expiresAt: (claims.exp! + 30) * 1000,
    });
  });

  it('needs neither name nor role nor grants', async (t) => {
    const { come } = await issuing(t);
    const plain = { id: 'ana', kind: 'jwt', name: 'ana', grants: [] };
    for (const name of [undefined, '', 7, null, 'x'.repeat(129), 'a\u001b[2Jb', { first: 'Ana' }]) {
      const { expiresAt, ...identity } = await come({ name });
      assert.ok(expiresAt);
      assert.deepEqual(identity, plain, JSON.stringify(name));
    }
  });

  it('is refused without a subject or an end, and with a subject that could pass for somebody else', async (t) => {
    const { come } = await issuing(t);
    for (const claim of ['sub', 'exp']) {
      await assert.rejects(come({ [claim]: undefined }), coded('unauthorized', claim));
    }
    for (const sub of [
      '',
      'anonymous',
      'key:admin',
      'key:k_0123456789abcdef',
      'key:',
      'x'.repeat(129),
      'a\nb',
      7,
    ]) {
      await assert.rejects(come({ sub }), coded('unauthorized', 'sub'), String(sub));
    }
    for (const sub of ['a', 'x'.repeat(128), 'auth0|12', 'Key:admin', 'ana@shop.example', 'Ζωή']) {
      assert.equal((await come({ sub })).id, sub);
    }
    for (const exp of ['soon', null, {}]) {
      await assert.rejects(come({ exp }), coded('unauthorized', 'exp'));
    }
  });

  it('expires, with the tolerance for clocks, at the time that its identity says', async (t) => {
    const { come, clock, auth, claims } = await issuing(t);
    const token = await sign(claims);
    const { expiresAt = 0 } = await auth.authenticate(token, HERE);
    clock.advance(expiresAt - clock.now() - 1);
    assert.equal((await auth.authenticate(token, HERE)).id, 'ana');
    clock.advance(1);
    await assert.rejects(auth.authenticate(token, HERE), coded('token_expired'));
    await assert.rejects(come({ exp: 0 }), coded('token_expired'));
    // Claims may be fractions (RFC 7519 §2).
    const exp = seconds(clock) + 0.5;
    const half = await sign({ ...claims, exp });
    const fraction = await auth.authenticate(half, HERE);
    clock.advance(fraction.expiresAt! - clock.now() - 1);
    await auth.authenticate(half, HERE);
    clock.advance(1);
    await assert.rejects(auth.authenticate(half, HERE), coded('token_expired'));
  });

  it('is refused before its time', async (t) => {
    const { come, claims } = await issuing(t);
    await assert.rejects(come({ nbf: claims.iat! + 31 }), coded('unauthorized', 'nbf'));
    assert.equal((await come({ nbf: claims.iat! + 30 })).id, 'ana');
    await assert.rejects(come({ iat: claims.iat! + 31 }), coded('unauthorized', 'iat'));
    assert.equal((await come({ iat: claims.iat! + 30 })).id, 'ana');
  });

  it('is refused when it lives too long, by its issue or from now on', async (t) => {
    const { come, claims } = await issuing(t, { jwtMaxAgeMs: DAY_S * 1000 });
    const now = claims.iat!;
    assert.equal((await come({ exp: now + DAY_S })).id, 'ana');
    await assert.rejects(come({ exp: now + DAY_S + 1 }), coded('unauthorized', 'exp', `${DAY_S * 1000} ms`));
    await assert.rejects(come({ iat: now - DAY_S, exp: now + 1 }), coded('unauthorized', 'exp'));
    assert.equal((await come({ iat: undefined, exp: now + DAY_S + 30 })).id, 'ana');
    await assert.rejects(come({ iat: undefined, exp: now + DAY_S + 31 }), coded('unauthorized', 'exp'));
    await assert.rejects(come({ iat: undefined, exp: 1e308 }), coded('unauthorized', 'exp'));
  });

  it('must be of the issuer and for the audience, where these are set', async (t) => {
    const { come } = await issuing(t, { jwtIssuer: 'https://id.example', jwtAudience: 'waooaw' });
    const right = { iss: 'https://id.example', aud: 'waooaw' };
    assert.equal((await come(right)).id, 'ana');
    assert.equal((await come({ ...right, aud: ['shop', 'waooaw'] })).id, 'ana');
    for (const wrong of [
      { iss: 'https://id.example.evil' },
      { iss: undefined },
      { iss: 'https://id.example/' },
    ]) {
      await assert.rejects(come({ ...right, ...wrong }), coded('unauthorized', 'iss'));
    }
    for (const wrong of [{ aud: 'shop' }, { aud: undefined }, { aud: [] }]) {
      await assert.rejects(come({ ...right, ...wrong }), coded('unauthorized', 'aud'));
    }
  });
});

describe('the role of a JWT', () => {
  it('stands in the claim waooaw, else in the claim that is configured', async (t) => {
    const { come } = await issuing(t);
    for (const [claims, role] of [
      [{ waooaw: { role: 'viewer' } }, 'viewer'],
      [{ role: 'auditor' }, 'auditor'],
      [{ waooaw: { role: 'viewer' }, role: 'admin' }, 'viewer'],
      [{ waooaw: {}, role: 'admin' }, 'admin'],
    ] as const) {
      assert.equal((await come(claims)).role, role, JSON.stringify(claims));
    }
  });

  it('is none for a word, or anything else, that is no role', async (t) => {
    const { come } = await issuing(t);
    for (const role of ['emperor', 'Admin', '', 7, null, ['admin'], { admin: true }, 'constructor']) {
      assert.equal((await come({ role })).role, undefined);
      // The claim of our own has the last word, also when it says nothing that we know.
      assert.equal((await come({ waooaw: { role }, role: 'admin' })).role, undefined);
    }
  });

  it('stands in another claim if so configured, or in ours alone', async (t) => {
    const other = await issuing(t, { jwtRoleClaim: 'https://shop.example/role' });
    assert.equal(
      (await other.come({ 'https://shop.example/role': 'operator', role: 'admin' })).role,
      'operator',
    );
    const none = await issuing(t, { jwtRoleClaim: '' });
    assert.equal((await none.come({ role: 'admin' })).role, undefined);
    assert.equal((await none.come({ waooaw: { role: 'admin' } })).role, 'admin');
  });
});

describe('the grants of a JWT', () => {
  it('are refused with the token when they are malformed: a part of them would be a guess', async (t) => {
    const { come } = await issuing(t);
    for (const grants of [
      'all',
      [{ channels: '', allow: ['subscribe'] }],
      [{ channels: 'a*b', allow: ['subscribe'] }],
      [{ channels: '*a', allow: ['subscribe'] }],
      [{ channels: 'a', allow: [] }],
      [{ channels: 'a', allow: ['own'] }],
      [{ channels: 'a' }],
      Array.from({ length: 101 }, () => ({ channels: 'a', allow: ['subscribe'] })),
    ]) {
      await assert.rejects(come({ waooaw: { grants } }), coded('unauthorized', 'waooaw.grants'));
    }
    for (const waooaw of ['admin', null, ['admin']]) {
      await assert.rejects(come({ waooaw }), coded('unauthorized', 'waooaw'));
    }
  });

  it('may name a channel, a beginning, or all', async (t) => {
    const { come } = await issuing(t);
    const grants = ['health', 'app/*', '*'].map((channels) => ({ channels, allow: ['subscribe'] }));
    assert.deepEqual((await come({ waooaw: { grants } })).grants, grants);
  });
});

describe('a JWT that nobody we know has signed', () => {
  it('is refused: unsigned, by another secret, changed, or cut', async (t) => {
    const { auth, claims } = await issuing(t);
    const good = await sign(claims);
    const [head = '', body = '', signature = ''] = good.split('.');
    const admin = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
    const signed = (header: object, secret = JWT_SECRET): string => {
      const text = unsigned(header, claims).slice(0, -1);
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    assert.equal((await auth.authenticate(signed({ alg: 'HS256' }), HERE)).id, 'ana');
    for (const [what, token] of Object.entries({
      none: unsigned({ alg: 'none' }, claims),
      None: unsigned({ alg: 'None' }, claims),
      'none, with the good signature': unsigned({ alg: 'none' }, claims, signature),
      'without an algorithm': unsigned({ typ: 'JWT' }, claims, signature),
      'an odd algorithm': unsigned({ alg: ['HS256'] }, claims, signature),
      'another secret': await sign(claims, new TextEncoder().encode('x'.repeat(32))),
      'an empty secret': signed({ alg: 'HS256' }, ''),
      'other claims': `${head}.${admin}.${signature}`,
      'no signature': `${head}.${body}.`,
      'half a signature': good.slice(0, -20),
      'two parts': `${head}.${body}`,
      'four parts': `${good}.x`,
      'no base64': `${head}.${body}.!!!`,
      'a header that must be understood, and is not': signed({ alg: 'HS256', crit: ['x'], x: 1 }),
      'a signature that covers no base64': signed({ alg: 'HS256', crit: ['b64'], b64: false }),
      dots: '..',
      text: 'let me in',
    })) {
      await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized'), what);
    }
    assert.equal((await auth.authenticate(good, HERE)).id, 'ana');
  });

  it('is refused with another algorithm of the same secret, and with an asymmetric one', async (t) => {
    const { auth, claims } = await issuing(t);
    for (const alg of ['HS384', 'HS512']) {
      const token = await sign(claims, new TextEncoder().encode(JWT_SECRET.repeat(2)), { alg });
      await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized', 'algorithm'), alg);
    }
    for (const alg of ['RS256', 'ES256', 'EdDSA', 'PS256']) {
      const token = unsigned({ alg }, claims, 'c2lnbmF0dXJl');
      await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized', 'algorithm'), alg);
    }
  });

  it('is refused however well it is signed, where none is configured', async (t) => {
    const { auth, clock } = await authenticating(t);
    const token = await sign({ sub: 'ana', exp: seconds(clock) + 60 });
    await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized'));
  });
});

describe('what a refusal says', () => {
  it('names the claim, and repeats nothing of the token', async (t) => {
    const { come } = await issuing(t, { jwtIssuer: 'https://id.example' });
    for (const claims of [
      { iss: 'MARK' },
      { iss: 'https://id.example', sub: 'key:MARK' },
      { iss: 'https://id.example', waooaw: { grants: [{ channels: 'MARK*MARK', allow: ['MARK'] }] } },
      { iss: 'https://id.example', exp: 1e300 },
    ]) {
      await assert.rejects(come(claims), (error: Error) => {
        assert.doesNotMatch(error.message, /MARK|1e\+?300/);
        return coded('unauthorized', 'claim')(error);
      });
    }
  });
});
