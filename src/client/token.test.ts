import { expect } from '@open-wc/testing';
import { TokenSource } from './token.ts';

describe('TokenSource', () => {
  it('is the token, or who is asked for one', async () => {
    expect(new TokenSource(undefined).read()).to.equal(undefined);
    expect(new TokenSource('a').read()).to.equal('a');
    const source = new TokenSource(() => Promise.resolve('b'));
    expect(await source.read()).to.equal('b');
    expect([source.renewable, new TokenSource('a').renewable]).to.deep.equal([true, false]);
  });

  it('counts the tokens it was given', () => {
    const source = new TokenSource('a');
    const { version } = source;
    source.set('b');
    expect(source.version).to.be.greaterThan(version);
    expect(source.read()).to.equal('b');
  });
});
