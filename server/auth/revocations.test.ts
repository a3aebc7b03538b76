import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JWTPayload } from 'jose';
import { createManualClock } from '../engines/memory/clock.ts';
import type { ManualClock } from '../engines/memory/clock.ts';
import { HERE, JWT_SECRET, authenticating, seconds, sign } from '../testing/authenticating.ts';
import { coded, temporaryFolder } from '../testing/harness.ts';
import { createAuth } from './index.ts';
import { Revocations } from './revocations.ts';

const HOUR_MS = 3_600_000;
const CONFIG = { jwtSecret: JWT_SECRET, jwtMaxAgeMs: HOUR_MS, jwtClockToleranceMs: 0 };

const ana = (clock: ManualClock, claims: JWTPayload = {}): Promise<string> =>
  sign({ sub: 'ana', iat: seconds(clock), exp: seconds(clock) + 600, ...claims });

describe('revoking a subject', () => {
  it('refuses every token issued until then, and takes later ones', async (t) => {
    const { auth, clock } = await authenticating(t, CONFIG);
    const old = await ana(clock);
    assert.equal((await auth.authenticate(old, HERE)).id, 'ana');
    clock.advance(5_500);
    const sameSecond = await ana(clock);
    assert.deepEqual(await auth.revokeSubject('ana'), { subject: 'ana', revokedAt: clock.now() });
    for (const token of [old, sameSecond]) {
      await assert.rejects(auth.authenticate(token, HERE), coded('token_revoked'));
    }
    clock.advance(500);
    assert.equal((await auth.authenticate(await ana(clock), HERE)).id, 'ana');
  });

  it('refuses a token that does not say when it was issued', async (t) => {
    const { auth, clock } = await authenticating(t, CONFIG);
    await auth.revokeSubject('ana');
    clock.advance(60_000);
    const token = await sign({ sub: 'ana', exp: seconds(clock) + 600 });
    await assert.rejects(auth.authenticate(token, HERE), coded('token_revoked'));
  });

  it('leaves everybody else alone', async (t) => {
    const { auth, clock } = await authenticating(t, CONFIG);
    await auth.revokeSubject('ana');
    for (const sub of ['bob', 'Ana', 'ana2', '__proto__']) {
      assert.equal((await auth.authenticate(await ana(clock, { sub }), HERE)).id, sub);
    }
  });

  it('is told after it is durable, each time, to whoever still listens', async (t) => {
    const { auth, database } = await authenticating(t, CONFIG);
    const heard: string[] = [];
    const stop = auth.onRevoked((identityId) => heard.push(identityId));
    await auth.revokeSubject('ana');
    await auth.revokeSubject('ana');
    assert.deepEqual(heard, ['ana', 'ana']);
    stop();
    stop();
    await auth.revokeSubject('ana');
    await database.close();
    await assert.rejects(auth.revokeSubject('bob'), coded('database_closed'));
    assert.equal(heard.length, 2);
  });

  it('is told to the others too when one fails to hear it', async (t) => {
    const { auth, errors } = await authenticating(t, CONFIG);
    const heard: string[] = [];
    auth.onRevoked(() => {
      throw new Error('deaf');
    });
    auth.onRevoked((identityId) => heard.push(identityId));
    await auth.revokeSubject('ana');
    assert.deepEqual(heard, ['ana']);
    assert.match(errors[0]?.[0] ?? '', /ana/);
    assert.equal((errors[0]?.[1] as Error).message, 'deaf');
  });

  it('is done also when nobody cares for failures', async (t) => {
    const { config, clock, database } = await authenticating(t, CONFIG);
    const auth = createAuth({ config, clock });
    await auth.load(database);
    auth.onRevoked(() => {
      throw new Error('deaf');
    });
    assert.equal((await auth.revokeSubject('ana')).subject, 'ana');
  });

  it('holds after a restart, and keeps the last time', async (t) => {
    const folder = temporaryFolder();
    const clock = createManualClock();
    const first = await authenticating(t, CONFIG, { folder, clock });
    await first.auth.revokeSubject('ana');
    clock.advance(10_000);
    const between = await ana(clock);
    clock.advance(10_000);
    await first.auth.revokeSubject('ana');
    await first.database.close();
    const { auth } = await authenticating(t, CONFIG, { folder, clock });
    await assert.rejects(auth.authenticate(between, HERE), coded('token_revoked'));
  });

  it('is forgotten once every token that it meant has expired, and not before', async (t) => {
    const folder = temporaryFolder();
    const clock = createManualClock(1_750_000_000_000);
    const first = await authenticating(t, CONFIG, { folder, clock });
    const longest = await ana(clock, { exp: seconds(clock) + 3_600 });
    const withoutIssue = (): Promise<string> => sign({ sub: 'ana', exp: seconds(clock) + 60 });
    await first.auth.revokeSubject('ana');

    clock.advance(HOUR_MS - 1);
    await assert.rejects(first.auth.authenticate(longest, HERE), coded('token_revoked'));
    clock.advance(1);
    await assert.rejects(first.auth.authenticate(longest, HERE), coded('token_expired'));
    clock.advance(1);
    assert.equal((await first.auth.authenticate(await withoutIssue(), HERE)).id, 'ana');
    const count = async (): Promise<unknown> =>
      (await first.database.read({ sql: 'SELECT count(*) AS n FROM revoked_subjects' }))[0]?.['n'];
    assert.equal(await count(), 1);
    // The next revocation makes room for itself.
    await first.auth.revokeSubject('bob');
    assert.equal(await count(), 1);
    clock.advance(HOUR_MS + 1);
    await first.database.close();

    const { auth } = await authenticating(t, CONFIG, { folder, clock });
    const token = await sign({ sub: 'bob', exp: seconds(clock) + 60 });
    assert.equal((await auth.authenticate(token, HERE)).id, 'bob');
  });

  it('waits for the database', async () => {
    const revocations = new Revocations(createManualClock(), HOUR_MS);
    await assert.rejects(revocations.add('ana'), coded('unavailable'));
  });
});
