import { expect } from '@open-wc/testing';
import { decodeFrame } from './frames.ts';

describe('decodeFrame', () => {
  it('reads a frame of one message', () => {
    expect(decodeFrame('{"ping":1}')).to.deep.equal([{ ping: 1 }]);
  });

  it('reads one message a line, in order', () => {
    expect(decodeFrame('{"n":1}\n{"n":2}\n{"n":3}')).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('leaves a line feed inside a string alone', () => {
    expect(decodeFrame(JSON.stringify({ text: 'a\nb' }))).to.deep.equal([{ text: 'a\nb' }]);
  });

  for (const frame of ['', '{', '{"a":1}\n', '\n{"a":1}', '{"a":1}\n{', 'NaN', "{'a':1}"]) {
    it(`throws a SyntaxError for ${JSON.stringify(frame)}`, () => {
      expect(() => decodeFrame(frame)).to.throw(SyntaxError);
    });
  }
});
