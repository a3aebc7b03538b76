import { expect } from '@open-wc/testing';
import { EVERYTHING } from '../../context/selection.ts';
import type { Selection } from '../../context/selection.ts';
import { narrow } from './narrowing.ts';
import { narrowingMessages } from './narrowing-words.ts';

const selection = (part: Partial<Selection>): Selection => ({ ...EVERYTHING, ...part });

describe('a metric in a context', () => {
  it('is the series of the one thing that was chosen', () => {
    expect(narrow('cpu', selection({ agents: ['a'], environments: ['prod'] }))).to.deep.equal({
      series: 'cpu{agent="a",environment="prod"}',
    });
    expect(narrow('cpu{core="0"}', selection({ services: ['m"x'] }))).to.deep.equal({
      series: 'cpu{core="0",service="m\\"x"}',
    });
  });

  it('is its own where nothing was chosen, or no context is followed', () => {
    expect(narrow('cpu{core="0"}', EVERYTHING)).to.deep.equal({ series: 'cpu{core="0"}' });
    expect(narrow('cpu', undefined)).to.deep.equal({ series: 'cpu' });
    expect(narrow('', selection({ agents: ['a', 'b'] }))).to.deep.equal({});
  });

  it('keeps its own tags, whatever and however many were chosen', () => {
    const both = selection({ agents: ['b', 'c'], environments: ['prod'] });
    expect(narrow('cpu{agent="a"}', both)).to.deep.equal({ series: 'cpu{agent="a",environment="prod"}' });
  });

  it('is none where several were chosen, or a rule finds nothing', () => {
    expect(narrow('cpu', selection({ agents: ['a', 'b', 'c'] }))).to.deep.equal({
      unclear: { list: 'agents', count: 3 },
    });
    const rules = { services: { all: true, except: ['x'] } } as const;
    expect(narrow('cpu', selection({ rules }))).to.deep.equal({ unclear: { list: 'services', count: 0 } });
  });

  it('is left as it is where it is no selector: the server says what is wrong', () => {
    expect(narrow('9 bad', selection({ agents: ['a'] }))).to.deep.equal({ series: '9 bad' });
  });

  it('has words for what it cannot follow', () => {
    const { chooseOne, noneMatches } = narrowingMessages.get('en');
    expect(chooseOne('agents', 3)).to.equal('3 agents chosen: choose one');
    expect(noneMatches('services')).to.equal('No services match: choose one');
  });
});
