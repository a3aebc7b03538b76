import { expect } from '@open-wc/testing';
import {
  DEFAULT_SELECTION_LIMITS as LIMITS,
  EVERYTHING,
  changeBetween,
  chosen,
  cleanList,
  cleanRange,
  cleanRule,
  cleanSelection,
} from './selection.ts';
import { resolveRule } from './rule.ts';

describe('a selection from anywhere', () => {
  it('is everything when it is none', () => {
    for (const odd of [
      undefined,
      null,
      5,
      'agents',
      [],
      { agents: 'a', services: {}, range: [], rules: 7 },
    ]) {
      expect(cleanSelection(odd, LIMITS)).to.deep.equal(EVERYTHING);
    }
  });

  it('keeps what fits of a list: texts, each once, in their order', () => {
    const given = ['b', 'a', 'b', '', 5, null, 'x'.repeat(256), 'x'.repeat(257), { id: 'c' }];
    expect(cleanList(given, LIMITS)).to.deep.equal(['b', 'a', 'x'.repeat(256)]);
  });

  it('takes no more values than it may', () => {
    const given = Array.from({ length: 2_000 }, (_, i) => `${i}`);
    expect(cleanList(given, LIMITS)).to.have.length(1_000);
    expect(cleanList(given, { maxValues: 3, maxLength: 9 })).to.deep.equal(['0', '1', '2']);
  });

  it('takes ranges that can be', () => {
    expect(cleanRange({ last: 0.5, more: 1 })).to.deep.equal({ last: 0.5 });
    expect(cleanRange({ from: 0, to: 1 })).to.deep.equal({ from: 0, to: 1 });
    for (const bad of [
      { last: 0 },
      { last: -1 },
      { last: NaN },
      { last: Infinity },
      { last: '3600' },
      { from: 1 },
      { from: 1, to: 1 },
      { from: 2, to: 1 },
      { from: 0, to: 9e15 },
      null,
    ]) {
      expect(cleanRange(bad), JSON.stringify(bad)).to.equal(undefined);
    }
  });

  it('takes rules that exclude something', () => {
    expect(
      cleanRule({ all: true, where: { environments: ['prod'] }, except: ['canary'] }, LIMITS),
    ).to.deep.equal({ all: true, where: { environments: ['prod'] }, except: ['canary'] });
    expect(cleanRule({ all: true, except: ['a'] }, LIMITS)).to.deep.equal({ all: true, except: ['a'] });
    for (const none of [{ all: true, except: [] }, { all: 'yes', except: ['a'] }, { except: ['a'] }, 'all']) {
      expect(cleanRule(none, LIMITS)).to.equal(undefined);
    }
  });

  it('cannot be changed from outside', () => {
    const selection = cleanSelection(
      { agents: ['a'], range: { last: 5 }, rules: { services: { all: true, except: ['x'] } } },
      LIMITS,
    );
    expect(() => (selection.agents as string[]).push('b')).to.throw(TypeError);
    for (const part of [selection, selection.range, selection.rules, selection.rules?.services]) {
      expect(Object.isFrozen(part)).to.equal(true);
    }
  });
});

describe('what was chosen of a list', () => {
  const rules = { agents: { all: true, except: ['x'] } } as const;

  it('is everything where it is empty, and nothing where a rule found nothing', () => {
    expect(chosen(EVERYTHING, 'agents')).to.equal(undefined);
    expect(chosen({ ...EVERYTHING, agents: ['a'] }, 'agents')).to.deep.equal(['a']);
    expect(chosen({ ...EVERYTHING, rules }, 'agents')).to.deep.equal([]);
    expect(chosen({ ...EVERYTHING, rules }, 'services')).to.equal(undefined);
  });
});

describe('a change', () => {
  it('names the parts that differ, also one that is gone', () => {
    const before = cleanSelection({ agents: ['a'], range: { last: 5 } }, LIMITS);
    const after = cleanSelection({ agents: ['a', 'b'], services: [] }, LIMITS);
    const change = changeBetween(before, after);
    expect(change).to.deep.equal({ agents: ['a', 'b'], range: undefined });
    expect(changeBetween(after, cleanSelection(after, LIMITS))).to.deep.equal({});
  });
});

describe('a rule', () => {
  const options = [
    { id: 'a', environments: ['prod', 'staging'] },
    { id: 'b', group: 'prod' },
    { id: 'c', group: 'staging' },
    { id: 'd' },
    { id: 'canary', group: 'prod' },
    { id: 'b', group: 'prod' },
  ];
  const where = { environments: ['prod'] };

  it('lets through all in an environment but some', () => {
    expect(resolveRule({ all: true, where, except: ['canary'] }, options, LIMITS)).to.deep.equal(['a', 'b']);
  });

  it('lets through all but some, and no more than a selection takes', () => {
    const rule = { all: true, except: ['a'] } as const;
    expect(resolveRule(rule, options, LIMITS)).to.deep.equal(['b', 'c', 'd', 'canary']);
    expect(resolveRule(rule, options, { maxValues: 2 })).to.deep.equal(['b', 'c']);
  });

  it('goes by the environments of an option that has both', () => {
    const odd = [{ id: 'x', environments: ['test'], group: 'prod' }];
    expect(resolveRule({ all: true, where, except: [] }, odd, LIMITS)).to.deep.equal([]);
  });
});
