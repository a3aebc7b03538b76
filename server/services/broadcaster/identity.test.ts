import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import { READ_ONLY } from '../../ports/publisher.ts';
import type { BroadcasterLimits } from './index.ts';

const setUp = (limits: Partial<BroadcasterLimits> = {}) => {
  const clock = createManualClock();
  const world = broadcasting({ clock, bus: createMemoryBus(clock) }, limits);
  const { broadcaster, identities } = world;
  identities.add('ana', { role: 'operator', name: 'Ana' });
  identities.add('vic', { role: 'viewer' });
  identities.add('bot', { grants: [{ channels: 'app/bot/*', allow: ['subscribe', 'publish'] }] });
  broadcaster.serve({
    name: 'secret',
    history: { size: 5, ageMs: 1_000 },
    onDemand: false,
    access: { subscribe: ['auditor', 'admin'], publish: [] },
    resolve: (channel) => channel,
    snapshot: () => null,
  });
  broadcaster.serve({
    name: 'served',
    history: { size: 5, ageMs: 1_000 },
    onDemand: false,
    access: READ_ONLY,
    resolve: (channel) => channel,
    snapshot: () => null,
  });
  return { ...world, clock };
};

describe('who connects', () => {
  it('is told whom the server takes it for, and until when', async () => {
    const { broadcaster, identities, clock } = setUp();
    identities.add('eve', { name: 'Eve', expiresAt: clock.now() + 60_000 });
    const { ok } = await new FakeReader(broadcaster).ask({ connect: { token: 'eve' } });
    assert.deepEqual(ok?.identity, { id: 'eve', name: 'Eve' });
    assert.equal(ok?.expiresAt, clock.now() + 60_000);
    const ana = await new FakeReader(broadcaster).ask({ connect: { token: 'ana' } });
    assert.deepEqual([ana.ok?.identity?.role, ana.ok?.expiresAt], ['operator', undefined]);
  });

  it('with a token that is not good is closed with the reason, and was answered nothing', async () => {
    const { broadcaster, identities } = setUp();
    for (const code of ['unauthorized', 'token_expired', 'token_revoked', 'rate_limited'] as const) {
      identities.tokens.set('x', code);
      const reader = new FakeReader(broadcaster);
      reader.say({ id: 1, connect: { token: 'x', subs: [{ ch: 'app/a' }] } });
      await turn();
      assert.deepEqual([reader.closedWith, reader.inbox.frames], [code, []]);
    }
    assert.deepEqual([broadcaster.stats().connections, broadcaster.stats().channels], [0, 0]);
  });

  it('shows the token of the message, else the one of the carrier, else none', async () => {
    const { broadcaster, identities } = setUp();
    const peer = { address: '10.0.0.1', token: 'vic' };
    await new FakeReader(broadcaster, peer).ask({ connect: {} });
    await new FakeReader(broadcaster, peer).ask({ connect: { token: 'ana' } });
    await new FakeReader(broadcaster).ask({ connect: {} });
    assert.deepEqual(identities.shown, ['vic', 'ana', '']);
  });

  it('while nobody can be told apart is asked to try again, and may, until its time is up', async () => {
    const { broadcaster, identities, clock } = setUp({ connectTimeoutMs: 5_000 });
    identities.tokens.set('', 'unavailable');
    const reader = new FakeReader(broadcaster);
    const { err } = await reader.ask({ connect: {} });
    assert.deepEqual([err?.code, err?.retryable, reader.closedWith], ['unavailable', true, undefined]);
    identities.add('', { id: 'anonymous', name: 'anonymous', role: 'viewer' });
    assert.ok((await reader.ask({ connect: {} })).ok);
    clock.advance(10_000);
    assert.equal(reader.closedWith, undefined);
  });

  it('and leaves before it is known, takes no place', async () => {
    const { broadcaster } = setUp({ maxConnectionsPerIdentity: 1 });
    const reader = new FakeReader(broadcaster);
    reader.say({ id: 1, connect: { token: 'ana' } });
    reader.connection.lost();
    await turn();
    assert.ok((await new FakeReader(broadcaster).ask({ connect: { token: 'ana' } })).ok);
  });

  it('and leaves while it is being found out who it is, takes no place either', async () => {
    const { broadcaster, identities } = setUp({ maxConnectionsPerIdentity: 1 });
    const real = identities.authenticate.bind(identities);
    let answer = (): void => undefined;
    const known = new Promise<void>((resolve) => (answer = resolve));
    identities.authenticate = async (token) => {
      await known;
      return real(token);
    };
    const reader = new FakeReader(broadcaster);
    reader.say({ id: 1, connect: { token: 'ana' } });
    await turn();
    reader.connection.lost();
    answer();
    await turn();
    assert.deepEqual(reader.inbox.frames, []);
    assert.ok((await new FakeReader(broadcaster).ask({ connect: { token: 'ana' } })).ok);
  });

  it('too often as one identity is closed, others are not, and a place becomes free again', async () => {
    const { broadcaster } = setUp({ maxConnectionsPerIdentity: 2 });
    const first = await connected(broadcaster, 'ana');
    await connected(broadcaster, 'ana');
    const third = new FakeReader(broadcaster);
    third.say({ id: 1, connect: { token: 'ana' } });
    await turn();
    assert.equal(third.closedWith, 'identity_limit');
    await connected(broadcaster, 'vic');
    first.connection.lost();
    await connected(broadcaster, 'ana');
    assert.equal(broadcaster.stats().connections, 3);
  });
});

describe('what an identity may', () => {
  it('is follow what its role may, and be refused the rest', async () => {
    const { broadcaster } = setUp();
    const vic = await connected(broadcaster, 'vic');
    assert.ok((await vic.ask({ subscribe: { ch: 'app/a' } })).ok);
    const { err } = await vic.ask({ subscribe: { ch: 'secret/a' } });
    assert.deepEqual([err?.code, err?.retryable], ['forbidden', false]);
    const admin = await connected(broadcaster);
    assert.ok((await admin.ask({ subscribe: { ch: 'secret/a' } })).ok);
  });

  it('is follow what was granted, and nothing beside it', async () => {
    const { broadcaster } = setUp();
    const bot = await connected(broadcaster, 'bot');
    assert.ok((await bot.ask({ subscribe: { ch: 'app/bot/1' } })).ok);
    for (const ch of ['app/bot', 'app/bots/1', 'app/a', 'secret/a'])
      assert.equal((await bot.ask({ subscribe: { ch } })).err?.code, 'forbidden', ch);
  });

  it('is publish where its role or a grant lets it, never on a service’s own channels', async () => {
    const { broadcaster, identities } = setUp();
    identities.add('all', { role: 'admin', grants: [{ channels: '*', allow: ['publish', 'subscribe'] }] });
    const codeOf = async (token: string, ch: string): Promise<string> => {
      const reader = await connected(broadcaster, token);
      return (await reader.ask({ publish: { ch, data: 1 } })).err?.code ?? 'taken';
    };
    assert.equal(await codeOf('ana', 'app/a'), 'taken');
    assert.equal(await codeOf('vic', 'app/a'), 'forbidden');
    assert.equal(await codeOf('bot', 'app/bot/1'), 'taken');
    assert.equal(await codeOf('bot', 'app/a'), 'forbidden');
    assert.equal(await codeOf('all', 'served/a'), 'forbidden');
    assert.equal(await codeOf('all', 'secret/a'), 'forbidden');
  });

  it('is follow what is meant for it alone, when it is somebody', async () => {
    const { broadcaster, identities } = setUp();
    identities.add('all', { role: 'admin', grants: [{ channels: '*', allow: ['subscribe'] }] });
    const ana = await connected(broadcaster, 'ana');
    assert.ok((await ana.ask({ subscribe: { ch: 'user/ana' } })).ok);
    for (const token of ['vic', 'all', ''])
      for (const ch of ['user/ana', 'user/anonymous'])
        assert.equal(
          (await (await connected(broadcaster, token || undefined)).ask({ subscribe: { ch } })).err?.code,
          'forbidden',
        );
  });
});

describe('a token on a live connection', () => {
  it('is replaced without a reconnect, and its new end is told', async () => {
    const { broadcaster, identities, clock } = setUp();
    identities.add('t1', { id: 'eve', role: 'viewer', expiresAt: clock.now() + 10_000 });
    identities.add('t2', { id: 'eve', role: 'viewer', expiresAt: clock.now() + 90_000 });
    const reader = await connected(broadcaster, 't1');
    await reader.ask({ subscribe: { ch: 'app/a' } });
    clock.advance(9_000);
    const { ok } = await reader.ask({ refresh: { token: 't2' } });
    assert.equal(ok?.expiresAt, clock.now() + 81_000);
    clock.advance(20_000);
    assert.equal(reader.closedWith, undefined);
    assert.equal(broadcaster.stats().subscriptions, 1);
  });

  it('that expires ends it, and so that the client comes back with another', async () => {
    const { broadcaster, identities, clock } = setUp();
    identities.add('t1', { expiresAt: clock.now() + 10_000 });
    const reader = await connected(broadcaster, 't1');
    clock.advance(9_000);
    assert.equal(reader.closedWith, undefined);
    clock.advance(1_000);
    assert.equal(reader.closedWith, 'token_expired');
  });

  it('of somebody else, or of nobody, replaces nothing', async () => {
    const { broadcaster } = setUp();
    const reader = await connected(broadcaster, 'ana');
    assert.equal((await reader.ask({ refresh: { token: 'vic' } })).err?.code, 'forbidden');
    assert.equal((await reader.ask({ refresh: { token: 'nobody' } })).err?.code, 'unauthorized');
    assert.deepEqual([reader.connection.identity.id, reader.closedWith], ['ana', undefined]);
  });

  it('that may less ends what it may no longer follow, after what was published before', async () => {
    const { broadcaster, identities } = setUp();
    identities.add('less', { id: 'ana', grants: [{ channels: 'app/b', allow: ['subscribe'] }] });
    const reader = await connected(broadcaster, 'ana');
    const n = (await reader.ask({ subscribe: { ch: 'app/a' } })).ok?.n;
    await reader.ask({ subscribe: { ch: 'app/b' } });
    broadcaster.publish('app/a', 1);
    await reader.ask({ refresh: { token: 'less' } });
    const [batch, ended] = reader.inbox.rest();
    assert.deepEqual([batch?.n, batch?.pubs], [n, [[1, 1]]]);
    assert.deepEqual([ended?.n, ended?.end?.code], [n, 'forbidden']);
    broadcaster.publish('app/a', 2);
    broadcaster.publish('app/b', 1);
    assert.deepEqual((await reader.next()).pubs, [[1, 1]]);
    assert.equal(broadcaster.stats().subscriptions, 1);
  });

  it('that is revoked ends every connection of its identity at once, and no other', async () => {
    const { broadcaster, identities } = setUp();
    const [one, two, other] = [
      await connected(broadcaster, 'ana'),
      await connected(broadcaster, 'ana'),
      await connected(broadcaster, 'vic'),
    ];
    identities.revoke('ana');
    assert.deepEqual(
      [one.closedWith, two.closedWith, other.closedWith],
      ['token_revoked', 'token_revoked', undefined],
    );
    broadcaster.close();
    identities.revoke('vic');
    assert.equal(other.closedWith, 'shutdown');
  });
});

describe('subscribesPerSecond', () => {
  it('refuses what is too much with the time to wait, those of a connect included', async () => {
    const { broadcaster, clock } = setUp({ subscribeBurst: 3, subscribesPerSecond: 10 });
    const reader = new FakeReader(broadcaster);
    const subs = ['a', 'b', 'c', 'd'].map((name) => ({ ch: `app/${name}` }));
    const { ok } = await reader.ask({ connect: { subs } });
    assert.deepEqual(
      ok?.subs?.map(({ err }) => [err?.code, err?.afterMs]),
      [...Array.from({ length: 3 }, () => [undefined, undefined]), ['rate_limited', 100]],
    );
    assert.equal((await reader.ask({ subscribe: { ch: 'app/d' } })).err?.code, 'rate_limited');
    clock.advance(100);
    assert.ok((await reader.ask({ subscribe: { ch: 'app/d' } })).ok);
  });
});
