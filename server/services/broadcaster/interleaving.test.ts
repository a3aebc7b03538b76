import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Position } from '../../../src/protocol/index.ts';
import { createMemoryBus } from '../../engines/memory/bus.ts';
import { createManualClock } from '../../engines/memory/clock.ts';
import type { ManualClock } from '../../engines/memory/clock.ts';
import { broadcasting } from '../../testing/broadcasting.ts';
import type { Broadcasting } from '../../testing/broadcasting.ts';
import { turn } from '../../testing/event-loop.ts';
import { FakeReader, connected } from '../../testing/fake-reader.ts';
import type { Heard } from '../../testing/inbox.ts';
import { random } from '../../testing/random.ts';
import type { BroadcasterLimits } from './index.ts';

const setUp = (limits: Partial<BroadcasterLimits> = {}, flushWindowMs = 0) => {
  const clock = createManualClock();
  return broadcasting({ clock, bus: createMemoryBus(clock) }, limits, { flushWindowMs });
};

/**
 * A client that believes nothing: it follows one channel whose publications are their own offsets, checks that
 * each message continues the one before it, and can be cut off and come back.
 */
class Follower {
  readonly losses: string[] = [];
  #world: Broadcasting<ManualClock>;
  #channel: string;
  #tails: Map<number, string>;
  #reader: FakeReader | undefined;
  #position: Position | undefined;
  #n = -1;
  /** Deaf to nothing while the answer to its subscription is awaited: what comes before it is an error. */
  #answered = false;

  constructor(world: Broadcasting<ManualClock>, channel: string, tails: Map<number, string>) {
    this.#world = world;
    this.#channel = channel;
    this.#tails = tails;
  }

  get offset(): number {
    return this.#position?.o ?? -1;
  }

  get joined(): boolean {
    return this.#reader !== undefined;
  }

  leave(): void {
    this.read();
    this.#reader?.connection.lost();
    this.#reader?.inbox.end('left');
    this.#reader = undefined;
  }

  /** Joins by `connect` or by `subscribe`, from where it stood if it ever did. */
  async join(byConnect: boolean): Promise<void> {
    const request = { ch: this.#channel, ...(this.#position && { since: this.#position }) };
    const reader = new FakeReader(this.#world.broadcaster);
    this.#reader = reader;
    this.#answered = false;
    const subs = byConnect ? [request, { ch: 'app/other' }] : [];
    try {
      const connected = await reader.ask({ connect: { subs } });
      const ok = byConnect ? connected.ok?.subs?.[0] : (await reader.ask({ subscribe: request })).ok;
      if (reader === this.#reader) this.#start(ok);
    } catch (error) {
      // It left before it was answered.
      if (reader === this.#reader) throw error;
    }
  }

  #start(ok: Heard['ok']): void {
    assert.ok(ok?.e !== undefined && ok.o !== undefined && ok.h !== undefined);
    assert.equal(this.#reader?.inbox.rest().length, 0, 'nothing overtakes the answer');
    const { e, o, h } = ok;
    if (ok.recovered) {
      const missed = (ok.pubs ?? []).map(([offset]) => offset);
      const from = this.offset + 1;
      assert.deepEqual(
        missed,
        Array.from({ length: o - from + 1 }, (_, i) => from + i),
        'all since then, once',
      );
    } else {
      if (ok.lost) this.losses.push(ok.lost);
      assert.ok(Number(ok.snapshot) >= o, 'a snapshot at least as new as its position');
    }
    assert.equal(h, this.#tails.get(o));
    this.#position = { e, o, h };
    this.#n = ok.n ?? -1;
    this.#answered = true;
  }

  /** Takes what has come in. */
  read(): void {
    if (!this.#answered) return;
    for (const { n, pubs, h, lost, e, o, snapshot } of this.#reader?.inbox.rest() ?? []) {
      if (n !== this.#n) continue;
      const position = this.#position;
      assert.ok(position && h !== undefined);
      if (lost) {
        assert.ok(e !== undefined && o !== undefined && Number(snapshot) >= o && o > position.o);
        this.losses.push(lost);
        this.#position = { e, o, h };
      } else {
        const offsets = (pubs ?? []).map(([offset]) => offset);
        assert.deepEqual(
          offsets,
          offsets.map((_, i) => position.o + 1 + i),
          'the next ones, without a hole, once',
        );
        assert.deepEqual(
          offsets,
          (pubs ?? []).map(([, data]) => data),
        );
        this.#position = { e: position.e, o: position.o + offsets.length, h };
      }
      assert.equal(this.#position.h, this.#tails.get(this.#position.o));
    }
  }
}

/** Lets everything happen at once, by the seed's whim. @returns what the followers lost. */
async function shake(seed: number, channel: string, dropped: number): Promise<string[]> {
  const chance = random(seed);
  const world = setUp({ messagesPerSecond: 1e6, messageBurst: 1e6 });
  const { broadcaster, bus, state } = world;
  bus.slowly = async () => {
    for (let turns = Math.floor(chance() * 4); turns > 0; turns--) await turn();
  };
  bus.drops = ({ offset }) => offset > 3 && chance() < dropped && offset < 150;
  const tails = new Map([[0, '0'.repeat(16)]]);
  await bus.inner.subscribe(channel, ({ offset, tail }) => tails.set(offset, tail));
  const followers = Array.from({ length: 6 }, () => new Follower(world, channel, tails));
  let published = 0;
  // Somebody always follows, so that the one stream lives on from the first to the last publication.
  await (await connected(broadcaster)).ask({ subscribe: { ch: channel } });
  const publish = (): void => {
    published += 1;
    state.set(channel, published);
    broadcaster.publish(channel, published);
  };

  const joining: Promise<void>[] = [];
  for (let step = 0; step < 160; step++) {
    const follower = followers[Math.floor(chance() * followers.length)];
    const what = chance();
    if (what < 0.55) publish();
    else if (what < 0.8) await turn();
    else if (follower?.joined && what < 0.88) follower.leave();
    else if (follower && !follower.joined) joining.push(follower.join(chance() < 0.5));
    for (const each of followers) each.read();
  }
  await Promise.all(joining);
  for (const follower of followers) if (!follower.joined) await follower.join(false);
  while (published < 160) publish();
  // Every follower must come to the very end.
  while (followers.some(({ offset }) => offset < published)) {
    await turn();
    for (const each of followers) each.read();
  }
  assert.equal(broadcaster.stats().failures, 0);
  return followers.flatMap(({ losses }) => losses);
}

describe('joining, leaving and coming back while publications pour in', () => {
  for (let seed = 1; seed <= 25; seed++) {
    it(`loses nothing, repeats nothing and reorders nothing, seed ${seed}`, async () => {
      assert.deepEqual(await shake(seed, 'live/a', 0), []);
    });
  }

  for (let seed = 101; seed <= 125; seed++) {
    it(`hides no hole when the bus drops every fifth publication, seed ${seed}`, async () => {
      await shake(seed, 'live/a', 0.2);
    });
  }

  it('says so when the history is too short to come back into', async () => {
    const losses: string[] = [];
    for (let seed = 201; seed <= 225; seed++) losses.push(...(await shake(seed, 'app/a', 0.3)));
    assert.ok(losses.includes('history'));
  });
});
