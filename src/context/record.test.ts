import { expect } from '@open-wc/testing';
import { MAX_RECORD_LENGTH, cleanRecord, isNewer, parseRecord } from './record.ts';
import { DEFAULT_SELECTION_LIMITS as LIMITS, EVERYTHING } from './selection.ts';

const RECORD = { version: 1, revision: 3, tab: 't', selection: EVERYTHING };

describe('a record', () => {
  it('is newer by its revision, then by its tab, in every tab alike', () => {
    const [a, b, c] = [
      { revision: 1, tab: 'z' },
      { revision: 2, tab: 'a' },
      { revision: 2, tab: 'b' },
    ];
    expect([isNewer(b, a), isNewer(a, b), isNewer(c, b), isNewer(b, c), isNewer(b, { ...b })]).to.deep.equal([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it('is read back', () => {
    expect(parseRecord(JSON.stringify(RECORD), LIMITS)).to.deep.equal(RECORD);
  });

  it('is none when it is garbage, of another shape or version, planted, or huge', () => {
    for (const text of [null, '', '{', 'null', '[]', '5', '{}', '"x"', ' '.repeat(MAX_RECORD_LENGTH + 1)]) {
      expect(parseRecord(text, LIMITS)).to.equal(undefined);
    }
    for (const odd of [
      { version: 2 },
      { version: undefined },
      { revision: 0 },
      { revision: 1.5 },
      { revision: -1 },
      { revision: 1e300 },
      { revision: '3' },
      { revision: NaN },
      { tab: '' },
      { tab: 5 },
      { tab: 'x'.repeat(65) },
      { selection: null },
      { selection: 'a' },
    ]) {
      expect(cleanRecord({ ...RECORD, ...odd }, LIMITS), JSON.stringify(odd)).to.equal(undefined);
    }
  });
});
