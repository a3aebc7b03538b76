import { expect } from '@open-wc/testing';
import { seededRandom } from '../testing/random.ts';
import { WaooawError } from './error.ts';
import { METRIC_NAME, TAG_NAME, parseSeries, seriesKey } from './series.ts';

function refusal(text: string): WaooawError {
  try {
    parseSeries(text);
  } catch (error) {
    if (error instanceof WaooawError) return error;
    throw error;
  }
  throw new Error(`"${text}" was taken`);
}

describe('seriesKey', () => {
  it('is the bare name without tags', () => {
    expect(seriesKey({ name: 'host_load1', tags: {} })).to.equal('host_load1');
  });

  it('sorts tags, whatever order they come in', () => {
    const one = seriesKey({ name: 'up', tags: { zone: 'b', agent: 'a' } });
    expect(one).to.equal('up{agent="a",zone="b"}');
    expect(seriesKey({ name: 'up', tags: { agent: 'a', zone: 'b' } })).to.equal(one);
  });

  it('writes a tag without a value, as a page may send it, as empty', () => {
    expect(seriesKey({ name: 'a', tags: { t: undefined as unknown as string } })).to.equal('a{t=""}');
  });

  it('escapes quotes, backslashes and line feeds', () => {
    expect(seriesKey({ name: 'a', tags: { t: 'x"y\\z\nw' } })).to.equal('a{t="x\\"y\\\\z\\nw"}');
  });
});

describe('parseSeries', () => {
  it('reads a name alone, and one with empty braces', () => {
    for (const text of ['a:b_1', ' a:b_1 ', 'a:b_1{}', 'a:b_1{ } ', 'a:b_1 {}']) {
      const { name, tags } = parseSeries(text);
      expect(name, text).to.equal('a:b_1');
      expect(Object.keys(tags), text).to.deep.equal([]);
    }
  });

  it('reads tags in any order, with or without spaces', () => {
    for (const text of ['up{b="2",a="1"}', ' up { b = "2" , a = "1" } ', 'up{a="1",\tb="2"}']) {
      expect({ ...parseSeries(text).tags }, text).to.deep.equal({ a: '1', b: '2' });
    }
  });

  it('keeps what stands inside quotes', () => {
    const { tags } = parseSeries('up{a="x,y=}{ \\"z\\" \\\\ \\n é 日本"}');
    expect(tags['a']).to.equal('x,y=}{ "z" \\ \n é 日本');
  });

  it('keeps tags that are named like an object’s own', () => {
    const { tags } = parseSeries('up{constructor="1",toString="2",hasOwnProperty="3",__proto__="4"}');
    expect(Object.keys(tags)).to.deep.equal(['constructor', 'toString', 'hasOwnProperty', '__proto__']);
    expect(tags['constructor']).to.equal('1');
  });

  const bad: readonly (readonly [text: string, at: number, expected: string])[] = [
    ['', 0, 'a metric name'],
    ['9up', 0, 'a metric name'],
    ['a b', 0, 'a metric name'],
    ['{a="1"}', 0, 'a metric name'],
    ['up{', 3, 'tag="value"'],
    ['up{a}', 3, 'tag="value"'],
    ['up{a=1}', 3, 'tag="value"'],
    ["up{a='1'}", 3, 'tag="value"'],
    ['up{9="1"}', 3, 'tag="value"'],
    ['up{a="1"', 3, 'tag="value"'],
    ['up{a="1",}', 9, 'tag="value"'],
    ['up{a="1",b="2}', 9, 'tag="value"'],
    ['up{a="\\x"}', 3, 'tag="value"'],
    ['up{a="\n"}', 3, 'tag="value"'],
    ['up{a="1",a="2"}', 9, '"a" once'],
    ['up{a="1"} or', 9, 'nothing after }'],
    ['up{a="1"}}', 9, 'nothing after }'],
  ];
  for (const [text, at, expected] of bad) {
    it(`refuses ${JSON.stringify(text)}, naming character ${at}`, () => {
      const error = refusal(text);
      expect(error.code).to.equal('bad_selector');
      expect(error.message).to.contain(`At character ${at} of `).and.to.contain(`expected ${expected}`);
    });
  }

  it('quotes no more than 80 characters of a selector that it refuses', () => {
    expect(refusal('9'.repeat(5_000)).message.length).to.be.lessThan(160);
  });
});

describe('seriesKey and parseSeries', () => {
  const random = seededRandom(2);
  const pick = (from: string): string => from[Math.floor(random() * from.length)] ?? '';
  const text = (from: string, most: number): string =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => pick(from)).join('');
  const someName = (): string => pick('abz_Z:') + text('abz09_:Z', 12);
  const someTag = (): string => `t${text('abz09_Z', 6)}`;
  const someValue = (): string => text('ab"\\\n{},= né\u{2028}\t日', 12);

  it('undo each other for 2,000 series of every kind of character', () => {
    for (let i = 0; i < 2_000; i++) {
      const count = Math.floor(random() * 5);
      const tags = Object.fromEntries(Array.from({ length: count }, () => [someTag(), someValue()]));
      const id = { name: someName(), tags };
      const key = seriesKey(id);
      const read = parseSeries(key);
      expect(read.name, key).to.equal(id.name);
      expect({ ...read.tags }, key).to.deep.equal(tags);
      expect(seriesKey(read), key).to.equal(key);
    }
  });

  it('either read 5,000 damaged selectors or refuse them with bad_selector', () => {
    for (let i = 0; i < 5_000; i++) {
      const key = seriesKey({ name: someName(), tags: { [someTag()]: someValue() } });
      const at = Math.floor(random() * key.length);
      const damaged = key.slice(0, at) + text('{}",=\\\na ', 2) + key.slice(at + 1);
      try {
        const read = parseSeries(damaged);
        expect({ ...parseSeries(seriesKey(read)).tags }, damaged).to.deep.equal({ ...read.tags });
      } catch (error) {
        expect(error, damaged).to.be.instanceOf(WaooawError);
        expect((error as WaooawError).code, damaged).to.equal('bad_selector');
      }
    }
  });
});

describe('names', () => {
  it('of metrics are those of Prometheus', () => {
    for (const name of ['a', '_a', ':a', 'a:b_C9']) expect(name).to.match(METRIC_NAME);
    for (const name of ['', '9a', 'a-b', 'a.b', 'ä', 'a b', 'a\n']) expect(name).not.to.match(METRIC_NAME);
  });

  it('of tags have no colon, and leave two leading underscores to Prometheus', () => {
    for (const name of ['a', '_a', 'a_9', 'A__b']) expect(name).to.match(TAG_NAME);
    for (const name of ['', '9', 'a:b', '__a', 'a-b', 'ä']) expect(name).not.to.match(TAG_NAME);
  });
});
