/** The judge itself: every kind of lie is found, and the truth is not called one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../src/protocol/index.ts';
import { PublishedLog } from './log.ts';
import { View } from './view.ts';
import type { Fidelity, Lie, LieKind } from './view.ts';

const CHANNEL = 'app/a';

/** A log that stands at offset 5 of epoch e1, and a view of it. */
class Court {
  readonly log = new PublishedLog();
  readonly lies: Lie[] = [];
  readonly view: View;
  #lastId = 0;

  constructor(fidelity: Fidelity = 'all', lagging = false) {
    this.view = new View(this.log, CHANNEL, {
      who: 'v',
      fidelity,
      lagging,
      lie: (lie) => this.lies.push(lie),
    });
    this.publish('e1', 5);
  }

  /** Publishes so often. */
  publish(epoch: string, times = 1): void {
    this.log.began(CHANNEL, epoch);
    for (let i = 0; i < times; i += 1) {
      const data = JSON.stringify({ ids: [++this.#lastId] });
      const offset = this.log.head(CHANNEL).offset + 1;
      this.log.stored(CHANNEL, { epoch, offset, data, prev: '', tail: '' });
    }
  }

  /** What the log has at an offset; of several branches the last. */
  data(offset: number): Json {
    return JSON.parse(this.log.at(CHANNEL, offset).at(-1)!.data) as Json;
  }

  snapshotAt(offset: number): Json {
    const { no, state } = this.log.at(CHANNEL, offset).at(-1)!;
    return { at: no, state };
  }

  /** Tells the view a publication as the log has it. */
  tell(...offsets: number[]): void {
    for (const offset of offsets) this.view.publication(this.data(offset), offset);
  }

  /** Tells a publication that stands for others too. */
  tellFor(conflated: number, offset: number, data = this.data(offset)): void {
    this.view.publication(data, offset, { conflated });
  }

  get kinds(): LieKind[] {
    return this.lies.map(({ kind }) => kind);
  }
}

describe('judge: the truth', () => {
  it('passes a snapshot and everything after it', () => {
    const court = new Court();
    court.view.snapshot(court.snapshotAt(2));
    court.tell(3, 4, 5);
    assert.deepEqual(court.kinds, []);
    assert.equal(court.view.caughtUp, true);
  });

  it('passes a loss that is told, with its snapshot further on', () => {
    const court = new Court();
    court.view.snapshot(court.snapshotAt(1));
    court.view.lost('history');
    court.view.snapshot(court.snapshotAt(4));
    court.tell(5);
    assert.deepEqual(court.kinds, []);
    assert.deepEqual(court.view.losses, { history: 1 });
  });

  it('passes the new past after a rollback that is told as a loss', () => {
    const court = new Court();
    court.view.snapshot(court.snapshotAt(5));
    court.log.rolledBack(CHANNEL, 2);
    court.publish('e1', 2);
    court.view.lost('tail');
    court.view.snapshot(court.snapshotAt(4));
    court.tell(5);
    assert.deepEqual(court.kinds, []);
    assert.equal(court.view.caughtUp, true);
  });

  it('passes what was lost and published again in the same place: it is the same past', () => {
    const court = new Court();
    court.view.snapshot(court.snapshotAt(4));
    court.tell(5);
    const { data, epoch } = court.log.head(CHANNEL);
    court.log.rolledBack(CHANNEL, 1);
    court.log.stored(CHANNEL, { epoch, offset: 5, data, prev: '', tail: '' });
    court.publish('e1');
    court.tell(6);
    assert.deepEqual(court.kinds, []);
    assert.equal(court.view.caughtUp, true);
  });

  it('passes a new epoch that is told as a loss', () => {
    const court = new Court();
    court.view.snapshot(court.snapshotAt(5));
    court.log.forgotten(CHANNEL);
    court.publish('e2', 2);
    court.view.lost('epoch');
    court.view.snapshot(court.snapshotAt(1));
    court.tell(2);
    assert.deepEqual(court.kinds, []);
  });

  it('passes a state channel that skips, and merged publications that hold all of theirs', () => {
    const latest = new Court('latest');
    latest.view.snapshot(latest.data(1));
    latest.tellFor(3, 5);
    assert.deepEqual(latest.kinds, []);
    assert.equal(latest.view.caughtUp, true);
    assert.equal(latest.view.heard.conflated, 3);
    const merge = new Court('merge');
    merge.view.snapshot(merge.snapshotAt(1));
    merge.tellFor(2, 4, { ids: [2, 3, 4] });
    merge.tell(5);
    assert.deepEqual(merge.kinds, []);
    assert.equal(merge.view.caughtUp, true);
  });

  it('passes a merged publication that begins before a newcomer’s snapshot', () => {
    const court = new Court('merge');
    court.view.snapshot(court.snapshotAt(3));
    court.tellFor(2, 4, { ids: [2, 3, 4] });
    court.tell(5);
    assert.deepEqual(court.kinds, []);
    assert.equal(court.view.caughtUp, true);
  });

  it('passes publications that a snapshot ahead of its stream holds already, where the engine tells late', () => {
    const court = new Court('all', true);
    court.view.snapshot(court.snapshotAt(4));
    court.tell(3, 4, 5);
    assert.deepEqual(court.kinds, []);
    assert.equal(court.view.caughtUp, true);
  });

  it('passes the same number published again in another epoch, and calls it twice in one', () => {
    const court = new Court();
    const store = (epoch: string, offset: number): void =>
      void court.log.stored(CHANNEL, { epoch, offset, data: '{"ids":[99]}', prev: '', tail: '' });
    store('e1', 6);
    store('e2', 1);
    assert.deepEqual(court.log.twice(), []);
    store('e2', 2);
    assert.equal(court.log.twice().length, 1);
  });
});

describe('judge: lies', () => {
  const lies: [what: string, expected: LieKind[], tell: (court: Court) => void, fidelity?: Fidelity][] = [
    ['a publication left out', ['gap', 'gap'], (court) => court.tell(3, 5, 5)],
    ['a publication told twice', ['duplicate'], (court) => court.tell(3, 3)],
    ['a publication of before the snapshot', ['disorder'], (court) => court.tell(3, 4, 1)],
    ['two publications swapped', ['gap'], (court) => court.tell(4, 3)],
    ['data that was never published', ['invented'], (court) => court.view.publication({ ids: [77] }, 3)],
    ['another publication’s data', ['invented'], (court) => court.view.publication(court.data(4), 3)],
    ['data that was changed', ['invented'], (court) => court.view.publication({ ids: [3], pad: 'x' }, 3)],
    ['an offset that was never reached', ['invented'], (court) => court.view.publication(court.data(5), 6)],
    ['a jump by snapshot without a loss', ['gap'], (court) => court.view.snapshot(court.snapshotAt(5))],
    ['a snapshot of before', ['disorder', 'gap'], (court) => court.view.snapshot(court.snapshotAt(1))],
    ['a snapshot that is none', ['invented'], (court) => court.view.snapshot({ at: 3, state: 0 })],
    ['an empty snapshot', ['invented'], (court) => court.view.snapshot(null)],
    ['a state that is gone without a loss', ['gap'], (court) => court.view.snapshot(null), 'latest'],
    [
      'a publication between a loss and its snapshot',
      ['unannounced'],
      (court) => {
        court.view.lost('history');
        court.tell(3);
      },
    ],
    [
      'an epoch that is said to be lost and is not',
      ['reason'],
      (court) => {
        court.view.lost('epoch');
        court.view.snapshot(court.snapshotAt(4));
      },
    ],
    [
      'anything told to somebody who has left',
      ['after-stop', 'after-stop', 'after-stop'],
      (court) => {
        court.view.stop();
        court.tell(3);
        court.view.lost('history');
        court.view.snapshot(court.snapshotAt(5));
      },
    ],
    [
      'what follows on another past, after a rollback that was not told',
      ['past'],
      (court) => {
        court.tell(3, 4, 5);
        court.log.rolledBack(CHANNEL, 2);
        court.publish('e1', 3);
        court.tell(6);
      },
    ],
    [
      'offsets used again, told as news to who had them',
      ['past'],
      (court) => {
        court.tell(3, 4, 5);
        court.log.rolledBack(CHANNEL, 1);
        court.publish('e1');
        court.tell(5);
      },
    ],
    [
      'another epoch that goes on as if it were the same',
      ['past'],
      (court) => {
        court.log.forgotten(CHANNEL);
        court.publish('e2', 3);
        court.tell(3);
      },
    ],
    [
      'a return to an epoch that is over',
      ['disorder'],
      (court) => {
        court.log.forgotten(CHANNEL);
        court.publish('e2', 3);
        court.view.lost('epoch');
        court.view.snapshot(court.snapshotAt(3));
        court.view.lost('epoch');
        court.view.snapshot({ at: 3, state: court.log.entry(3)!.state });
      },
    ],
    [
      'a merged publication that lacks one',
      ['invented'],
      (court) => court.tellFor(1, 4, { ids: [3, 5] }),
      'merge',
    ],
    ['a merged publication with a hole', ['gap'], (court) => court.tellFor(2, 5, { ids: [3, 5] }), 'merge'],
    [
      'a merged publication that begins with what was told',
      ['gap'],
      (court) => (court.tell(3), court.tellFor(1, 4, { ids: [3, 4] })),
      'merge',
    ],
    [
      'a merged publication that does not say so',
      ['gap'],
      (court) => court.tellFor(0, 4, { ids: [3, 4] }),
      'merge',
    ],
    ['a skip that says so where none is allowed', ['gap'], (court) => court.tellFor(1, 4)],
    ['a state that skips and does not say so', ['gap'], (court) => court.tell(4), 'latest'],
    [
      'a state that says it skips and does not',
      ['gap'],
      (court) => (court.tell(3), court.tellFor(1, 4)),
      'latest',
    ],
    ['a state that goes back', ['duplicate'], (court) => (court.tellFor(2, 5), court.tell(4)), 'latest'],
    ['a state that comes again', ['duplicate'], (court) => (court.tellFor(2, 5), court.tell(5)), 'latest'],
  ];
  for (const [what, expected, tell, fidelity] of lies) {
    it(`finds ${what}`, () => {
      const court = new Court(fidelity);
      court.view.snapshot(court.snapshotAt(2));
      tell(court);
      assert.deepEqual(court.kinds, expected, JSON.stringify(court.lies));
    });
  }

  it('finds a view that has not caught up, and one whose state is another', () => {
    const court = new Court();
    court.view.snapshot(court.snapshotAt(4));
    assert.equal(court.view.caughtUp, false);
    assert.match(court.view.standing, /#4.*the log at .*#5/);
    court.tell(5);
    assert.equal(court.view.caughtUp, true);
    court.publish('e1');
    court.view.publication({ ids: [7] }, 6);
    assert.equal(court.view.caughtUp, false);
  });

  it('lets a state channel begin anew where its state is no longer kept, and not go back', () => {
    for (const [next, expected] of [
      [4, []],
      [2, ['disorder']],
    ] as const) {
      const court = new Court('latest');
      court.view.snapshot(court.data(3));
      court.view.lost('history');
      court.view.snapshot(null);
      court.tell(next);
      assert.deepEqual(court.kinds, expected);
    }
  });

  it('finds a publication before any snapshot', () => {
    const court = new Court();
    court.tell(1);
    assert.deepEqual(court.kinds, ['unannounced']);
  });
});
