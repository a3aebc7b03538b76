/** Selectors on a page of tests, and the hands that use them. */
import { fixture, html } from '@open-wc/testing';
import type { TemplateResult } from 'lit';
import { sendKeys } from '@web/test-runner-commands';
import type { SelectorOption, WaooawContextSelector } from '../elements/context-selector/context-selector.ts';
import { until } from './until.ts';

/** A selector, and what is in it. */
export class SelectorPage {
  readonly element: WaooawContextSelector;

  constructor(element: WaooawContextSelector) {
    this.element = element;
  }

  find<E extends HTMLElement = HTMLElement>(selector: string): E | null {
    return this.element.shadowRoot?.querySelector<E>(selector) ?? null;
  }

  all(selector: string): HTMLElement[] {
    return [...(this.element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
  }

  /** The text field that has the list's keyboard. */
  get input(): HTMLInputElement {
    return this.find<HTMLInputElement>('[role=combobox]')!;
  }

  /** What the button of several says, or the field of one. */
  get text(): string {
    return this.find('#summary')?.textContent?.trim() ?? this.input.value;
  }

  /** Labels of the options in view. */
  get labels(): string[] {
    return this.all('[role=option] .label').map((label) => label.textContent?.trim() ?? '');
  }

  /** Label of the active option; undefined: none is. */
  get active(): string | undefined {
    const id = this.input.getAttribute('aria-activedescendant');
    return id ? this.find(`#${id} .label`)?.textContent?.trim() : undefined;
  }

  /** What stands in place of options, or below them. */
  get note(): string {
    return this.find('.note span')?.textContent?.trim() ?? '';
  }

  async settle(): Promise<void> {
    await this.element.updateComplete;
    await this.element.updateComplete;
  }

  async open(): Promise<void> {
    this.element.show();
    await until(() => this.element.open && this.find(':popover-open'), 'it opens');
    await this.settle();
  }

  async press(...keys: string[]): Promise<void> {
    for (const press of keys) await sendKeys({ press });
    await this.settle();
  }

  async type(type: string): Promise<void> {
    await sendKeys({ type });
    await this.settle();
  }

  async click(selector: string): Promise<void> {
    this.find(selector)?.click();
    await this.settle();
  }

  /** Presses an option by its label. */
  async choose(label: string): Promise<void> {
    this.all('[role=option]')
      .find((row) => row.querySelector('.label')?.textContent?.trim() === label)
      ?.click();
    await this.settle();
  }
}

/** Puts the selector of a template on the page, ready to open. */
export async function selectorPage(template: TemplateResult): Promise<SelectorPage> {
  const parent = await fixture<HTMLElement>(html`<div>${template}</div>`);
  const element = parent.querySelector('waooaw-context-selector')!;
  await import('../elements/context-selector/dropdown.ts');
  const page = new SelectorPage(element);
  await until(() => page.find('.popup'), 'the list is loaded');
  await page.settle();
  return page;
}

/** So many options. */
export function someOptions(count: number): SelectorOption[] {
  return Array.from({ length: count }, (_, i) => ({ id: `a${i}`, label: `Agent ${i}` }));
}

/** Options of a small fleet. */
export const FLEET: readonly SelectorOption[] = [
  { id: 'pay', label: 'Payments', group: 'prod', icon: 'P', state: 'up' },
  { id: 'ord', label: 'Orders', group: 'prod', icon: 'M2 3h12v3H2zM2 9h12v4H2z', state: 'degraded' },
  { id: 'canary', label: 'Canary', group: 'prod', state: 'down' },
  { id: 'zur', label: 'Zürich', group: 'staging' },
  { id: 'off', label: 'Offline', group: 'staging', disabled: true },
  { id: 'ses', label: 'Sessions', group: 'staging', state: 'on fire' },
];
