import { expect } from '@open-wc/testing';
import { hearWarnings } from '../testing/console.ts';
import type { Warnings } from '../testing/console.ts';
import { defineMessages, onMessages, setMessages } from './messages.ts';
import { setLanguage, startTranslation } from './translate.ts';

let count = 0;
let warnings: Warnings;

beforeEach(() => {
  warnings = hearWarnings();
});
afterEach(() => warnings.restore());

/** A component of its own, with a text and a function. */
function component(): { name: string; source: ReturnType<typeof define> } {
  const name = `test-${++count}`;
  return { name, source: define(name) };
}

function define(name: string) {
  return defineMessages(name, {
    hello: 'Hello',
    bye: 'Bye',
    items: (many: number, of: string) => `${many} ${of}`,
  });
}

// First, as on a page that was just loaded.
describe('messages before there is more than English', () => {
  it('are English, with what an element says itself as far as it is of the right kind', () => {
    const { source } = component();
    expect(source.get('de').hello).to.equal('Hello');
    const bad = { hello: 'Moin', bye: 5, items: 'none' } as never;
    const texts = source.get('de', bad);
    expect([texts.hello, texts.bye, texts.items(2, 'x')]).to.deep.equal(['Moin', 'Bye', '2 x']);
    expect(source.get('en', undefined)).to.deep.equal(source.get('de'));
  });
});

describe('messages', () => {
  before(() => startTranslation());

  it('are English until a language is there, and where it lacks one', () => {
    const { name, source } = component();
    expect(source.get('t1').hello).to.equal('Hello');
    setLanguage('t1', { [name]: { hello: 'Hallo' } });
    expect([source.get('t1').hello, source.get('t1').bye]).to.deep.equal(['Hallo', 'Bye']);
    expect(source.get('en').hello).to.equal('Hello');
  });

  it('of a region are above those of its language, whatever the case', () => {
    const { name, source } = component();
    setLanguage('T2', { [name]: { hello: 'Hallo', bye: 'Tschüss' } });
    setLanguage('t2-AT', { [name]: { bye: 'Servus' } });
    const texts = source.get('T2-at');
    expect([texts.hello, texts.bye]).to.deep.equal(['Hallo', 'Servus']);
    expect(source.get('t2-CH').bye).to.equal('Tschüss');
  });

  it('of an element are above the page’s, above the language’s, above English', () => {
    const { name, source } = component();
    setLanguage('t3', { [name]: { hello: 'language', bye: 'language', items: () => 'language' } });
    setMessages(name, 't3', { bye: 'page', items: () => 'page' });
    const texts = source.get('t3', { items: () => 'element' });
    expect([texts.hello, texts.bye, texts.items(1, '')]).to.deep.equal(['language', 'page', 'element']);
  });

  it('of a page are kept when its language comes later', () => {
    const { name, source } = component();
    setMessages(name, 't4', { hello: 'page' });
    setLanguage('t4', { [name]: { hello: 'language', bye: 'language' } });
    expect([source.get('t4').hello, source.get('t4').bye]).to.deep.equal(['page', 'language']);
  });

  it('of a page may be said in parts, the later above the earlier', () => {
    const { name, source } = component();
    setMessages(name, 'en', { hello: 'one', bye: 'one' });
    setMessages(name, 'en', { bye: 'two' });
    expect([source.get('en-GB').hello, source.get('en-GB').bye]).to.deep.equal(['one', 'two']);
  });

  it('may be a text where English counts', () => {
    const { source } = component();
    expect(source.get('en', { items: 'many' } as never).items(5, 'x')).to.equal('many');
  });

  it('that fit nowhere are left out, with one warning each', () => {
    const { source } = component();
    const bad = { hello: () => 'x', nothing: 'x', bye: undefined } as never;
    const texts = source.get('en', bad);
    source.get('en', bad);
    expect([texts.hello, texts.bye, Object.hasOwn(texts, 'nothing')]).to.deep.equal(['Hello', 'Bye', false]);
    expect(warnings.lines.length).to.equal(2);
    expect(warnings.lines.join()).to.contain('"hello"').and.to.contain('"nothing"');
  });

  it('that throw are replaced by what is below them, with one warning', () => {
    const { source } = component();
    const texts = source.get('en', {
      items: () => {
        throw new Error('oops');
      },
    });
    expect([texts.items(2, 'x'), texts.items(3, 'x')]).to.deep.equal(['2 x', '3 x']);
    expect(warnings.lines.length).to.equal(1);
    expect(warnings.lines[0]).to.contain('items').and.to.contain('oops');
  });

  it('of bad names pollute nothing', () => {
    const { source } = component();
    source.get('en', JSON.parse('{"__proto__": "x", "constructor": "y"}') as never);
    expect(({} as { x?: unknown }).x).to.equal(undefined);
    expect(source.get('__proto__').hello).to.equal('Hello');
  });

  it('are the same object as long as nothing changes', () => {
    const { name, source } = component();
    const first = source.get('de');
    expect(source.get('de')).to.equal(first);
    setMessages(name, 'de', { hello: 'x' });
    expect(source.get('de')).not.to.equal(first);
  });

  it('tell of changes, until one stops listening', () => {
    let told = 0;
    const stop = onMessages(() => told++);
    setMessages('x', 'en', {});
    setLanguage('t5', {});
    stop();
    setMessages('x', 'en', {});
    expect(told).to.equal(2);
  });

  it('of a page are one list for every copy of the module', async () => {
    const copy = (await import(new URL('./messages.ts?copy', import.meta.url).href)) as {
      setMessages: typeof setMessages;
    };
    const { name, source } = component();
    copy.setMessages(name, 'en', { hello: 'from the other release' });
    expect(source.get('en').hello).to.equal('from the other release');
  });
});
