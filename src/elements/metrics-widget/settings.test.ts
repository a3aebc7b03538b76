import { expect } from '@open-wc/testing';
import { hearWarnings } from '../../testing/console.ts';
import type { Warnings } from '../../testing/console.ts';
import { PRESETS } from './presets.ts';
import { readSettings } from './settings.ts';
import type { Given, Settings } from './settings.ts';

let warnings: Warnings;
beforeEach(() => (warnings = hearWarnings()));
afterEach(() => warnings.restore());

const read = (given: Partial<Given>): Settings => readSettings(given as Given);

/** No two tests say the same bad thing: it would be told of once. */
let count = 0;
const odd = (): string => `odd-${++count}`;

describe('settings of a metrics widget', () => {
  it('are none where nothing is set', () => {
    expect(read({})).to.deep.equal({
      preset: undefined,
      unit: '',
      aggregation: undefined,
      across: undefined,
      stepMs: undefined,
      digits: undefined,
      compare: undefined,
      trend: false,
      good: undefined,
      thresholds: [],
      direction: 'above',
      target: undefined,
      lines: [],
      bounds: undefined,
      everyMs: 0,
      events: '',
    });
    expect(warnings.lines).to.deep.equal([]);
  });

  it('are read from attributes as from properties', () => {
    const thresholds = [
      { value: 0.95, severity: 'critical' },
      { value: 0.8, severity: 'degraded' },
    ];
    const said = {
      aggregation: 'p95',
      across: 'max',
      good: 'down',
      direction: 'below',
      lines: 'avg, min',
      events: ' app/deploys ',
    };
    const numbers = { step: 60, digits: 2, compare: 300, target: 0.5, min: 0, max: 1, refresh: 5 };
    const texts = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
    const both = [
      read({ ...said, ...numbers, thresholds }),
      read({ ...said, ...texts, thresholds: JSON.stringify(thresholds) }),
    ];
    expect(both[0]).to.deep.equal(both[1]);
    expect(both[0]).to.deep.include({
      aggregation: 'p95',
      across: 'max',
      stepMs: 60_000,
      digits: 2,
      compare: 300_000,
      trend: true,
      good: 'down',
      thresholds: [thresholds[1], thresholds[0]],
      direction: 'below',
      target: 0.5,
      lines: ['min', 'avg'],
      bounds: [0, 1],
      everyMs: 5_000,
      events: 'app/deploys',
    });
    expect(read({ compare: 'previous-window' }).compare).to.equal('previous-window');
    expect(warnings.lines).to.deep.equal([]);
  });

  for (const name of Object.keys(PRESETS)) {
    it(`are the preset’s of ${name}, but for what is set beside it`, () => {
      const preset = PRESETS[name]!;
      const settings = read({ preset: name });
      expect(settings).to.deep.include({
        unit: preset.unit,
        aggregation: preset.aggregation,
        across: preset.across,
        good: preset.good,
      });
      expect(settings.thresholds).to.have.deep.members([...(preset.thresholds ?? [])]);
      const own = read({
        preset: name,
        unit: 'jobs',
        aggregation: 'max',
        across: 'min',
        good: 'up',
        thresholds: [],
      });
      expect(own).to.deep.include({
        unit: 'jobs',
        aggregation: 'max',
        across: 'min',
        good: 'up',
        thresholds: [],
      });
      expect(warnings.lines).to.deep.equal([]);
    });
  }

  const bad: readonly (readonly [name: keyof Given, values: readonly unknown[], expected: unknown])[] = [
    ['preset', [odd(), 5, {}, 'toString'], { preset: undefined }],
    ['aggregation', [odd(), 5, []], { aggregation: undefined }],
    ['across', ['p95', 'last', 5], { across: undefined }],
    ['step', [odd(), 0, -5, Infinity, NaN, {}], { stepMs: undefined }],
    ['digits', [odd(), -1, 21], { digits: undefined }],
    ['compare', [odd(), 0, -300, 1e12, true], { compare: undefined }],
    ['good', [odd(), 1], { good: undefined, trend: false }],
    ['direction', [odd(), 1], { direction: 'above' }],
    ['target', [odd(), {}, NaN], { target: undefined }],
    ['refresh', [odd(), -1, 1e9], { everyMs: 0 }],
    ['lines', [odd()], { lines: [] }],
    ['thresholds', ['{', '5', '{}', 7, true], { thresholds: [] }],
    [
      'thresholds',
      [[null], [5], [{}], [{ value: 'x', severity: 'critical' }], '[{"value":1}]'],
      { thresholds: [] },
    ],
  ];
  for (const [name, values, expected] of bad) {
    it(`go without a ${name} that is none (${JSON.stringify(values)}), and say so once`, () => {
      for (const value of values) {
        const before = warnings.lines.length;
        expect(read({ [name]: value })).to.deep.include(expected);
        read({ [name]: value });
        expect(warnings.lines.slice(before), JSON.stringify(value)).to.have.length(1);
        expect(warnings.lines.at(-1)).to.contain(`<waooaw-metrics-widget> ${name}: expected `);
      }
    });
  }

  it('take the good thresholds of a list with bad ones', () => {
    const good = { value: 3, severity: 'critical' };
    expect(read({ thresholds: ['none', good, { value: 4, severity: 'awful' }] }).thresholds).to.deep.equal([
      good,
    ]);
    expect(warnings.lines).to.have.length(2);
  });

  it('have bounds only where there are two, in their order', () => {
    expect(read({ min: 0 }).bounds).to.equal(undefined);
    expect(read({ max: 1 }).bounds).to.equal(undefined);
    expect(warnings.lines).to.deep.equal([]);
    expect(read({ min: 5, max: 5 }).bounds).to.equal(undefined);
    expect(warnings.lines[0]).to.contain('max: expected more than 5, not 5');
  });

  it('survive what cannot even be written down', () => {
    const round: Record<string, unknown> = {};
    round['round'] = round;
    expect(read({ thresholds: round, target: round, compare: round })).to.deep.include({
      thresholds: [],
      target: undefined,
      compare: undefined,
    });
  });
});
