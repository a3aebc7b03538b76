import { expect, fixture, html } from '@open-wc/testing';
import { ActiveDescendant, nameActiveDescendant } from './active-descendant.ts';
import type { ActiveDescendantOptions, Choice, KeyResult } from './active-descendant.ts';

const NAMES = ['Ada', 'Bert', 'Bertha', 'Čeněk', 'Dora', 'adam', 'New York', 'Newark', 'Zoë', 'zz'];

let nowMs = 0;
const make = (options: Partial<ActiveDescendantOptions> = {}, disabled: number[] = []): ActiveDescendant =>
  new ActiveDescendant({
    count: () => NAMES.length,
    text: (index) => NAMES[index] ?? '',
    isDisabled: (index) => disabled.includes(index),
    now: () => nowMs,
    ...options,
  });

/** A key by its name, with modifiers before it: `Ctrl+Shift+Home`. */
function press(list: ActiveDescendant, name: string): KeyResult | undefined {
  const parts = name === ' ' ? [' '] : name.split('+');
  const key = parts.at(-1) ?? '';
  return list.key({
    key: key === 'Space' ? ' ' : key,
    altKey: parts.includes('Alt'),
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    shiftKey: parts.includes('Shift'),
    isComposing: false,
  });
}
const go = (list: ActiveDescendant, ...keys: string[]): (number | undefined)[] =>
  keys.map((key) => press(list, key)?.index);
const chosen = (list: ActiveDescendant, ...keys: string[]): (Choice | undefined)[] =>
  keys.map((key) => press(list, key)?.choice);

beforeEach(() => {
  nowMs = 0;
});

describe('ActiveDescendant: moving', () => {
  it('has no active row at first, and finds its way in from either end', () => {
    expect(make().index).to.equal(-1);
    expect(go(make(), 'ArrowDown')).to.deep.equal([0]);
    expect(go(make(), 'ArrowUp')).to.deep.equal([9]);
    expect(go(make(), 'Home')).to.deep.equal([0]);
    expect(go(make(), 'End')).to.deep.equal([9]);
    expect(go(make({ pageSize: () => 4 }), 'PageDown')).to.deep.equal([4]);
  });

  it('stops at the ends, and says that it did not move', () => {
    const list = make();
    list.set(9);
    expect(press(list, 'ArrowDown')).to.deep.equal({ index: 9, moved: false });
    list.set(0);
    expect(press(list, 'ArrowUp')).to.deep.equal({ index: 0, moved: false });
    expect(press(list, 'ArrowDown')).to.deep.equal({ index: 1, moved: true });
  });

  it('goes round where told', () => {
    const list = make({ wrap: true });
    list.set(9);
    expect(go(list, 'ArrowDown', 'ArrowUp', 'ArrowUp')).to.deep.equal([0, 9, 8]);
  });

  it('goes by pages, ten rows unless told', () => {
    const list = make({ pageSize: () => 4 });
    list.set(1);
    expect(go(list, 'PageDown', 'PageDown', 'PageUp', 'PageUp', 'PageUp')).to.deep.equal([5, 9, 5, 1, 0]);
    const ten = make({ count: () => 100 });
    expect(go(ten, 'PageDown', 'PageDown')).to.deep.equal([10, 20]);
    expect(go(make({ pageSize: () => 0 }), 'PageDown')).to.deep.equal([1]);
  });

  it('visits what is disabled, so that it is heard, unless told to pass it over', () => {
    expect(go(make({}, [1]), 'ArrowDown', 'ArrowDown')).to.deep.equal([0, 1]);
    const list = make({ skipDisabled: true, pageSize: () => 4 }, [0, 1, 5, 9]);
    expect(go(list, 'ArrowDown', 'ArrowDown', 'Home', 'End', 'ArrowDown')).to.deep.equal([2, 3, 2, 8, 8]);
    // A page ends before what is disabled, or beyond it where there is nothing before.
    list.set(1);
    expect(go(list, 'PageDown')).to.deep.equal([4]);
    expect(go(make({ skipDisabled: true, pageSize: () => 1 }, [0, 1]), 'PageDown')).to.deep.equal([2]);
    const none = make({ skipDisabled: true, wrap: true }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(go(none, 'ArrowDown', 'ArrowUp', 'Home', 'End', 'PageDown')).to.deep.equal([-1, -1, -1, -1, -1]);
  });

  it('has nowhere to go in an empty list, and none that is gone is active', () => {
    let count = 0;
    const list = make({ count: () => count });
    expect(go(list, 'ArrowDown', 'ArrowUp', 'End', 'PageDown', 'PageUp')).to.deep.equal([-1, -1, -1, -1, -1]);
    list.set(3);
    expect(list.index).to.equal(-1);
    count = 8;
    list.set(7);
    count = 3;
    expect(list.index).to.equal(2);
    list.set(99);
    expect(list.index).to.equal(2);
    list.set(NaN);
    expect(list.index).to.equal(0);
    list.clear();
    expect(list.index).to.equal(-1);
  });

  it('leaves alone what means nothing here', () => {
    const list = make();
    for (const key of [
      'Enter',
      'Escape',
      'Tab',
      'ArrowLeft',
      'F1',
      'Alt+ArrowDown',
      'Ctrl+ArrowDown',
      'Ctrl+c',
      'Meta+a',
    ])
      expect(press(list, key), key).to.equal(undefined);
    const composing = { key: 'ArrowDown', altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
    expect(list.key({ ...composing, isComposing: true })).to.equal(undefined);
    expect(press(list, 'Space')).to.equal(undefined);
  });

  it('leaves the text its keys in a combobox', () => {
    const list = make({ keys: 'combobox', multiple: true });
    list.set(4);
    for (const key of ['Home', 'End', 'Space', 'b', 'Ctrl+a', 'Shift+Home'])
      expect(press(list, key), key).to.equal(undefined);
    expect(go(list, 'ArrowDown', 'ArrowUp', 'PageUp')).to.deep.equal([5, 4, 0]);
  });
});

describe('ActiveDescendant: type-ahead', () => {
  it('moves to the next row with the letter, from row to row', () => {
    expect(go(make(), 'b')).to.deep.equal([1]);
    const list = make();
    expect(go(list, 'b', 'b', 'b')).to.deep.equal([1, 2, 1]);
    expect(go(make(), 'a', 'a', 'a')).to.deep.equal([0, 5, 0]);
  });

  it('narrows down with what is typed in one go, a space included', () => {
    expect(go(make(), 'b', 'e', 'r', 't', 'h')).to.deep.equal([1, 1, 1, 1, 2]);
    expect(go(make(), 'n', 'e', 'w', 'Space', 'y')).to.deep.equal([6, 6, 6, 6, 6]);
    expect(go(make(), 'n', 'e', 'w', 'a')).to.deep.equal([6, 6, 6, 7]);
    expect(go(make(), 'z', 'z')).to.deep.equal([8, 9]);
  });

  it('begins anew after half a second', () => {
    const list = make();
    expect(go(list, 'b')).to.deep.equal([1]);
    nowMs += 500;
    expect(go(list, 'e')).to.deep.equal([1]);
    nowMs += 501;
    expect(go(list, 'd')).to.deep.equal([4]);
    nowMs += 501;
    expect(chosen(list, 'Space'), 'a space alone chooses').to.deep.equal([{ kind: 'toggle', index: 4 }]);
  });

  it('minds neither accents nor case, and stays where nothing begins so', () => {
    expect(go(make(), 'c', 'e', 'n')).to.deep.equal([3, 3, 3]);
    expect(go(make(), 'D', 'x')).to.deep.equal([4, 4]);
    expect(make().typeAhead('q')).to.equal(false);
    expect(make().typeAhead('z')).to.equal(true);
    expect(make({ text: undefined as never }).typeAhead('z')).to.equal(false);
    expect(press(make({ text: undefined as never }), 'z')).to.equal(undefined);
    expect(go(make({ count: () => 0 }), 'a')).to.deep.equal([-1]);
  });

  it('passes over what is disabled where told', () => {
    expect(go(make({ skipDisabled: true }, [1]), 'b')).to.deep.equal([2]);
  });
});

describe('ActiveDescendant: choosing several', () => {
  const several = (disabled: number[] = []): ActiveDescendant => make({ multiple: true }, disabled);

  it('toggles with Space, and not what is disabled', () => {
    const list = several([2]);
    list.set(1);
    expect(chosen(list, 'Space', 'ArrowDown', 'Space')).to.deep.equal([
      { kind: 'toggle', index: 1 },
      undefined,
      undefined,
    ]);
  });

  it('extends with Shift from where it began, and back', () => {
    const list = several();
    list.set(3);
    expect(chosen(list, 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowUp', 'Shift+End')).to.deep.equal([
      { kind: 'range', from: 3, to: 4 },
      { kind: 'range', from: 3, to: 5 },
      { kind: 'range', from: 3, to: 4 },
      { kind: 'range', from: 3, to: 9 },
    ]);
    expect(chosen(list, 'ArrowUp', 'Shift+ArrowUp')).to.deep.equal([
      undefined,
      { kind: 'range', from: 8, to: 7 },
    ]);
    expect(chosen(list, 'Ctrl+Shift+Home')).to.deep.equal([{ kind: 'range', from: 8, to: 0 }]);
    expect(chosen(several(), 'Shift+ArrowDown')).to.deep.equal([{ kind: 'range', from: 0, to: 0 }]);
    expect(chosen(make({ multiple: true, count: () => 0 }), 'Shift+ArrowDown')).to.deep.equal([undefined]);
  });

  it('takes what lies between with Shift+Space', () => {
    const list = several();
    list.set(2);
    expect(chosen(list, 'Space')).to.deep.equal([{ kind: 'toggle', index: 2 }]);
    list.page(1);
    expect(chosen(list, 'Shift+Space')).to.deep.equal([{ kind: 'range', from: 2, to: 9 }]);
  });

  it('takes all with Ctrl+A or Command+A', () => {
    expect(chosen(several(), 'Ctrl+a', 'Meta+A')).to.deep.equal([{ kind: 'all' }, { kind: 'all' }]);
  });

  it('chooses one only where one may be chosen', () => {
    const list = make();
    list.set(1);
    expect(chosen(list, 'Shift+ArrowDown', 'Space')).to.deep.equal([undefined, { kind: 'toggle', index: 2 }]);
    expect(press(list, 'Ctrl+a')).to.equal(undefined);
  });
});

describe('nameActiveDescendant', () => {
  it('names a row once it exists, and no longer when it is gone', async () => {
    const page = await fixture<HTMLElement>(
      html`<div>
        <input aria-label="x" />
        <p id="row-1"></p>
        <p></p>
      </div>`,
    );
    const [input, row, nameless] = [...page.children];
    if (!input) throw new Error('no input');
    const named = (): string | null => input.getAttribute('aria-activedescendant');
    const loose = document.createElement('p');
    loose.id = 'row-9';
    expect([nameActiveDescendant(input, loose), named()]).to.deep.equal([false, null]);
    expect([nameActiveDescendant(input, row), named()]).to.deep.equal([true, 'row-1']);
    const records = new MutationObserver(() => undefined);
    records.observe(input, { attributes: true });
    nameActiveDescendant(input, row);
    expect(records.takeRecords().length, 'writes').to.equal(0);
    expect([nameActiveDescendant(input, nameless), named()]).to.deep.equal([false, null]);
    nameActiveDescendant(input, row);
    row?.remove();
    expect([nameActiveDescendant(input, row), named()]).to.deep.equal([false, null]);
    expect(nameActiveDescendant(input, undefined)).to.equal(false);
    const other = document.createElement('div');
    page.append(other);
    other.attachShadow({ mode: 'open' }).append(loose);
    expect(nameActiveDescendant(input, loose), 'in another tree').to.equal(false);
  });
});
