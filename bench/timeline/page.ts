/** The page of the timeline bench: the same events in our timeline and in plain rows on lit-virtualizer. */
import '@lit-labs/virtualizer';
import { html } from 'lit';
import '../../src/elements/timeline/define.ts';
import type { TimelineEvent } from '../../src/protocol/timeline.ts';

/** What is measured. */
export const LISTS = ['ours', 'virtualizer'] as const;
export type ListName = (typeof LISTS)[number];

/** What scrolling cost. */
export interface Scrolled {
  /** ms between frames. */
  readonly frames: readonly number[];
  /** Tasks of 50 ms and more, ms each. */
  readonly longTasks: readonly number[];
}

/** What the bench calls. */
export interface TimelineBench {
  /** @returns ms from setting so many events on a new element to rows that are laid out. */
  mount(name: ListName, count: number): Promise<number>;
  /** Scrolls so many frames, so many px each. */
  scroll(frames: number, px: number): Promise<Scrolled>;
  /** Adds events at the top, for so long at such a rate. @returns the furthest that a row in view moved, px. */
  prepend(perSecond: number, ms: number): Promise<number>;
  close(): void;
}

/** One list on the page. */
interface Way {
  readonly element: HTMLElement;
  readonly fill: (events: readonly TimelineEvent[]) => void;
  readonly add: (event: TimelineEvent) => void;
  readonly scroller: () => Element;
  /** Rows that are rendered. */
  readonly rows: () => Element[];
}

const TITLES = ['Upgrade of billing started', 'Login', 'Deployment of checkout failed', 'Retry of a webhook'];

function eventsOf(count: number): TimelineEvent[] {
  const newest = Date.now();
  return Array.from({ length: count }, (_, i) => eventOf(`e${i}`, newest - i * 20_000, i));
}

function eventOf(id: string, time: number, i: number): TimelineEvent {
  return {
    id,
    time,
    type: ['upgrade', 'login', 'deploy', 'retry'][i % 4]!,
    title: `${TITLES[i % 4]} ${i}`,
    status: ['running', 'success', 'failed', 'warning'][i % 4]!,
    actor: { id: `u${i % 7}`, name: `Actor ${i % 7}` },
    ...(i % 5 === 0 && {
      description: 'A line that says more of it, and on a narrow card is two lines long.',
    }),
  };
}

const MAKERS: Readonly<Record<ListName, () => Way>> = {
  ours() {
    const element = document.createElement('waooaw-timeline');
    const all = (selector: string): Element[] => [...(element.shadowRoot?.querySelectorAll(selector) ?? [])];
    return {
      element,
      fill: (events) => (element.events = events),
      add: (event) => void element.add([event]),
      scroller: () => all('.scroller')[0]!,
      rows: () => all('[role=article]'),
    };
  },
  virtualizer() {
    const element = Object.assign(document.createElement('lit-virtualizer'), {
      items: [] as readonly TimelineEvent[],
      scroller: true,
      keyFunction: ({ id }: TimelineEvent) => id,
      renderItem: ({ title, status, actor, description, time }: TimelineEvent) =>
        html`<article class="row">
          <b>${title}</b> <i>${status}</i>
          <div>${actor?.name} ${new Date(time).toISOString()}</div>
          ${description ? html`<p>${description}</p>` : ''}
        </article>`,
    }) as HTMLElement & { items: readonly TimelineEvent[] };
    return {
      element,
      fill: (events) => (element.items = events),
      add: (event) => (element.items = [event, ...element.items]),
      scroller: () => element,
      rows: () => [...element.querySelectorAll('.row')],
    };
  },
};

let way: Way | undefined;

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/** Until rows are there. Polled by messages: a frame would be the least that it takes. */
async function drawn({ rows, element }: Way): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  while (rows().length < 3) {
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(undefined);
    });
  }
  port1.close();
  element.getBoundingClientRect();
}

const bench: TimelineBench = {
  async mount(name, count) {
    const events = eventsOf(count);
    way = MAKERS[name]();
    way.element.style.cssText = 'display: block; block-size: 600px; inline-size: 600px';
    await frame();
    const from = performance.now();
    document.body.append(way.element);
    way.fill(events);
    await drawn(way);
    return performance.now() - from;
  },
  async scroll(frames, px) {
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(duration);
    });
    // What mounting cost is not of scrolling.
    for (let i = 0; i < 10; i += 1) await frame();
    observer.observe({ type: 'longtask' });
    const scroller = way!.scroller();
    const times: number[] = [];
    let last = await frame();
    for (let i = 0; i < frames; i += 1) {
      scroller.scrollTop += px;
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    await frame();
    longTasks.push(...observer.takeRecords().map(({ duration }) => duration));
    observer.disconnect();
    return { frames: times, longTasks };
  },
  async prepend(perSecond, ms) {
    const { scroller, rows, add } = way!;
    // In the middle of what is loaded, at rest.
    for (let i = 0; i < 30; i += 1) await frame();
    const view = scroller().getBoundingClientRect();
    const read = (): Map<string, number> =>
      new Map(
        rows().flatMap((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          const text = row.querySelector('.title, b')?.textContent?.trim() ?? '';
          return bottom > view.top && top < view.bottom ? [[text, top] as const] : [];
        }),
      );
    const before = read();
    let furthest = 0;
    const begun = performance.now();
    for (let added = 0; performance.now() - begun < ms;) {
      for (; added < ((performance.now() - begun) / 1_000) * perSecond; added += 1)
        add(eventOf(`new${added}`, Date.now() + added, added));
      await frame();
      const now = read();
      for (const [text, top] of before)
        furthest = Math.max(furthest, Math.abs((now.get(text) ?? Infinity) - top));
      // A row that is gone from view has moved by more than the view.
      furthest = Math.min(furthest, view.height);
    }
    return furthest;
  },
  close() {
    way?.element.remove();
    way = undefined;
  },
};

Object.assign(globalThis, { bench });
