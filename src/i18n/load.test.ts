import { expect } from '@open-wc/testing';
import { hearWarnings } from '../testing/console.ts';
import type { Warnings } from '../testing/console.ts';
import { fakeTimers } from '../testing/timers.ts';
import type { FakeTimers } from '../testing/timers.ts';
import { addLanguage, loadLanguage } from './load.ts';
import { defineMessages } from './messages.ts';
import { startTranslation } from './translate.ts';

const source = defineMessages('load-test', { hello: 'Hello' });
const language = { messages: { 'load-test': { hello: 'Hej' } } };

let warnings: Warnings;
let timers: FakeTimers;

before(() => startTranslation());
beforeEach(() => {
  warnings = hearWarnings();
  timers = fakeTimers();
});
afterEach(() => {
  warnings.restore();
  timers.restore();
});

describe('a language', () => {
  it('is loaded once, however many ask for it', async () => {
    let loads = 0;
    addLanguage('l1', () => {
      loads++;
      return Promise.resolve(language);
    });
    await Promise.all([loadLanguage('l1'), loadLanguage('l1-XX'), loadLanguage('L1')]);
    await loadLanguage('l1');
    expect([loads, source.get('l1').hello]).to.deep.equal([1, 'Hej']);
  });

  it('that nobody offers is no error', async () => {
    await loadLanguage('fr-CA');
    await loadLanguage('');
    expect(source.get('fr-CA').hello).to.equal('Hello');
    expect(warnings.lines).to.deep.equal([]);
  });

  it('that fails to load leaves English, with one warning, and is tried again a minute later', async () => {
    let loads = 0;
    let broken = true;
    addLanguage('l2', () => {
      loads++;
      return broken ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(language);
    });
    for (let i = 0; i < 3; i++) await loadLanguage('l2');
    expect([loads, source.get('l2').hello, warnings.lines.length]).to.deep.equal([1, 'Hello', 1]);
    expect(warnings.lines[0]).to.contain('"l2"').and.to.contain('Failed to fetch');
    timers.advance(60_000);
    await loadLanguage('l2');
    expect([loads, warnings.lines.length]).to.deep.equal([2, 1]);
    broken = false;
    timers.advance(60_000);
    await loadLanguage('l2');
    expect([loads, source.get('l2').hello]).to.deep.equal([3, 'Hej']);
  });

  it('that loads by throwing at once is one that failed', async () => {
    addLanguage('l3', () => {
      throw new Error('no such thing');
    });
    await loadLanguage('l3');
    expect(warnings.lines.length).to.equal(1);
  });

  it('may be replaced by another translation of it', async () => {
    addLanguage('l4', () => Promise.resolve(language));
    await loadLanguage('l4');
    addLanguage('L4', () => Promise.resolve({ messages: { 'load-test': { hello: 'Hallå' } } }));
    await loadLanguage('l4');
    expect(source.get('l4').hello).to.equal('Hallå');
  });

  for (const name of ['de', 'es', 'qps-ploc', 'qps-plocm']) {
    it(`${name} comes with waooaw`, async () => {
      await loadLanguage(name);
      const { controlsMessages } = await import('../elements/page-controls/words.ts');
      expect(controlsMessages.get(name).pause).not.to.equal(controlsMessages.get('en').pause);
      expect(warnings.lines).to.deep.equal([]);
    });
  }
});
