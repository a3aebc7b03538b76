import { expect } from '@open-wc/testing';
import type { PageContext } from './context.ts';
import { newContext } from './page-context.ts';
import { EVERYTHING } from './selection.ts';
import { readStored, writeStored } from './storage.ts';

let count = 0;
let name = '';
let key = '';

/** A context of this test's name, as a page that loads now makes it. */
const load = (): PageContext => newContext(name, { target: new EventTarget() });

function loadStored(): PageContext {
  const context = load();
  context.persist({ storage: true });
  return context;
}

const stored = (): { revision: number; selection: object } =>
  JSON.parse(localStorage.getItem(key) ?? 'null') as { revision: number; selection: object };

/** Puts something in the place of `localStorage` for as long as `run` takes. */
function withStorage(descriptor: PropertyDescriptor, run: () => void): void {
  const own = Object.getOwnPropertyDescriptor(window, 'localStorage');
  Object.defineProperty(window, 'localStorage', { ...descriptor, configurable: true });
  try {
    run();
  } finally {
    if (own) Object.defineProperty(window, 'localStorage', own);
  }
}

beforeEach(() => {
  name = `storing-${++count}`;
  key = `waooaw.context.${name}`;
});
afterEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

describe('a stored context', () => {
  it('is there again with the next page', () => {
    const context = loadStored();
    context.set({ agents: ['a'], rules: { services: { all: true, except: ['s'] } } });
    expect(load().get(), 'not before it is asked for').to.deep.equal(EVERYTHING);
    expect(loadStored().get()).to.deep.equal(context.get());
  });

  it('is written with each change and no more often', () => {
    const context = loadStored();
    expect(localStorage.getItem(key)).to.equal(null);
    context.set({ agents: ['a'] });
    context.set({ agents: ['a'] });
    expect(stored()).to.deep.include({ revision: 1, selection: context.get() });
    context.clear();
    expect(stored()).to.deep.include({ revision: 2, selection: EVERYTHING });
  });

  it('is not written while nobody asked for it, and not any more when nobody wants it', () => {
    const context = load();
    context.set({ agents: ['a'] });
    expect(localStorage.getItem(key)).to.equal(null);
    context.persist({ storage: true });
    expect(stored().selection).to.deep.equal(context.get());
    context.persist({ storage: false });
    context.set({ agents: ['b'] });
    expect(stored().selection).to.deep.include({ agents: ['a'] });
  });

  it('is what is stored and not what was set before, when that is newer', () => {
    const first = loadStored();
    first.set({ agents: ['a'] });
    first.set({ agents: ['b'] });
    const second = load();
    second.set({ agents: ['c'] });
    second.persist({ storage: true });
    expect(second.get().agents).to.deep.equal(['b']);
    second.set({ agents: ['d'] });
    expect(stored().revision).to.equal(3);
  });

  it('leaves garbage, another shape, another version and the huge alone until it is written over', () => {
    for (const text of [
      '',
      'garbage{',
      'null',
      '[1]',
      '{"version":2,"revision":1,"tab":"t","selection":{"agents":["x"]}}',
      '{"version":1,"revision":1e99,"tab":"t","selection":{"agents":["x"]}}',
      `{"version":1,"revision":1,"tab":"t","selection":{"agents":["x"]},"more":"${'x'.repeat(2_000_000)}"}`,
    ]) {
      localStorage.setItem(key, text);
      const context = loadStored();
      expect(context.get(), text.slice(0, 80)).to.deep.equal(EVERYTHING);
      expect(localStorage.getItem(key)).to.equal(text);
      context.set({ agents: ['a'] });
      expect(stored().selection).to.deep.include({ agents: ['a'] });
    }
  });

  it('keeps of a stored selection what fits', () => {
    const selection = { agents: ['a', 5, '', 'x'.repeat(300)], services: 'all', range: { last: -1 } };
    localStorage.setItem(key, JSON.stringify({ version: 1, revision: 1, tab: 't', selection }));
    expect(loadStored().get()).to.deep.equal({ ...EVERYTHING, agents: ['a'] });
  });

  it('works from memory where storage is absent, forbidden or broken', () => {
    const forbidden = (): never => {
      throw new DOMException('Access is denied', 'SecurityError');
    };
    const broken = { getItem: forbidden, setItem: forbidden, removeItem: forbidden };
    for (const storage of [{ value: undefined }, { value: null }, { get: forbidden }, { value: broken }]) {
      withStorage(storage, () => {
        const context = loadStored();
        context.set({ agents: ['a'] });
        context.link(false);
        context.link(true);
        expect(context.get().agents).to.deep.equal(['a']);
        expect(readStored('localStorage', key)).to.equal(null);
        expect(writeStored('localStorage', key, 'x')).to.equal(false);
      });
    }
  });

  it('goes on when storage is full', () => {
    const context = loadStored();
    context.set({ agents: ['a'] });
    const text = localStorage.getItem(key);
    const filler = 'x'.repeat(5_300_000 - (text?.length ?? 0));
    for (let size = filler.length; size >= 1; size = Math.floor(size / 2)) {
      writeStored('localStorage', `filler-${size}`, filler.slice(0, size));
    }
    expect(writeStored('localStorage', 'one more', 'x'.repeat(1_000)), 'it is full').to.equal(false);
    const many = Array.from({ length: 1_000 }, (_, i) => `agent-${i}`);
    context.set({ agents: many });
    expect(context.get().agents).to.deep.equal(many);
    localStorage.clear();
    context.set({ services: ['s'] });
    expect(loadStored().get()).to.deep.equal(context.get());
  });

  it('brings a rule with its list, which options here then make anew', () => {
    const rule = { all: true, except: ['x'] } as const;
    const context = loadStored();
    context.offer('agents', [{ id: 'a' }, { id: 'x' }]);
    context.set({ rules: { agents: rule } });
    const next = loadStored();
    expect(next.get()).to.deep.equal({ ...EVERYTHING, agents: ['a'], rules: { agents: rule } });
    const before = localStorage.getItem(key);
    next.offer('agents', [{ id: 'b' }, { id: 'x' }]);
    expect(next.get().agents).to.deep.equal(['b']);
    expect(localStorage.getItem(key), 'what options make of it is nobody’s choice').to.equal(before);
  });
});
