import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import type { WaooawError } from '../../src/protocol/index.ts';
import type { ConfigOverrides } from '../config.ts';
import { HERE, JWT_SECRET, authenticating, seconds, sign } from '../testing/authenticating.ts';
import type { Authenticating } from '../testing/authenticating.ts';
import { coded } from '../testing/harness.ts';
import { RETRY_MS } from './jwks.ts';

/** What jose waits after a fetch before an unknown key makes it fetch again, ms. */
const COOLDOWN_MS = 30_000;
const CACHE_MS = 600_000;

/** An issuer's keys, served over real HTTP. */
class Issuer {
  keys: JWK[] = [];
  /** What it answers instead. */
  broken: { status: number; body: string; location?: string } | 'silent' | undefined;
  asked = 0;
  url = '';

  static async start(t: TestContext): Promise<Issuer> {
    const issuer = new Issuer();
    const server = createServer((_, response) => {
      issuer.asked += 1;
      if (issuer.broken === 'silent') return;
      const { status, body, location } = issuer.broken ?? {
        status: 200,
        body: JSON.stringify({ keys: issuer.keys }),
      };
      response
        .writeHead(status, { 'content-type': 'application/json', ...(location && { location }) })
        .end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
    issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    return issuer;
  }

  /** Makes a key, and publishes its public half. */
  async add(alg = 'ES256', kid: string | undefined = `${alg}-${this.keys.length}`) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const { kty } = await exportJWK(publicKey);
    const jwk: JWK = { ...(await exportJWK(publicKey)), kty: kty!, alg, use: 'sig', ...(kid && { kid }) };
    this.keys.push(jwk);
    return { privateKey, publicKey, jwk, header: { alg, ...(kid && { kid }) } };
  }
}

interface Trusting extends Authenticating {
  readonly issuer: Issuer;
  come(
    key: Awaited<ReturnType<Issuer['add']>>,
    header?: object,
  ): ReturnType<Authenticating['auth']['authenticate']>;
}

async function trusting(t: TestContext, overrides: ConfigOverrides = {}): Promise<Trusting> {
  const issuer = await Issuer.start(t);
  const all = await authenticating(t, { jwksUrl: issuer.url, authFailuresPerMinute: 1_000, ...overrides });
  const claims = { sub: 'ana', iat: seconds(all.clock), exp: seconds(all.clock) + 86_400 };
  return {
    ...all,
    issuer,
    come: async ({ privateKey, header: own }, header = {}) =>
      all.auth.authenticate(await sign(claims, privateKey, { ...own, ...header }), HERE),
  };
}

describe('the keys of an issuer', () => {
  it('verify tokens of every asymmetric algorithm, fetched once', async (t) => {
    const { issuer, come } = await trusting(t);
    const algorithms = ['RS256', 'PS256', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
    const keys = await Promise.all(algorithms.map((alg) => issuer.add(alg, alg)));
    const all = await Promise.all(keys.map((key) => come(key)));
    assert.deepEqual(
      all.map(({ id }) => id),
      algorithms.map(() => 'ana'),
    );
    assert.equal(issuer.asked, 1);
  });

  it('never verify a shared secret, least of all a public key taken for one', async (t) => {
    const { issuer, auth, clock } = await trusting(t);
    const key = await issuer.add('RS256');
    const claims = { sub: 'ana', role: 'admin', exp: seconds(clock) + 60 };
    const texts = [
      await exportSPKI(key.publicKey),
      JSON.stringify(key.jwk),
      key.jwk.n ?? '',
      key.jwk.n!.repeat(2),
    ];
    for (const text of texts) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const bytes = new TextEncoder().encode(text);
        const token = await sign(claims, bytes, { alg, kid: key.jwk.kid! });
        await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized', 'algorithm'));
      }
    }
    // Nor when a secret is configured beside them: it is the secret that such a token is held to.
    const both = await authenticating(t, { jwksUrl: issuer.url, jwtSecret: JWT_SECRET });
    const forged = await sign(claims, new TextEncoder().encode(texts[0]), { kid: key.jwk.kid! });
    await assert.rejects(both.auth.authenticate(forged, HERE), coded('unauthorized'));
    assert.equal((await both.auth.authenticate(await sign(claims), HERE)).role, 'admin');
    const fair = await sign(claims, key.privateKey, key.header);
    assert.equal((await both.auth.authenticate(fair, HERE)).role, 'admin');
  });

  it('never verify a symmetric key that the issuer should not have published', async (t) => {
    const { issuer, auth, clock } = await trusting(t);
    const secret = Buffer.from('x'.repeat(32));
    issuer.keys.push({ kty: 'oct', k: secret.toString('base64url'), kid: 'oct', alg: 'HS256' });
    const token = await sign({ sub: 'ana', exp: seconds(clock) + 60 }, secret, { kid: 'oct' });
    await assert.rejects(auth.authenticate(token, HERE), coded('unauthorized'));
  });

  it('refuse a token by another key, whatever key it names or brings along', async (t) => {
    const { issuer, come } = await trusting(t);
    const known = await issuer.add('ES256', 'known');
    const stranger = await (await Issuer.start(t)).add('ES256', 'known');
    await assert.rejects(come(stranger), coded('unauthorized', 'signature'));
    await assert.rejects(come(stranger, { kid: 'stranger' }), coded('unauthorized'));
    await assert.rejects(come(stranger, { jwk: stranger.jwk }), coded('unauthorized'));
    await assert.rejects(come(stranger, { jku: 'http://127.0.0.1:1/' }), coded('unauthorized'));
    assert.equal((await come(known)).id, 'ana');
  });

  it('must be told apart by kid when several would do', async (t) => {
    const { issuer, come } = await trusting(t);
    const one = await issuer.add('ES256', 'one');
    assert.equal((await come(one, { kid: undefined })).id, 'ana');
    issuer.keys.push((await issuer.add('ES256', 'two')).jwk);
    const again = await trusting(t, { jwksUrl: issuer.url });
    await assert.rejects(again.come(one, { kid: undefined }), coded('unauthorized', 'kid'));
    assert.equal((await again.come(one)).id, 'ana');
  });

  it('may be replaced: an unknown key is looked up again, at most every 30 s', async (t) => {
    // jose looks at the wall clock itself.
    t.mock.timers.enable({ apis: ['Date'], now: 1_750_000_000_000 });
    const { issuer, come } = await trusting(t);
    const old = await issuer.add('ES256', 'old');
    await come(old);
    issuer.keys = [];
    const fresh = await issuer.add('ES256', 'fresh');
    for (let i = 0; i < 5; i++) await assert.rejects(come(fresh), coded('unauthorized'));
    assert.equal(issuer.asked, 1);
    t.mock.timers.tick(COOLDOWN_MS);
    assert.equal((await come(fresh)).id, 'ana');
    await assert.rejects(come(old), coded('unauthorized'));
    assert.equal(issuer.asked, 2);
  });

  it('are read again when they are ten minutes old, so that a withdrawn one ends', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_750_000_000_000 });
    const { issuer, come } = await trusting(t);
    const withdrawn = await issuer.add();
    await come(withdrawn);
    issuer.keys = [];
    t.mock.timers.tick(CACHE_MS - 1);
    assert.equal((await come(withdrawn)).id, 'ana');
    t.mock.timers.tick(1);
    await assert.rejects(come(withdrawn), coded('unauthorized'));
  });
});

describe('an issuer whose keys cannot be read', () => {
  for (const [what, broken] of Object.entries({
    'an error': { status: 500, body: '{"keys":[]}' },
    'no JSON': { status: 200, body: '<html>' },
    'something else': { status: 200, body: '{"keys":7}' },
    'a redirect': { status: 302, body: '', location: 'http://127.0.0.1:1/' },
  })) {
    it(`with ${what} makes a token unavailable, not unauthorized, and is not asked again at once`, async (t) => {
      const { issuer, come, clock, errors } = await trusting(t, { authFailuresPerMinute: 1 });
      const key = await issuer.add();
      issuer.broken = broken;
      for (let i = 0; i < 3; i++) {
        await assert.rejects(
          come(key),
          (error) => coded('unavailable')(error) && (error as WaooawError).afterMs === RETRY_MS,
        );
      }
      assert.equal(issuer.asked, 1);
      assert.deepEqual(
        errors.map(([told]) => told),
        ['WAOOAW_JWKS_URL cannot be read'],
      );
      issuer.broken = undefined;
      clock.advance(RETRY_MS - 1);
      await assert.rejects(come(key), coded('unavailable'));
      clock.advance(1);
      assert.equal((await come(key)).id, 'ana');
      assert.equal(issuer.asked, 2);
    });
  }

  it('by silence is waited for no longer than jwksTimeoutMs', async (t) => {
    const timeout = t.mock.method(AbortSignal, 'timeout');
    const { issuer, come } = await trusting(t, { jwksTimeoutMs: 100 });
    const key = await issuer.add();
    issuer.broken = 'silent';
    await assert.rejects(come(key), coded('unavailable'));
    assert.deepEqual(
      timeout.mock.calls.map(({ arguments: [ms] }) => ms),
      [100],
    );
  });

  it('by being away does the same', async (t) => {
    const { issuer, come } = await trusting(t, { jwksUrl: 'http://127.0.0.1:9/jwks.json' });
    await assert.rejects(come(await issuer.add()), coded('unavailable'));
  });

  it('later hinders only tokens of keys that are not known yet', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_750_000_000_000 });
    const { issuer, come } = await trusting(t);
    const known = await issuer.add('ES256', 'known');
    await come(known);
    const fresh = await issuer.add('ES256', 'fresh');
    issuer.broken = { status: 503, body: '' };
    t.mock.timers.tick(COOLDOWN_MS);
    await assert.rejects(come(fresh), coded('unavailable'));
    assert.equal((await come(known)).id, 'ana');
  });
});
