/** Timelines on a page of tests, and the hands that use them. */
import { fixture, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import { sendKeys } from '@web/test-runner-commands';
import type { TimelineEvent, WaooawTimeline } from '../elements/timeline/timeline.ts';
import { until } from './until.ts';

/** A timeline, and what is in it. */
export class TimelineOnPage {
  readonly element: WaooawTimeline;

  constructor(element: WaooawTimeline) {
    this.element = element;
  }

  find<E extends HTMLElement = HTMLElement>(selector: string): E | null {
    return this.element.shadowRoot?.querySelector<E>(selector) ?? null;
  }

  all(selector: string): HTMLElement[] {
    return [...(this.element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  }

  text(selector: string): string {
    return this.find(selector)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
  }

  get scroller(): HTMLElement {
    return this.find('.scroller')!;
  }

  /** The articles in view, from the top. */
  get articles(): HTMLElement[] {
    return this.all('[role=article]').sort((a, b) => Number(a.dataset['index']) - Number(b.dataset['index']));
  }

  /** Their titles. */
  get titles(): string[] {
    return this.articles.map((row) => row.querySelector('.title')?.textContent?.trim() ?? '');
  }

  /** Title of the article that has the focus, or that is around what has it. */
  get focused(): string | undefined {
    const row = this.element.shadowRoot?.activeElement?.closest('[role=article]');
    return row?.querySelector('.title')?.textContent?.trim();
  }

  article(title: string): HTMLElement {
    const found = this.articles.find((row) => row.querySelector('.title')?.textContent?.trim() === title);
    if (!found) throw new Error(`no article "${title}" among ${this.titles.join(', ')}`);
    return found;
  }

  has(state: string): boolean {
    return this.element.matches(`:state(${state})`);
  }

  async settle(): Promise<void> {
    await this.element.updateComplete;
    await this.element.updateComplete;
  }

  async press(...keys: string[]): Promise<void> {
    for (const press of keys) await sendKeys({ press });
    await this.settle();
  }

  async click(selector: string): Promise<void> {
    this.find(selector)?.click();
    await this.settle();
  }

  /** Scrolls as a hand would: the list hears of it. */
  async scroll(top: number): Promise<void> {
    this.scroller.scrollTop = top;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await this.settle();
  }

  /** Where an article stands in the view, px from its upper edge, once nothing moves any more. */
  async placeOf(title: string): Promise<number> {
    const read = (): number =>
      this.article(title).getBoundingClientRect().top - this.scroller.getBoundingClientRect().top;
    let still = 0;
    for (let at = read(); still < 5;) {
      await new Promise(requestAnimationFrame);
      const now = read();
      still = now === at ? still + 1 : 0;
      at = now;
    }
    return read();
  }
}

/** Puts the timeline of a template on the page, with all that it loads at first. */
export async function timelinePage(template: TemplateResult): Promise<TimelineOnPage> {
  const parent = await fixture<HTMLElement>(html`<div>${template}</div>`);
  const page = new TimelineOnPage(parent.querySelector('waooaw-timeline')!);
  await import('../elements/virtual-engine.ts');
  await until(() => page.find('.scroller'), 'the timeline is loaded');
  await page.settle();
  // Rows of long lists are measured with the first frame.
  await page.scroll(0);
  return page;
}

/** So many events, newest first, a minute apart. `e0` is the newest. */
export function someEvents(count: number, newest = Date.now()): TimelineEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `e${i}`,
    time: newest - i * 60_000,
    type: i % 3 ? 'upgrade' : 'login',
    title: `Event ${i}`,
  }));
}

/** An event of now. */
export function eventNow(id: string, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return { id, time: Date.now(), type: 'test', title: `Event ${id}`, ...more };
}
