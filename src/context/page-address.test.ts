import { expect } from '@open-wc/testing';
import { countWindowListeners } from '../testing/listeners.ts';
import { until } from '../testing/until.ts';
import type { PageContext } from './context.ts';
import { newContext } from './page-context.ts';
import { EVERYTHING } from './selection.ts';

const HOME = location.href;
const opened: PageContext[] = [];

function open(search: string, name = 'default', hash = '#here'): PageContext {
  history.replaceState({ host: 'state' }, '', `${location.pathname}${search}${hash}`);
  const context = newContext(name, { target: new EventTarget() });
  context.persist({ url: true });
  opened.push(context);
  return context;
}

afterEach(() => {
  for (const context of opened.splice(0)) context.persist({ url: false });
  history.replaceState(null, '', HOME);
});

describe('a context in the address', () => {
  it('begins with what the address says', () => {
    expect(open('?agent=a&agent=b&env=prod&range=60&tab=2').get()).to.deep.equal({
      ...EVERYTHING,
      agents: ['a', 'b'],
      environments: ['prod'],
      range: { last: 60 },
    });
  });

  it('writes what is chosen, and leaves others’ parameters, the state and the hash', () => {
    const length = history.length;
    const context = open('?q=a%20b+c&flag');
    context.set({ agents: ['x y'], range: { last: 3600 } });
    expect(location.search).to.equal('?q=a%20b+c&flag&agent=x%20y&range=3600');
    expect([location.hash, history.state]).to.deep.equal(['#here', { host: 'state' }]);
    context.clear();
    expect(location.search).to.equal('?q=a%20b+c&flag&agent=');
    expect(history.length, 'no step of its own').to.equal(length);
  });

  it('says nothing while nothing was chosen', () => {
    open('?q=1');
    expect(location.search).to.equal('?q=1');
  });

  it('says what was chosen before it was asked for', () => {
    history.replaceState(null, '', location.pathname);
    const context = newContext('left', { target: new EventTarget() });
    opened.push(context);
    context.set({ agents: ['a'] });
    expect(location.search).to.equal('');
    context.persist({ url: true });
    expect(location.search).to.equal('?left.agent=a');
    context.persist({ url: { prefix: 'l-' } });
    context.set({ agents: ['b'] });
    expect(new URLSearchParams(location.search).get('l-agent')).to.equal('b');
  });

  it('follows back and forward, to everything too, and not to where nothing is said', async () => {
    const context = open('');
    context.set({ agents: ['a'] });
    history.pushState(null, '', `${location.pathname}?page=2`);
    context.clear();
    expect(location.search).to.equal('?page=2&agent=');
    history.back();
    await until(() => context.get().agents[0] === 'a', 'back');
    history.forward();
    await until(() => context.get().agents.length === 0, 'forward');
    context.set({ agents: ['b'] });
    history.pushState(null, '', `${location.pathname}?page=3`);
    history.pushState(null, '', `${location.pathname}?page=4`);
    let travelled = 0;
    window.addEventListener('popstate', () => (travelled += 1), { once: true });
    history.back();
    await until(() => travelled === 1, 'back at page 3');
    expect(context.get().agents).to.deep.equal(['b']);
  });

  it('ignores what cannot be', () => {
    const context = open(`?agent=${'x'.repeat(300)}&range=soon&agent=%ZZ&env=`);
    expect(context.get()).to.deep.equal({ ...EVERYTHING, agents: ['%ZZ'] });
  });

  it('survives a browser that refuses to write', () => {
    const context = open('');
    const { replaceState } = history;
    history.replaceState = () => {
      throw new DOMException('too often', 'SecurityError');
    };
    try {
      context.set({ agents: ['a'] });
    } finally {
      history.replaceState = replaceState;
    }
    expect(context.get().agents).to.deep.equal(['a']);
    context.set({ services: ['s'] });
    expect(location.search).to.equal('?agent=a&service=s');
  });

  it('wins over what is stored, for this tab alone', () => {
    const name = 'address-and-storage';
    const other = newContext(name, { target: new EventTarget() });
    other.persist({ storage: true });
    other.set({ agents: ['stored'] });
    const kept = localStorage.getItem(`waooaw.context.${name}`);
    history.replaceState(null, '', `${location.pathname}?${name}.agent=linked`);
    const context = newContext(name, { target: new EventTarget() });
    opened.push(context);
    context.persist({ storage: true, tabs: true, url: true });
    expect(context.get().agents).to.deep.equal(['linked']);
    expect(localStorage.getItem(`waooaw.context.${name}`)).to.equal(kept);
    context.set({ services: ['s'] });
    expect(JSON.parse(localStorage.getItem(`waooaw.context.${name}`) ?? '')).to.deep.include({ revision: 2 });
    context.persist({ storage: false, tabs: false });
    localStorage.clear();
  });

  it('listens once, and not any more when nobody wants it', () => {
    const listeners = countWindowListeners();
    const context = open('?agent=a');
    context.persist({ url: true });
    expect(listeners.count()).to.equal(1);
    context.persist({ url: false });
    expect(listeners.count()).to.equal(0);
    listeners.restore();
    context.set({ agents: ['b'] });
    expect(location.search).to.equal('?agent=a');
  });
});
