import { expect } from '@open-wc/testing';
import { readMarkers } from './followed-events.ts';

describe('events as markers', () => {
  it('have a time, a title and a kind, and an end where there is one', () => {
    const markers = readMarkers([
      { time: 1_000, title: 'mail 1.4', kind: 'deploy' },
      { time: '1970-01-01T00:00:02Z', title: 'Outage', kind: 'incident', end: '1970-01-01T00:00:03Z' },
      { time: 4_000, title: 'Lunch', kind: 'pause', end: 4_000 },
      { time: 5_000 },
    ]);
    expect(markers).to.deep.equal([
      { time: 1_000, title: 'mail 1.4', kind: 'deploy' },
      { time: 2_000, end: 3_000, title: 'Outage', kind: 'incident' },
      { time: 4_000, title: 'Lunch', kind: 'other' },
      { time: 5_000, title: '', kind: 'other' },
    ]);
  });

  it('are left out where they have no time', () => {
    const bad = [null, 5, 'x', {}, [], { time: 'soon' }, { time: NaN }, { time: Infinity }, { title: 'x' }];
    expect(readMarkers(bad)).to.deep.equal([]);
    for (const none of [undefined, null, 5, 'x', {}]) expect(readMarkers(none)).to.deep.equal([]);
  });

  it('have titles of a bounded length', () => {
    expect(readMarkers([{ time: 1, title: 'x'.repeat(1_000) }])[0]?.title).to.have.length(200);
  });
});
