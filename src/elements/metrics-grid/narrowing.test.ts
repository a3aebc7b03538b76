import { expect } from '@open-wc/testing';
import { EVERYTHING } from '../../context/selection.ts';
import type { Selection } from '../../context/selection.ts';
import { narrowAll } from './narrowing.ts';

const selection = (part: Partial<Selection>): Selection => ({ ...EVERYTHING, ...part });

describe('a grid in a context', () => {
  it('is of all that was chosen', () => {
    const one = selection({ agents: ['a'], environments: ['prod'] });
    expect(narrowAll('cpu', one)).to.equal('cpu{agent="a",environment="prod"}');
    expect(narrowAll('cpu{core="0"}', selection({ services: ['x', 'y'] }))).to.equal(
      'cpu{core="0",service=~"x|y"}',
    );
  });

  it('takes names for what they are, whatever is in them', () => {
    expect(narrowAll('cpu', selection({ agents: ['a.b*', '(c)|"d"'] }))).to.equal(
      'cpu{agent=~"a\\\\.b\\\\*|\\\\(c\\\\)\\\\|\\"d\\""}',
    );
  });

  it('is its own where nothing was chosen, no context is followed, or it speaks of the tag itself', () => {
    expect(narrowAll('cpu{core="0"}', EVERYTHING)).to.equal('cpu{core="0"}');
    expect(narrowAll('cpu', undefined)).to.equal('cpu');
    expect(narrowAll('cpu{agent!~"x.*"}', selection({ agents: ['a'] }))).to.equal('cpu{agent!~"x.*"}');
  });

  it('is of nothing where a rule lets nothing through', () => {
    const rules = { agents: { all: true, except: ['x'] } } as const;
    expect(narrowAll('cpu', selection({ rules }))).to.equal(undefined);
  });

  it('is left as it is where it is no selector: the server says what is wrong', () => {
    expect(narrowAll('9 bad', selection({ agents: ['a'] }))).to.equal('9 bad');
  });
});
