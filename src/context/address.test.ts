import { expect } from '@open-wc/testing';
import { readAddress, writeAddress } from './address.ts';
import { DEFAULT_SELECTION_LIMITS as LIMITS, EVERYTHING, cleanSelection } from './selection.ts';
import type { SelectionPart } from './selection.ts';

const selection = (part: SelectionPart) => cleanSelection(part, LIMITS);
const read = (search: string, prefix = '') => readAddress(search, prefix, LIMITS);

describe('an address', () => {
  it('says what is chosen', () => {
    expect(read('?agent=a&agent=b&env=prod&range=3600')).to.deep.equal(
      selection({ agents: ['a', 'b'], environments: ['prod'], range: { last: 3600 } }),
    );
    expect(read('service=mail&range=1000-2000')).to.deep.equal(
      selection({ services: ['mail'], range: { from: 1000, to: 2000 } }),
    );
  });

  it('says nothing without a parameter of ours, and everything by an empty one', () => {
    expect(read('')).to.equal(undefined);
    expect(read('?tab=2&agents=x&AGENT=x')).to.equal(undefined);
    expect(read('?agent=')).to.deep.equal(EVERYTHING);
  });

  it('is read without what cannot be', () => {
    for (const range of ['', '0', '-5', 'x', '1e9', 'NaN', '5-', '9-5', '5-5', '1-2-3', '%00']) {
      expect(read(`?agent=a&range=${range}`), range).to.deep.equal(selection({ agents: ['a'] }));
    }
    const long = 'x'.repeat(257);
    expect(read(`?agent=${long}&agent=%E0%A4%A&agent=a+b`)?.agents).to.deep.equal(['\ufffd%A', 'a b']);
  });

  it('leaves others’ parameters as they are written', () => {
    const others = '?q=a%20b+c&x&y=&%C3%BC=1&tab=2&tab=3';
    const written = writeAddress(
      `${others}&agent=old&%61gent=older`,
      '',
      selection({ agents: ['n w'] }),
      true,
    );
    expect(written).to.equal(`${others}&agent=n%20w`);
    expect(writeAddress(written, '', EVERYTHING, false)).to.equal(others);
    expect(writeAddress(written, '', EVERYTHING, true)).to.equal(`${others}&agent=`);
    expect(writeAddress('', '', EVERYTHING, false)).to.equal('');
  });

  it('brings any selection back', () => {
    const all: SelectionPart[] = [
      { agents: ['a&b=c', '#?%', 'ü 東', '+', '<b>'] },
      { services: ['x'], range: { last: 0.5 } },
      { environments: ['prod'], range: { from: 1_750_000_000_000, to: 1_750_000_000_001 } },
      { rules: { agents: { all: true, where: { environments: ['prod', 'eu'] }, except: ['canary'] } } },
      { rules: { services: { all: true, except: ['x', '!y'] } } },
    ];
    for (const part of all) {
      const given = selection(part);
      expect(read(writeAddress('', 'left.', given, true), 'left.')).to.deep.equal(given);
    }
  });

  it('holds several contexts by their prefixes', () => {
    const left = writeAddress('', 'left.', selection({ agents: ['l'] }), true);
    const both = writeAddress(left, '', selection({ agents: ['d'] }), true);
    expect(both).to.equal('?left.agent=l&agent=d');
    expect([read(both)?.agents, read(both, 'left.')?.agents]).to.deep.equal([['d'], ['l']]);
  });

  it('takes half a surrogate pair for what no text has', () => {
    expect(writeAddress('', '', selection({ agents: ['\ud800'] }), true)).to.equal('?agent=%EF%BF%BD');
  });
});
