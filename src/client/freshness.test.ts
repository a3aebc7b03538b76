import { expect } from '@open-wc/testing';
import { judgeFreshness } from './freshness.ts';
import type { Freshness, FreshnessInput } from './freshness.ts';

const LIVE: FreshnessInput = {
  following: true,
  connected: true,
  refused: false,
  heard: true,
  hasData: true,
  ageMs: 100,
  staleAfterMs: 1_000,
};

const FLAGS = [false, true];

/** Every combination of the five flags. */
function combinations(): FreshnessInput[] {
  return FLAGS.flatMap((following) =>
    FLAGS.flatMap((connected) =>
      FLAGS.flatMap((refused) =>
        FLAGS.flatMap((heard) =>
          FLAGS.map((hasData) => ({ ...LIVE, following, connected, refused, heard, hasData })),
        ),
      ),
    ),
  );
}

describe('judgeFreshness', () => {
  const cases: readonly (readonly [what: string, input: Partial<FreshnessInput>, verdict: Freshness])[] = [
    ['nothing is followed', { following: false }, 'idle'],
    ['nothing was heard yet', { heard: false, hasData: false }, 'loading'],
    ['there is no connection and no data', { connected: false, heard: false, hasData: false }, 'loading'],
    ['nothing was heard on this channel, whatever is shown', { heard: false }, 'loading'],
    ['the channel was refused', { refused: true, heard: false, hasData: false }, 'error'],
    ['the channel was refused while data is shown', { refused: true }, 'error'],
    ['the channel is live and has no data', { hasData: false }, 'empty'],
    ['data is recent', {}, 'live'],
    ['data is exactly as old as allowed', { ageMs: 1_000 }, 'live'],
    ['data is older than allowed', { ageMs: 1_001 }, 'stale'],
    ['data carries no time', { ageMs: undefined }, 'live'],
    ['data is from a clock ahead of ours', { ageMs: -5_000 }, 'live'],
    ['the connection is down', { connected: false }, 'stale'],
    [
      'the connection is down and the channel was refused before',
      { connected: false, refused: true },
      'stale',
    ],
    ['the connection had data of nothing', { connected: false, hasData: false }, 'loading'],
  ];
  for (const [what, input, verdict] of cases) {
    it(`is ${verdict} when ${what}`, () => expect(judgeFreshness({ ...LIVE, ...input })).to.equal(verdict));
  }

  it('never calls live what is not followed, not connected, refused, not heard or without data', () => {
    for (const input of combinations()) {
      const { following, connected, refused, heard, hasData } = input;
      const sound = following && connected && !refused && heard && hasData;
      expect(judgeFreshness(input) === 'live', JSON.stringify(input)).to.equal(sound);
    }
  });

  it('never blanks data that was known when the line breaks', () => {
    for (const input of combinations().filter(({ following, hasData }) => following && hasData)) {
      expect(judgeFreshness({ ...input, connected: false }), JSON.stringify(input)).to.equal('stale');
    }
  });
});
