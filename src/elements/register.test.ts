import { expect } from '@open-wc/testing';
import { VERSION } from '../protocol/version.ts';
import { hearWarnings } from '../testing/console.ts';
import type { Warnings } from '../testing/console.ts';
import { register } from './register.ts';

let warnings: Warnings;

beforeEach(() => {
  warnings = hearWarnings();
});
afterEach(() => warnings.restore());

/** A class of its own, of some release. */
function element(version?: string): CustomElementConstructor & { version?: string } {
  const made: CustomElementConstructor & { version?: string } = class extends HTMLElement {};
  if (version !== undefined) made.version = version;
  return made;
}

describe('register', () => {
  it('registers an element', () => {
    const first = element('1.0.0');
    register('x-first', first);
    expect(customElements.get('x-first')).to.equal(first);
    expect(warnings.lines).to.deep.equal([]);
  });

  it('is silent when the same class is registered again', () => {
    const first = element('1.0.0');
    register('x-same', first);
    register('x-same', first);
    expect(warnings.lines).to.deep.equal([]);
  });

  it('leaves the first class, never throws, and names both releases', () => {
    const first = element('1.2.3');
    register('x-two', first);
    register('x-two', element('9.9.9'));
    expect(customElements.get('x-two')).to.equal(first);
    expect(warnings.lines.length).to.equal(1);
    expect(warnings.lines[0]).to.contain('<x-two>').and.to.contain('1.2.3').and.to.contain(VERSION);
  });

  it('says so when the first class knows no release', () => {
    customElements.define('x-foreign', element());
    register('x-foreign', element(VERSION));
    expect(warnings.lines[0]).to.contain('unknown').and.to.contain(VERSION);
  });
});
