import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaooawError } from '../../../../src/protocol/index.ts';
import { RecordingIntake } from '../../../testing/recording-intake.ts';
import type { RecordedSeries } from '../../../testing/recording-intake.ts';
import type { Intake, MetricParser, SeriesRef } from '../formats/format.ts';
import { OwnSamples } from './own-samples.ts';
import { SeenSeries } from './seen-series.ts';

const HISTOGRAM = { bounds: [], counts: [1], count: 1, sum: 1 };

/** Writes to the series whose letters the body holds, each by a door of its own. */
function letters(): MetricParser {
  const refs = new Map<string, SeriesRef>();
  return {
    *parse(body, intake) {
      for (const name of body.toString()) {
        const known = refs.get(name);
        const ref = known && !known.gone ? known : intake.series({ name, labels: [], kind: 'gauge' });
        refs.set(name, ref);
        if (name === 'i') intake.increment(ref, 1, NaN);
        else if (name === 'o') intake.observe(ref, 1, NaN);
        else if (name === 'h') intake.histogram(ref, HISTOGRAM, 'delta', NaN);
        else if (name === 'x') intake.reject('x', 'bad_value', 'No');
        else intake.sample(ref, name === 'n' ? NaN : 1, name === 't' ? 5 : NaN);
        yield;
      }
    },
  };
}

const names = (refs: readonly SeriesRef[]): string =>
  refs.map((ref) => (ref as RecordedSeries).identity.name).join('');

describe('the series that were seen', () => {
  const read = (seen: SeenSeries, intake: Intake, body: string): void => {
    for (const _turn of seen.parse(Buffer.from(body), intake));
  };

  it('have ended when a body leaves them out, whichever door they came through', () => {
    const [seen, intake] = [new SeenSeries(letters()), new RecordingIntake()];
    for (const [body, ended] of [
      ['aiohab', ''],
      ['aiohab', ''],
      ['baiho', ''],
      ['i', 'aohb'],
      ['', 'i'],
      ['', ''],
    ] as const) {
      read(seen, intake, body);
      assert.equal([...names(seen.ended())].sort().join(''), [...ended].sort().join(''), `after ${body}`);
    }
  });

  it('are none that were not taken, that have a time of their own, or that are gone already', () => {
    const [seen, intake] = [new SeenSeries(letters()), new RecordingIntake()];
    read(seen, intake, 'atnxg');
    seen.ended();
    intake.found.find(({ identity }) => identity.name === 'g')!.gone = true;
    read(seen, intake, '');
    assert.equal(names(seen.ended()), 'a');
    assert.deepEqual(
      intake.rejected.map(({ place }) => place),
      ['x'],
    );
  });

  it('all end at once when the target is down, also those of a body that was not finished', () => {
    const [seen, intake] = [new SeenSeries(letters()), new RecordingIntake()];
    read(seen, intake, 'ab');
    seen.ended();
    read(seen, intake, 'bc');
    assert.equal(names(seen.allEnded()), 'abc');
    assert.equal(names(seen.allEnded()), '');
  });
});

describe('what a scrape says of itself', () => {
  it('looks its series up once, and again when they are gone', () => {
    const [own, intake] = [new OwnSamples(), new RecordingIntake()];
    const say = (): void => {
      for (const _turn of own.parse(Buffer.alloc(0), intake));
    };
    say();
    own.set({ up: true, tookMs: 1_500, samples: 3, rejected: 1 });
    say();
    assert.equal(intake.found.length, 4);
    assert.deepEqual(
      intake.written.slice(4).map(({ value }) => value),
      [1, 1.5, 3, 1],
    );
    intake.found[0]!.gone = true;
    say();
    assert.equal(intake.found.length, 5);
  });

  it('names what was not taken', () => {
    class Full extends RecordingIntake {
      override series(): SeriesRef {
        throw new WaooawError('series_limit');
      }
    }
    const intake = new Full();
    for (const _turn of new OwnSamples().parse(Buffer.alloc(0), intake));
    assert.deepEqual(intake.rejected.map(({ place, code }) => [place, code])[0], ['/up', 'series_limit']);
    const late = new RecordingIntake();
    late.sample = () => 'bad_time';
    for (const _turn of new OwnSamples().parse(Buffer.alloc(0), late));
    assert.equal(late.rejected.length, 4);
  });
});
