import { expect } from '@open-wc/testing';
import type { LogLine } from '../../protocol/agents.ts';
import { LogStore } from './log-store.ts';
import { logText } from './log-text.ts';

const line = (n: number): LogLine => ({ n, at: n, stream: 'stdout', text: `line ${n}` });
const lines = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from + 1 }, (_, i) => line(from + i));
const numbers = (store: LogStore): number[] => store.lines.map(({ n }) => n);

describe('the lines of a log', () => {
  it('stand in their order, once each, in whatever order they come', () => {
    const store = new LogStore();
    expect(store.add([line(5), line(6)])).to.equal(2);
    expect(store.add([line(7)])).to.equal(1);
    expect(store.add([line(6), line(7)])).to.equal(0);
    expect(store.add([line(1), line(3)])).to.equal(2);
    expect(store.add([line(4), line(2)])).to.equal(2);
    expect(numbers(store)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect([store.first, store.last]).to.deep.equal([1, 7]);
  });

  it('are counted as changed when something came, and only then', () => {
    const store = new LogStore();
    store.add([line(1)]);
    const { revision } = store;
    store.add([line(1)]);
    expect(store.revision).to.equal(revision);
    store.markGap(1);
    expect(store.revision).to.be.greaterThan(revision);
    expect([store.hasGap(1), store.hasGap(2)]).to.deep.equal([true, false]);
  });

  it('leave out what is no line', () => {
    const store = new LogStore();
    store.add([{}, { n: 'x', text: 'a' }, { n: 1, text: 7 }] as unknown as LogLine[]);
    expect(store.lines).to.deep.equal([]);
  });

  it('are the newest 200,000; then there are older ones to be asked for', () => {
    const store = new LogStore();
    store.add(lines(1, 199_999));
    expect(store.more).to.equal(false);
    store.add(lines(200_000, 200_010));
    expect([store.first, store.last, store.more]).to.deep.equal([11, 200_010, true]);
    store.clear();
    expect([store.first, store.more]).to.deep.equal([undefined, false]);
  });
});

describe('a line as it may be looked at', () => {
  it('has no colours of a terminal, and nothing that acts', () => {
    expect(logText('\u001b[32mgreen\u001b[0m \u001b]0;title\u0007x')).to.equal('green x');
    expect(logText('exe\u202egpj')).to.equal('exe⟨U+202E⟩gpj');
    expect(logText('<b>&')).to.equal('<b>&');
    expect(logText('x'.repeat(9_000))).to.have.length(4_001);
  });
});
