/** Progress trackers on a page of tests, and the operations that they show. */
import { fixture, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import { sendKeys } from '@web/test-runner-commands';
import type { WaooawProgressTracker } from '../elements/progress-tracker/progress-tracker.ts';
import type { OperationStage, OperationStatus } from '../protocol/operations.ts';
import { until } from './until.ts';

/** A tracker, and what is in it. */
export class TrackerOnPage {
  readonly element: WaooawProgressTracker;

  constructor(element: WaooawProgressTracker) {
    this.element = element;
  }

  find<E extends HTMLElement = HTMLElement>(selector: string): E | null {
    return this.element.shadowRoot?.querySelector<E>(selector) ?? null;
  }

  all(selector: string): HTMLElement[] {
    return [...(this.element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  }

  text(selector: string): string {
    return plain(this.find(selector));
  }

  texts(selector: string): string[] {
    return this.all(selector).map(plain);
  }

  /** The stages as they are read: number, name, state. */
  get stages(): string[] {
    return this.all('.stage').map((stage) =>
      [plain(stage.querySelector('.title')), plain(stage.querySelector('.word'))].join(': '),
    );
  }

  stage(name: string): HTMLElement {
    const found = this.all('.stage').find((stage) => plain(stage.querySelector('.name')) === name);
    if (!found) throw new Error(`no stage "${name}" among ${this.stages.join(', ')}`);
    return found;
  }

  button(text: string): HTMLButtonElement {
    const found = this.all('button').find((button) => plain(button).startsWith(text));
    if (!found) throw new Error(`no button "${text}" among ${this.texts('button').join(', ')}`);
    return found as HTMLButtonElement;
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

  async click(text: string): Promise<void> {
    this.button(text).click();
    await this.settle();
  }
}

/** Puts the tracker of a template on the page, alive. */
export async function trackerPage(template: TemplateResult): Promise<TrackerOnPage> {
  const parent = await fixture<HTMLElement>(html`<div>${template}</div>`);
  const page = new TrackerOnPage(parent.querySelector('waooaw-progress-tracker')!);
  await until(() => FRESHNESS.some((state) => page.has(state)), 'it is alive');
  await page.settle();
  return page;
}

/** One of them is set once the living part has come. */
const FRESHNESS = ['idle', 'loading', 'live', 'stale', 'empty', 'error'];

/** A stage of an operation. */
export function stageNow(name: string, more: Partial<OperationStage> = {}): OperationStage {
  const title = name[0]?.toUpperCase() + name.slice(1);
  return { name, title, state: 'pending', attempts: more.state ? 1 : 0, ...more };
}

/** An upgrade in its third of five stages, begun a minute ago. */
export function operationNow(more: Partial<OperationStatus> = {}): OperationStatus {
  const now = Date.now();
  return {
    operation: 'op-1',
    type: 'upgrade',
    title: 'Upgrade of invoices',
    source: 'engine',
    agent: 'invoices',
    state: 'running',
    stages: [
      stageNow('prepare', { state: 'completed', startedAt: now - 60_000, endedAt: now - 48_000 }),
      stageNow('start', { state: 'completed', startedAt: now - 47_000, endedAt: now - 42_000 }),
      stageNow('ready', {
        state: 'running',
        startedAt: now - 42_000,
        percent: 40,
        detail: 'waits for port 8080',
      }),
      stageNow('switch'),
      stageNow('drain', { description: 'Connections end by themselves' }),
    ],
    percent: 48,
    createdAt: now - 61_000,
    startedAt: now - 60_000,
    by: 'ana',
    actions: ['cancel', 'pause'],
    tags: {},
    revision: 7,
    ...more,
  };
}

/** Without the air between words. */
export function plain(element: Element | null | undefined): string {
  return element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}
