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

  it('is a selector of all that was chosen, in one spelling whatever the order', () => {
    const series = 'cpu{agent=~"a|b",environment="prod"}';
    expect(narrow('cpu', selection({ agents: ['b', 'a'], environments: ['prod'] }))).to.deep.equal({
      series,
    });
    expect(narrow('cpu', selection({ agents: ['a', 'b'], environments: ['prod'] }))).to.deep.equal({
      series,
    });
    expect(narrow('cpu{core!="0"}', selection({ agents: ['a', 'b'] }))).to.deep.equal({
      series: 'cpu{agent=~"a|b",core!="0"}',
    });
  });

  it('takes the chosen for what they are, not for patterns', () => {
    const { series = '' } = narrow('cpu', selection({ agents: ['a.b|c', '(x)*+?[1]{2}^$\\'] }));
    const [, pattern = ''] = /^cpu\{agent=~"(.*)"\}$/.exec(series) ?? [];
    const found = new RegExp(`^(?:${pattern.replaceAll('\\\\', '\\')})$`);
    const others = ['a.b', 'axb|c', 'c', 'x', '(x)', '(x)*+?112'];
    expect([found.test('a.b|c'), found.test('(x)*+?[1]{2}^$\\')]).to.deep.equal([true, true]);
    expect(others.filter((one) => found.test(one))).to.deep.equal([]);
  });

  it('writes a rule where its list is too long to be named', () => {
    const agents = Array.from({ length: 200 }, (_, i) => `agent-${i}`);
    const rules = { agents: { all: true, except: ['canary', 'x'] } } as const;
    expect(narrow('cpu', selection({ agents, rules, services: ['m'] }))).to.deep.equal({
      series: 'cpu{agent!="",agent!~"canary|x",service="m"}',
    });
  });

  it('is none where too many were chosen, or a rule finds nothing', () => {
    const agents = Array.from({ length: 200 }, (_, i) => `agent-${i}`);
    expect(narrow('cpu', selection({ agents }))).to.deep.equal({ unclear: { list: 'agents', count: 200 } });
    const where = { environments: ['prod'] };
    const inProd = { agents: { all: true, where, except: ['x'] } } as const;
    expect(
      narrow('cpu', selection({ agents, rules: inProd })),
      'tags of series do not tell it',
    ).to.deep.equal({
      unclear: { list: 'agents', count: 200 },
    });
    const rules = { services: { all: true, except: ['x'] } } as const;
    expect(narrow('cpu', selection({ rules }))).to.deep.equal({ unclear: { list: 'services', count: 0 } });
  });

  it('is left as it is where it is no selector: the server says what is wrong', () => {
    expect(narrow('9 bad', selection({ agents: ['a'] }))).to.deep.equal({ series: '9 bad' });
  });

  it('has words for what it cannot follow', () => {
    const { chooseFewer, noneMatches } = narrowingMessages.get('en');
    expect(chooseFewer('agents', 3)).to.equal('3 agents chosen: choose fewer');
    expect(noneMatches('services')).to.equal('No services match: choose one');
  });
});
