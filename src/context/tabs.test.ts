import { expect } from '@open-wc/testing';
import { until } from '../testing/until.ts';
import { seededRandom } from '../testing/random.ts';
import type { PageContext, PersistOptions } from './context.ts';
import { newContext } from './page-context.ts';
import type { Selection } from './selection.ts';

/** What a test opens: contexts stand for tabs, since a channel is heard by every other object of its name. */
class Tabs {
  readonly name: string;
  readonly key: string;
  readonly opened: PageContext[] = [];
  /** Everything that was said, by whom it may. */
  readonly said: unknown[] = [];
  writes = 0;
  readonly #line: BroadcastChannel;
  readonly #setItem = Storage.prototype.setItem;

  constructor(name: string) {
    this.name = name;
    this.key = `waooaw.context.${name}`;
    this.#line = new BroadcastChannel(this.key);
    this.#line.addEventListener('message', ({ data }) => this.said.push(data));
    const count = (key: string): void => void (this.writes += key === this.key ? 1 : 0);
    const setItem = this.#setItem;
    Storage.prototype.setItem = function (key: string, text: string) {
      count(key);
      setItem.call(this, key, text);
    };
  }

  open(options: PersistOptions = { tabs: true, storage: true }): PageContext {
    const context = newContext(this.name, { target: new EventTarget() });
    context.persist(options);
    this.opened.push(context);
    return context;
  }

  say(message: unknown): void {
    this.#line.postMessage(message);
  }

  /** Waits until everything that was said before has been heard: channels keep their order. */
  async settled(): Promise<void> {
    const probe = new BroadcastChannel(this.key);
    for (let round = 0; round < 3; round++) {
      const mark = `mark-${Math.random()}`;
      probe.postMessage(mark);
      await until(() => this.said.includes(mark), 'the mark');
      this.said.splice(this.said.indexOf(mark), 1);
    }
    probe.close();
  }

  close(): void {
    for (const context of this.opened) context.persist({ tabs: false, storage: false, url: false });
    this.#line.close();
    Storage.prototype.setItem = this.#setItem;
  }
}

let count = 0;
let tabs: Tabs;

beforeEach(() => {
  tabs = new Tabs(`tabs-${++count}`);
});
afterEach(() => {
  tabs.close();
  localStorage.clear();
  sessionStorage.clear();
});

const agents = (context: PageContext): readonly string[] => context.get().agents;

describe('contexts across tabs', () => {
  it('follow one another, by one message and one write for each change', async () => {
    const [one, two, three] = [tabs.open(), tabs.open(), tabs.open()];
    const origins: string[] = [];
    two.subscribe((_, __, origin) => origins.push(origin));
    one.set({ agents: ['a'] });
    await until(() => agents(two).length === 1 && agents(three).length === 1, 'both followed');
    two.set({ services: ['s'] });
    await until(() => one.get().services.length === 1, 'and back');
    await tabs.settled();
    expect(one.get()).to.deep.equal(two.get());
    expect(origins).to.deep.equal(['tab', 'set']);
    expect([tabs.said.length, tabs.writes], 'a receipt is neither written nor sent').to.deep.equal([2, 2]);
  });

  it('need no storage', async () => {
    const [one, two] = [tabs.open({ tabs: true }), tabs.open({ tabs: true })];
    one.set({ agents: ['a'] });
    await until(() => agents(two).length === 1, 'followed');
    expect(tabs.writes).to.equal(0);
  });

  it('do not answer one another though each has options that make another list of a rule', async () => {
    const [one, two] = [tabs.open(), tabs.open()];
    one.offer('agents', [{ id: 'a' }, { id: 'x' }]);
    two.offer('agents', [{ id: 'b' }, { id: 'x' }]);
    one.set({ rules: { agents: { all: true, except: ['x'] } } });
    await until(() => agents(two).length === 1, 'followed');
    one.offer('agents', [{ id: 'a' }, { id: 'a2' }]);
    await tabs.settled();
    expect([agents(one), agents(two)]).to.deep.equal([['a', 'a2'], ['b']]);
    expect([tabs.said.length, tabs.writes]).to.deep.equal([1, 1]);
  });

  it('agree on one of two choices that were made at once, and storage with them', async () => {
    for (let round = 0; round < 10; round++) {
      const [one, two] = [tabs.open(), tabs.open()];
      const before = tabs.said.length;
      // In the same turn: neither can have heard of the other.
      one.set({ agents: [`one-${round}`] });
      two.set({ agents: [`two-${round}`] });
      await tabs.settled();
      expect(one.get()).to.deep.equal(two.get());
      const record = JSON.parse(localStorage.getItem(tabs.key) ?? '') as { selection: Selection };
      expect(record.selection).to.deep.equal(one.get());
      expect(tabs.said.length - before).to.equal(2);
    }
  });

  it('agree though they cannot see one another’s writes', async () => {
    const open = (): PageContext => tabs.open({ tabs: true });
    const opened = [open(), open(), open(), open(), open()];
    const random = seededRandom(7);
    for (let round = 0; round < 40; round++) {
      for (const context of opened) {
        if (random() < 0.6) context.set({ agents: [`${round}-${random()}`] });
      }
      if (random() < 0.4) await tabs.settled();
    }
    await tabs.settled();
    expect(new Set(opened.map((context) => JSON.stringify(context.get()))).size).to.equal(1);
  });

  it('have the winner’s choice put back when the loser wrote last', async () => {
    const one = tabs.open();
    one.set({ agents: ['winner'] });
    const kept = localStorage.getItem(tabs.key);
    const record = JSON.parse(kept ?? '') as { tab: string; selection: Selection };
    const loser = { ...record, tab: '!', selection: { ...record.selection, agents: ['loser'] } };
    // As a process writes that had not yet seen the other's write.
    localStorage.setItem(tabs.key, JSON.stringify(loser));
    tabs.say(loser);
    await until(() => localStorage.getItem(tabs.key) === kept, 'it is put back');
    await tabs.settled();
    expect([agents(one), tabs.said.length]).to.deep.equal([['winner'], 1]);
  });

  it('are not moved by what is old, odd or huge', async () => {
    const one = tabs.open();
    one.set({ agents: ['a'] });
    one.set({ agents: ['b'] });
    for (const message of [
      null,
      'garbage',
      5,
      { version: 1, revision: 1, tab: 'z', selection: { agents: ['old'] } },
      { version: 2, revision: 9, tab: 'z', selection: { agents: ['x'] } },
      { version: 1, revision: Infinity, tab: 'z', selection: { agents: ['x'] } },
      'x'.repeat(2_000_001),
    ]) {
      tabs.say(message);
    }
    await tabs.settled();
    expect(agents(one)).to.deep.equal(['b']);
  });

  it('stop when nobody wants it any more', async () => {
    const [one, two] = [tabs.open(), tabs.open()];
    two.persist({ tabs: false });
    one.set({ agents: ['a'] });
    await tabs.settled();
    expect(agents(two)).to.deep.equal([]);
  });
});

describe('an unlinked tab', () => {
  it('goes its own way, and takes the others’ when it is linked again', async () => {
    const [one, two] = [tabs.open(), tabs.open()];
    two.link(false);
    expect([one.linked, two.linked]).to.deep.equal([true, false]);
    two.set({ agents: ['mine'] });
    one.set({ agents: ['theirs'] });
    await tabs.settled();
    expect([agents(one), agents(two)]).to.deep.equal([['theirs'], ['mine']]);
    expect([tabs.said.length]).to.deep.equal([1]);
    two.link(true);
    expect(agents(two)).to.deep.equal(['theirs']);
    two.set({ agents: ['both'] });
    await until(() => agents(one)[0] === 'both', 'followed again');
  });

  it('takes what it missed without storage too', async () => {
    const [one, two] = [tabs.open({ tabs: true }), tabs.open({ tabs: true })];
    two.link(false);
    two.link(false);
    one.set({ agents: ['a'] });
    one.set({ agents: ['b'] });
    await tabs.settled();
    two.link(true);
    expect(agents(two)).to.deep.equal(['b']);
  });

  it('is one after a reload too, with what it chose', () => {
    const one = tabs.open();
    one.set({ agents: ['shared'] });
    one.link(false);
    one.set({ agents: ['mine'] });
    const reloaded = tabs.open();
    expect([reloaded.linked, agents(reloaded)]).to.deep.equal([false, ['mine']]);
    reloaded.link(true);
    expect(agents(reloaded)).to.deep.equal(['shared']);
    expect(tabs.open().linked).to.equal(true);
  });

  it('keeps its choice when it is linked and the others have made none', () => {
    const one = tabs.open();
    one.link(false);
    one.set({ agents: ['mine'] });
    one.link(true);
    expect(agents(one)).to.deep.equal(['mine']);
    expect(localStorage.getItem(tabs.key)).to.equal(null);
  });
});

describe('without BroadcastChannel', () => {
  const { BroadcastChannel } = globalThis;
  let frame: HTMLIFrameElement;

  beforeEach(async () => {
    frame = document.createElement('iframe');
    frame.src = 'about:blank';
    document.body.append(frame);
    await until(() => frame.contentWindow, 'a window of the same origin');
    globalThis.BroadcastChannel = undefined as never;
  });
  afterEach(() => {
    globalThis.BroadcastChannel = BroadcastChannel;
    frame.remove();
  });

  it('the events of storage tell of changes in other windows', async () => {
    const one = tabs.open({ tabs: true });
    one.set({ agents: ['a'] });
    const kept = JSON.parse(localStorage.getItem(tabs.key) ?? '') as Record<string, unknown>;
    const writes = tabs.writes;
    const theirs = { ...kept, revision: 2, tab: 'other', selection: { agents: ['b'] } };
    frame.contentWindow?.localStorage.setItem(tabs.key, JSON.stringify(theirs));
    await until(() => agents(one)[0] === 'b', 'followed');
    frame.contentWindow?.localStorage.setItem('another key', 'x');
    frame.contentWindow?.localStorage.removeItem(tabs.key);
    expect(tabs.writes).to.equal(writes);
    one.set({ agents: ['c'] });
    expect(JSON.parse(localStorage.getItem(tabs.key) ?? '')).to.deep.include({ revision: 3 });
    one.persist({ tabs: false });
  });
});
