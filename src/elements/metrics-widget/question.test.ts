import { expect } from '@open-wc/testing';
import type { Json } from '../../protocol/frames.ts';
import type { QueryAnswer } from '../../protocol/queries.ts';
import { Question } from './question.ts';
import { readSettings } from './settings.ts';
import type { Given } from './settings.ts';

const ask = (given: Partial<Given>, metric: string, seconds = 300, counted = false): string =>
  new Question(() => 0).ask(readSettings(given as Given), metric, seconds, counted).channel;

function unitOf(answer: Partial<QueryAnswer>): string {
  const question = new Question(() => 0);
  question.ask(readSettings({ aggregation: 'avg' } as Given), 'a', 300, false);
  const whole = { stepMs: 1_000, from: 0, to: 1_000, groups: [], aggregation: 'avg', ...answer };
  question.snapshot(whole as unknown as Json);
  return question.unit;
}

describe('what a widget asks', () => {
  it('is for the seconds of one gauge, as far back as they go', () => {
    expect(ask({}, 'cpu')).to.equal('metrics/cpu');
    expect(ask({}, 'cpu{core="0"}', 600)).to.equal('metrics/cpu{core="0"}');
    expect(ask({ aggregation: 'last' }, 'cpu')).to.equal('metrics/cpu');
    expect(ask({}, 'cpu{path="a!=b"}')).to.equal('metrics/cpu{path="a!=b"}');
  });

  it('is for the server to refuse where it is no selector', () => {
    expect(ask({}, '9 bad')).to.equal('metrics/9 bad');
  });

  it('is a query for everything else', () => {
    expect(ask({}, 'cpu', 601)).to.equal('query/window=601000/cpu');
    expect(ask({}, 'cpu', 63_072_000)).to.equal('query/window=63072000000/cpu');
    expect(ask({}, 'cpu{core!="0"}')).to.equal('query/window=300000/cpu{core!="0"}');
    expect(ask({}, 'cpu{core=~"0|1"}')).to.equal('query/window=300000/cpu{core=~"0|1"}');
    expect(ask({ across: 'sum' }, 'cpu')).to.equal('query/across=sum&window=300000/cpu');
    expect(ask({ step: 10 }, 'cpu')).to.equal('query/step=10000&window=300000/cpu');
    expect(ask({ aggregation: 'p95' }, 'seconds')).to.equal('query/agg=p95&window=300000/seconds');
    expect(ask({}, 'sent_total', 300, true)).to.equal('query/window=300000/sent_total');
  });

  it('is about another subject when something else is made of it, and not when it goes back further', () => {
    const subjects = (...all: readonly (readonly [Partial<Given>, string, number])[]): number =>
      new Set(
        all.map(
          ([given, metric, seconds]) =>
            new Question(() => 0).ask(readSettings(given as Given), metric, seconds, false).subject,
        ),
      ).size;
    expect(subjects([{ across: 'sum' }, 'a', 300], [{ across: 'sum' }, 'a', 900])).to.equal(1);
    expect(subjects([{ across: 'sum' }, 'a', 300], [{ across: 'avg' }, 'a', 300])).to.equal(2);
    expect(subjects([{}, 'a', 300], [{}, 'a', 900])).to.equal(2);
    expect(subjects([{}, 'a', 300], [{}, 'b', 300])).to.equal(2);
  });

  it('has an answer in the unit of what was made', () => {
    expect(unitOf({ unit: 'bytes' })).to.equal('bytes');
    expect(unitOf({ unit: 'bytes', aggregation: 'rate' })).to.equal('bytes_per_second');
    expect(unitOf({ unit: 'seconds', aggregation: 'rate' })).to.equal('ratio');
    expect(unitOf({ unit: 'jobs', aggregation: 'rate' })).to.equal('per_second');
    expect(unitOf({ unit: 'seconds', aggregation: 'count' })).to.equal('count');
    expect(unitOf({ unit: 'seconds', aggregation: 'p95' })).to.equal('seconds');
    expect(unitOf({})).to.equal('');
  });

  it('has a line with nothing in it until it is answered, and none while no query is asked', () => {
    const question = new Question(() => 0);
    expect(question.line).to.equal(undefined);
    question.ask(readSettings({ across: 'sum' } as Given), 'a', 300, false);
    expect(question.line?.empty).to.equal(true);
    question.ask(readSettings({} as Given), 'a', 300, false);
    expect([question.line, question.answer, question.unit]).to.deep.equal([undefined, undefined, '']);
  });
});
