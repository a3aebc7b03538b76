import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContextItem, ContextSnapshot, ContextUpdate } from '../../../src/protocol/index.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { TagSource, Tagged } from '../../ports/tag-source.ts';
import { FakePublisher } from '../../testing/fake-publisher.ts';
import { coded } from '../../testing/harness.ts';
import { createContexts } from './index.ts';
import type { ContextsLimits } from './limits.ts';
import { gather, mergeUpdates, updatesBetween } from './values.ts';

const CHANNEL = 'contexts/agents';
const ALL = { q: '', limit: 1_000 };

/** A source whose things are set by hand. */
class Things implements TagSource {
  asked = 0;
  #things: readonly Tagged[] = [];
  #version = 0;

  set(...things: readonly Tagged[]): void {
    this.#things = things;
    this.#version += 1;
  }

  version(): number {
    return this.#version;
  }

  tagged(): Iterable<Tagged> {
    this.asked += 1;
    return this.#things;
  }
}

const agent = (id: string, more: Record<string, string> = {}): Tagged => ({ tags: { agent: id, ...more } });

function setUp(limits: Partial<ContextsLimits> = {}) {
  const clock = createManualClock();
  const publisher = new FakePublisher();
  publisher.wanted = new Set();
  const [series, checks] = [new Things(), new Things()];
  const contexts = createContexts({ clock, publisher, sources: [series, checks], limits });
  const snapshot = (channel = CHANNEL): readonly ContextItem[] =>
    (contexts.namespace.snapshot!(channel) as unknown as ContextSnapshot).items;
  const tick = (): ContextUpdate[] => {
    clock.advance(contexts.limits.contextIntervalMs);
    return publisher.take().map(([, data]) => data as unknown as ContextUpdate);
  };
  /** As the broadcaster does: the channel is there, then its first reader is given the snapshot. */
  const follow = (channel = CHANNEL): readonly ContextItem[] => {
    publisher.wanted?.add(channel);
    return snapshot(channel);
  };
  return { clock, publisher, contexts, series, checks, snapshot, tick, follow };
}

describe('values', () => {
  it('are those of the reserved tags of whatever has any, each once, by id', () => {
    const found = gather([
      { tags: { agent: 'b', environment: 'prod' } },
      { tags: { agent: 'a', service: 'mail' } },
      { tags: { agent: 'b', environment: 'prod', queue: 'x' } },
      { tags: {} },
      { tags: { agent: '', service: '' } },
    ]);
    assert.deepEqual(
      [...found.agents.values()],
      [
        { id: 'a', label: 'a' },
        { id: 'b', label: 'b', environments: ['prod'], group: 'prod' },
      ],
    );
    assert.deepEqual([...found.services.keys()], ['mail']);
    assert.deepEqual([...found.environments.values()], [{ id: 'prod', label: 'prod' }]);
  });

  it('have the worst state of their checks, and none without a check', () => {
    const found = gather([
      { tags: { agent: 'a', service: 'mail' }, state: 'up' },
      { tags: { agent: 'b', service: 'mail' }, state: 'down' },
      { tags: { agent: 'c', service: 'mail' }, state: 'unknown' },
      { tags: { agent: 'd' } },
    ]);
    assert.deepEqual(
      [...found.agents.values()].map(({ state }) => state),
      ['up', 'down', 'unknown', undefined],
    );
    assert.equal(found.services.get('mail')?.state, 'down');
  });

  it('name every environment they are in, and a group only where it is just one', () => {
    const { agents } = gather([
      agent('a', { environment: 'staging' }),
      agent('a', { environment: 'prod' }),
      agent('b', { environment: 'prod' }),
    ]);
    assert.deepEqual(agents.get('a'), { id: 'a', label: 'a', environments: ['prod', 'staging'] });
    assert.equal(agents.get('b')?.group, 'prod');
  });

  it('may be named like what every object has', () => {
    const tags = JSON.parse(
      '{"__proto__":"x","agent":"__proto__","service":"constructor"}',
    ) as Tagged['tags'];
    const found = gather([{ tags }, { tags: Object.create({ agent: 'inherited' }) as Tagged['tags'] }]);
    assert.deepEqual([...found.agents.keys()], ['__proto__']);
    assert.deepEqual([...found.services.keys()], ['constructor']);
  });
});

describe('updates', () => {
  const before = gather([agent('a'), agent('b')]).agents;
  const after = gather([agent('b', { environment: 'prod' }), agent('c')]).agents;

  it('put what is new or changed and name what is gone', () => {
    assert.deepEqual(updatesBetween(before, after, 10), [
      { put: [after.get('b'), after.get('c')], gone: ['a'] },
    ]);
    assert.deepEqual(updatesBetween(after, after, 10), []);
  });

  it('come in parts, of which the first says when nothing of before counts', () => {
    const parts = updatesBetween(undefined, after, 1);
    assert.deepEqual(parts, [
      { put: [after.get('b')], gone: [], all: true },
      { put: [after.get('c')], gone: [] },
    ]);
    assert.deepEqual(updatesBetween(undefined, gather([]).agents, 1), [{ put: [], gone: [], all: true }]);
  });

  it('merge into one that leads to the same, from any part of which on', () => {
    const [b, c] = [after.get('b')!, after.get('c')!];
    const [oldB] = [before.get('b')!];
    assert.deepEqual(
      mergeUpdates([
        { put: [oldB, c], gone: ['x'] },
        { put: [b], gone: ['c'] },
      ]),
      { put: [b], gone: ['x', 'c'] },
    );
    assert.deepEqual(
      mergeUpdates([
        { put: [], gone: ['c'] },
        { put: [c], gone: [] },
      ]),
      { put: [c], gone: [] },
    );
    assert.deepEqual(
      mergeUpdates([
        { put: [b], gone: ['x'] },
        { put: [c], gone: [], all: true },
      ]),
      {
        put: [c],
        gone: [],
        all: true,
      },
    );
  });
});

describe('contexts/<kind>', () => {
  it('are three channels, and no other', () => {
    const { namespace } = setUp().contexts;
    for (const kind of ['agents', 'services', 'environments']) {
      assert.equal(namespace.resolve(`contexts/${kind}`), `contexts/${kind}`);
    }
    for (const none of ['contexts', 'contexts/', 'contexts/agent', 'contexts/agents/x']) {
      assert.equal(namespace.resolve(none), undefined);
    }
  });

  it('begin with every value, and go on with what changed', () => {
    const { contexts, series, checks, follow, tick } = setUp();
    contexts.start();
    series.set(agent('a'));
    tick();
    assert.deepEqual(follow(), [{ id: 'a', label: 'a' }]);
    assert.deepEqual(tick(), []);
    series.set(agent('b'));
    checks.set({ ...agent('b'), state: 'down' });
    assert.deepEqual(tick(), [{ put: [{ id: 'b', label: 'b', state: 'down' }], gone: ['a'] }]);
    checks.set({ ...agent('b'), state: 'down' });
    assert.deepEqual(tick(), [], 'no news');
  });

  it('tell the readers there are what a later reader’s snapshot held already', () => {
    const { contexts, series, follow, tick, snapshot } = setUp();
    contexts.start();
    tick();
    follow();
    series.set(agent('a'));
    assert.equal(snapshot().length, 1);
    assert.deepEqual(tick(), [{ put: [{ id: 'a', label: 'a' }], gone: [] }]);
  });

  it('are not published while nobody follows, nor before the first snapshot', () => {
    const { contexts, series, publisher, follow, tick } = setUp();
    contexts.start();
    series.set(agent('a'));
    assert.deepEqual(tick(), []);
    assert.equal(series.asked, 0, 'nor even gathered');
    publisher.wanted?.add(CHANNEL);
    assert.deepEqual(tick(), []);
    follow();
    publisher.wanted?.delete(CHANNEL);
    tick();
    series.set();
    publisher.wanted?.add(CHANNEL);
    assert.deepEqual(tick(), [], 'the channel is another one');
  });

  it('say after a restart what there is, to readers who may go on from before', () => {
    const { contexts, series, publisher, tick, follow } = setUp();
    publisher.wanted?.add(CHANNEL);
    series.set(agent('b'));
    assert.equal(follow().length, 1);
    contexts.start();
    assert.deepEqual(tick(), [{ put: [{ id: 'b', label: 'b' }], gone: [], all: true }]);
    series.set(agent('c'));
    assert.deepEqual(tick(), [{ put: [{ id: 'c', label: 'c' }], gone: ['b'] }]);
  });

  it('are gathered once however many ask, until something changed', () => {
    const { contexts, series, checks, snapshot } = setUp();
    series.set(agent('a'));
    for (let i = 0; i < 5; i++) {
      snapshot();
      snapshot('contexts/services');
      contexts.page('agents', ALL);
    }
    assert.deepEqual([series.asked, checks.asked], [1, 1]);
    checks.set(agent('b'));
    assert.equal(contexts.page('agents', ALL).total, 2);
  });

  it('say nothing any more once the service is closed', () => {
    const { contexts, series, tick, follow } = setUp();
    contexts.start();
    contexts.start();
    tick();
    follow();
    contexts.close();
    series.set(agent('a'));
    assert.deepEqual(tick(), []);
  });

  it('are published in parts of a page, and merged for readers that are behind', () => {
    const { contexts, series, tick, follow } = setUp({ maxContextPageItems: 2 });
    contexts.start();
    tick();
    follow();
    series.set(...['a', 'b', 'c', 'd', 'e'].map((id) => agent(id)));
    const parts = tick();
    assert.deepEqual(
      parts.map(({ put }) => put.map(({ id }) => id)),
      [['a', 'b'], ['c', 'd'], ['e']],
    );
    const { conflate } = contexts.namespace;
    assert.ok(typeof conflate === 'function');
    const [merged] = conflate(parts as never) as unknown as ContextUpdate[];
    assert.equal(merged?.put.length, 5);
  });
});

describe('a page', () => {
  const ids = (page: { items: readonly ContextItem[] }): string[] => page.items.map(({ id }) => id);

  it('goes on where the one before ended, though values came and went', () => {
    const { contexts, series } = setUp();
    series.set(...['a', 'c', 'e', 'g'].map((id) => agent(id)));
    const first = contexts.page('agents', { q: '', limit: 2 });
    assert.deepEqual([ids(first), first.total], [['a', 'c'], 4]);
    series.set(...['b', 'd', 'e', 'g'].map((id) => agent(id)));
    const second = contexts.page('agents', { q: '', limit: 2, cursor: first.next! });
    assert.deepEqual(ids(second), ['d', 'e']);
    const last = contexts.page('agents', { q: '', limit: 2, cursor: second.next! });
    assert.deepEqual([ids(last), last.next], [['g'], undefined]);
  });

  it('holds what is sought, in any case and with or without accents', () => {
    const { contexts, series } = setUp();
    series.set(...['Zoë', 'zoe-2', 'ZOË-3', 'adam', '東京'].map((id) => agent(id)));
    const found = (q: string): string[] => ids(contexts.page('agents', { q, limit: 10 }));
    assert.deepEqual(found(' zoe '), ['ZOË-3', 'Zoë', 'zoe-2']);
    assert.deepEqual(found('zoë-'), ['ZOË-3', 'zoe-2']);
    assert.deepEqual(found('東'), ['東京']);
    assert.deepEqual(found('.*'), []);
  });

  it('takes no cursor that is none', () => {
    const { contexts } = setUp();
    for (const cursor of [
      '',
      'x',
      '!!',
      'MQ',
      'e30',
      '"a"',
      `${Buffer.from('"a"').toString('base64url')}=`,
    ]) {
      assert.throws(
        () => contexts.page('agents', { q: '', limit: 1, cursor }),
        coded('bad_request', 'cursor'),
        cursor,
      );
    }
  });

  it('takes any value as a cursor, half a surrogate pair too', () => {
    const { contexts, series } = setUp();
    series.set(agent('\ud800a'), agent('\ud800b'));
    const { next } = contexts.page('agents', { q: '', limit: 1 });
    assert.deepEqual(ids(contexts.page('agents', { q: '', limit: 1, cursor: next! })), ['\ud800b']);
  });
});

describe('10,000 values', () => {
  it('are snapshot, paged and told of like ten', () => {
    const { contexts, series, follow, tick, snapshot } = setUp();
    contexts.start();
    tick();
    const things = Array.from({ length: 10_000 }, (_, i) => agent(`agent-${i}`, { environment: 'prod' }));
    follow();
    series.set(...things);
    assert.equal(snapshot().length, 10_000);
    assert.equal(tick().length, 10);
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = contexts.page('agents', { q: '', limit: 1_000, ...(cursor && { cursor }) });
      page.items.forEach(({ id }) => seen.add(id));
      cursor = page.next;
    } while (cursor);
    assert.equal(seen.size, 10_000);
    assert.equal(contexts.page('agents', { q: 'agent-999', limit: 1 }).total, 11);
    series.set(...things.slice(1));
    assert.deepEqual(tick(), [{ put: [], gone: ['agent-0'] }]);
  });
});
