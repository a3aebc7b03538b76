/** The page of the selector bench: three lists of the same options, opened and searched. Built like the product's bundle. */
import '@vaadin/combo-box';
import '../../src/elements/context-selector/define.ts';

/** What is measured. */
export const LISTS = ['ours', 'vaadin', 'plain'] as const;
export type ListName = (typeof LISTS)[number];

/** What the bench calls. */
export interface SelectorBench {
  readonly isolated: boolean;
  /** Puts a list with so many options on the page. */
  prepare(name: ListName, count: number): Promise<void>;
  /** @returns ms from opening to rows that are laid out. */
  open(): Promise<number>;
  /** @returns ms a key, from the event to rows that are laid out. */
  search(text: string): Promise<number[]>;
  close(): Promise<void>;
}

interface Item {
  readonly id: string;
  readonly label: string;
  readonly group: string;
}

/** One list, ready to use. */
interface Way {
  readonly element: HTMLElement;
  open(): void;
  close(): void;
  type(text: string): void;
  /** Something that is there once it has drawn what was asked for. */
  drawn(): boolean;
  settle(): Promise<unknown>;
}

const WORDS = ['payments', 'orders', 'search', 'Zürich gateway', 'sessions'];
const itemsOf = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `agent-${i}`,
    label: `Agent ${i} ${WORDS[i % WORDS.length]}`,
    group: ['prod', 'staging', 'dev'][i % 3]!,
  }));

const MAKERS: Readonly<Record<ListName, (items: readonly Item[]) => Way>> = {
  ours(items) {
    const element = Object.assign(document.createElement('waooaw-context-selector'), {
      label: 'Agents',
      recent: 'none',
      options: items,
    });
    const root = () => element.shadowRoot!;
    return {
      element,
      open: () => element.show(),
      close: () => element.hide(),
      type: (text) => input(root().querySelector('input')!, text),
      drawn: () => root().querySelector('[role=option], .note') !== null,
      settle: () => element.updateComplete,
    };
  },
  vaadin(items) {
    const element = document.createElement('vaadin-combo-box') as unknown as HTMLElement &
      Record<string, unknown>;
    Object.assign(element, { label: 'Agents', items, itemLabelPath: 'label', itemValuePath: 'id' });
    return {
      element,
      open: () => void (element['opened'] = true),
      close: () => void (element['opened'] = false),
      type: (text) => input(element.querySelector('input')!, text),
      drawn: () => document.querySelector('vaadin-combo-box-item') !== null,
      settle: () => Promise.resolve(),
    };
  },
  plain(items) {
    const element = document.createElement('div');
    const field = document.createElement('input');
    const list = document.createElement('div');
    list.setAttribute('role', 'listbox');
    list.style.cssText = 'max-height: 320px; overflow: auto';
    list.hidden = true;
    const draw = (text: string): void => {
      const sought = text.toLowerCase();
      list.replaceChildren(
        ...items
          .filter(({ label }) => label.toLowerCase().includes(sought))
          .map(({ label }) => {
            const row = document.createElement('div');
            row.setAttribute('role', 'option');
            row.textContent = label;
            return row;
          }),
      );
    };
    field.addEventListener('input', () => draw(field.value));
    element.append(field, list);
    return {
      element,
      open: () => {
        list.hidden = false;
        draw('');
      },
      close: () => {
        list.hidden = true;
        list.replaceChildren();
        field.value = '';
      },
      type: (text) => input(field, text),
      drawn: () => list.childElementCount > 0,
      settle: () => Promise.resolve(),
    };
  },
};

let way: Way;

const page: SelectorBench = {
  isolated: crossOriginIsolated,
  async prepare(name, count) {
    document.body.replaceChildren();
    way = MAKERS[name](itemsOf(count));
    document.body.append(way.element);
    for (let i = 0; i < 10; i += 1) await nextFrame();
  },
  async open() {
    const start = performance.now();
    way.open();
    await drawn();
    return performance.now() - start;
  },
  async search(text) {
    const took: number[] = [];
    for (let i = 1; i <= text.length; i += 1) {
      await nextFrame();
      const start = performance.now();
      way.type(text.slice(0, i));
      await drawn();
      took.push(performance.now() - start);
    }
    return took;
  },
  async close() {
    way.close();
    for (let i = 0; i < 3; i += 1) await nextFrame();
  },
};

async function drawn(): Promise<void> {
  do await way.settle();
  while (!way.drawn() && (await nextFrame()));
  await way.settle();
  document.body.getBoundingClientRect();
}

function input(field: HTMLInputElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}

function nextFrame(): Promise<true> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve(true)));
}

Object.assign(globalThis, { bench: page });
