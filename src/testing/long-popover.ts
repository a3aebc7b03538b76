/** An element that has all of the shared controllers: a button, and a long list that opens beside it. */
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { MediaController, REDUCED_MOTION } from '../elements/media.ts';
import { PopoverController } from '../elements/popover.ts';
import { register } from '../elements/register.ts';
import { RovingFocus } from '../elements/roving-focus.ts';
import { VirtualList } from '../elements/virtual-list.ts';

class LongPopover extends LitElement {
  readonly media = new MediaController(this, REDUCED_MOTION);
  readonly roving = new RovingFocus(this, { items: () => this.renderRoot.querySelectorAll('button') });
  readonly popover_ = new PopoverController(this, {
    anchor: () => this.renderRoot.querySelector('button'),
    popup: () => this.renderRoot.querySelector<HTMLElement>('[popover]'),
    onClose: () => undefined,
  });
  readonly list = new VirtualList(this, {
    scroller: () => this.renderRoot.querySelector<HTMLElement>('#scroller'),
    count: () => 1_000,
    estimate: () => 20,
    active: () => 500,
  });

  override render(): TemplateResult {
    return html`<div @keydown=${this.roving.keydown} @focusin=${this.roving.focusin}>
        <button aria-expanded="false" @click=${() => this.#open()}>open</button>
      </div>
      <div popover="manual">
        <div id="scroller" .style=${'block-size: 200px; overflow-y: auto'}>
          <div ${this.list.spacer()}>
            ${repeat(
              this.list.items,
              (item) => item.key,
              (item) => html`<p ${this.list.row(item)}>${item.index}</p>`,
            )}
          </div>
        </div>
      </div>`;
  }

  #open(): void {
    this.popover_.open();
    this.list.scrollToIndex(700);
  }
}
register('test-long-popover', LongPopover);
