import { expect } from '@open-wc/testing';
import type { ContextChange, PageContext } from './context.ts';
import * as door from './index.ts';
import { newContext, pageContext } from './page-context.ts';
import { EVERYTHING } from './selection.ts';
import type { SelectionPart } from './selection.ts';

/** A context of its own, and what it told. */
function told(context: PageContext): { changes: SelectionPart[]; origins: string[] } {
  const changes: SelectionPart[] = [];
  const origins: string[] = [];
  context.subscribe((_, change, origin) => {
    changes.push(change);
    origins.push(origin);
  });
  return { changes, origins };
}

const fresh = (): PageContext => newContext('test', { target: new EventTarget() });

describe('a context', () => {
  it('is everything at first', () => {
    expect(fresh().get()).to.deep.equal(EVERYTHING);
  });

  it('changes the parts that it is told to, and tells which', () => {
    const context = fresh();
    const { changes } = told(context);
    context.set({ agents: ['a', 'b'], range: { last: 60 } });
    context.set({ services: ['x'] });
    context.set({ range: undefined });
    expect(context.get()).to.deep.equal({ agents: ['a', 'b'], services: ['x'], environments: [] });
    expect(changes).to.deep.equal([
      { agents: ['a', 'b'], range: { last: 60 } },
      { services: ['x'] },
      { range: undefined },
    ]);
  });

  it('tells nobody of what is as before', () => {
    const context = fresh();
    context.set({ agents: ['a'] });
    const { changes } = told(context);
    context.set({ agents: ['a', 'a'] });
    context.set({});
    context.clear('services');
    expect(changes).to.deep.equal([]);
  });

  it('clears a part, or all', () => {
    const context = fresh();
    context.set({ agents: ['a'], services: ['s'], environments: ['e'], range: { last: 5 } });
    context.clear('agents');
    context.clear('range');
    expect(context.get()).to.deep.equal({ agents: [], services: ['s'], environments: ['e'] });
    context.clear();
    expect(context.get()).to.deep.equal(EVERYTHING);
  });

  it('takes anything without failing, and leaves out what does not fit', () => {
    const context = newContext('test', { target: new EventTarget(), maxValues: 2, maxLength: 3 });
    for (const odd of [
      null,
      undefined,
      5,
      'x',
      [],
      { agents: 'a' },
      { rules: null },
      { rules: { agents: 5 } },
    ]) {
      context.set(odd as never);
      expect(context.get()).to.deep.equal(EVERYTHING);
    }
    context.set({ agents: ['long', 'a', 'b', 'c'], range: { last: -1 } });
    expect(context.get()).to.deep.equal({ ...EVERYTHING, agents: ['a', 'b'] });
  });

  it('tells its target by an event', () => {
    const target = new EventTarget();
    const context = newContext('left', { target });
    const details: ContextChange[] = [];
    target.addEventListener('waooaw-context-change', (event) =>
      details.push((event as CustomEvent<ContextChange>).detail),
    );
    context.set({ agents: ['a'] });
    expect(details).to.deep.equal([
      { name: 'left', selection: context.get(), change: { agents: ['a'] }, origin: 'set' },
    ]);
  });

  it('tells the document unless it is given another target', () => {
    const context = newContext('on-document');
    let heard = 0;
    const listener = (): void => void (heard += 1);
    document.addEventListener('waooaw-context-change', listener);
    context.set({ agents: ['a'] });
    document.removeEventListener('waooaw-context-change', listener);
    expect(heard).to.equal(1);
  });

  it('tells everyone of each change in its order, also of one that a listener made', () => {
    const context = fresh();
    context.subscribe(({ agents }) => {
      if (agents.length === 1) context.set({ agents: ['a', 'b'] });
    });
    const seen: (readonly string[])[] = [];
    context.subscribe(({ agents }) => seen.push(agents));
    context.set({ agents: ['a'] });
    expect(seen).to.deep.equal([['a'], ['a', 'b']]);
  });

  it('tells the others when one fails, and the page of the failure', () => {
    const context = fresh();
    const failures: unknown[] = [];
    const { reportError } = globalThis;
    globalThis.reportError = (error: unknown) => void failures.push(error);
    try {
      context.subscribe(() => {
        throw new Error('not today');
      });
      const { changes } = told(context);
      context.set({ agents: ['a'] });
      expect([changes.length, String(failures)]).to.deep.equal([1, 'Error: not today']);
    } finally {
      globalThis.reportError = reportError;
    }
  });

  it('tells a listener as often as it subscribed, until each subscription ends', () => {
    const context = fresh();
    let heard = 0;
    const listener = (): void => void (heard += 1);
    const [first, second] = [context.subscribe(listener), context.subscribe(listener)];
    context.set({ agents: ['a'] });
    first();
    first();
    context.set({ agents: ['b'] });
    second();
    context.set({ agents: ['c'] });
    expect(heard).to.equal(3);
  });
});

describe('a rule of a context', () => {
  const rule = { all: true, where: { environments: ['prod'] }, except: ['canary'] } as const;
  const options = [
    { id: 'a', group: 'prod' },
    { id: 'canary', group: 'prod' },
    { id: 'x', group: 'test' },
  ];

  it('is a list that follows the options, and tells of it', () => {
    const context = fresh();
    context.offer('agents', options);
    const { changes, origins } = told(context);
    context.set({ rules: { agents: rule } });
    expect(context.get()).to.deep.equal({ ...EVERYTHING, agents: ['a'], rules: { agents: rule } });
    context.offer('agents', [...options, { id: 'new', group: 'prod' }]);
    expect(changes[1]).to.deep.equal({ agents: ['a', 'new'] });
    context.offer('services', [{ id: 's' }]);
    expect(origins).to.deep.equal(['set', 'options']);
  });

  it('matches nothing until there are options', () => {
    const context = fresh();
    context.set({ agents: ['old'] });
    context.set({ rules: { agents: rule } });
    expect(context.get().agents).to.deep.equal([]);
    expect(door.chosen(context.get(), 'agents')).to.deep.equal([]);
    context.offer('agents', options);
    expect(context.get().agents).to.deep.equal(['a']);
  });

  it('ends with a list, by itself, or with all rules', () => {
    const context = fresh();
    context.offer('agents', options);
    context.set({ rules: { agents: rule } });
    context.set({ agents: ['x'] });
    expect(context.get()).to.deep.equal({ ...EVERYTHING, agents: ['x'] });
    context.set({ rules: { agents: rule, services: { all: true, except: ['s'] } } });
    context.set({ rules: { agents: undefined } });
    expect([context.get().agents, Object.keys(context.get().rules ?? {})]).to.deep.equal([
      ['a'],
      ['services'],
    ]);
    context.clear('rules');
    expect(context.get()).to.deep.equal({ ...EVERYTHING, agents: ['a'] });
  });

  it('that excludes nothing is everything', () => {
    const context = fresh();
    context.set({ agents: ['a'] });
    context.set({ rules: { agents: { all: true, except: [] } } });
    expect(context.get()).to.deep.equal(EVERYTHING);
  });
});

describe('the page’s contexts', () => {
  it('are one a name, of whichever copy of the module', async () => {
    const copy = (await import(new URL('./page-context.ts?copy', import.meta.url).href)) as {
      pageContext: typeof pageContext;
    };
    expect(copy.pageContext).not.to.equal(pageContext);
    expect(copy.pageContext('one')).to.equal(pageContext('one'));
    expect(pageContext('one')).not.to.equal(pageContext('two'));
    expect(pageContext('')).to.equal(pageContext());
    expect(pageContext().name).to.equal('default');
    expect(door.pageContext).to.equal(pageContext);
  });

  it('may have any name', () => {
    for (const name of ['__proto__', 'constructor', 'ü 東']) {
      const context = pageContext(name);
      context.set({ agents: [name] });
      expect(pageContext(name).get().agents).to.deep.equal([name]);
    }
  });
});
