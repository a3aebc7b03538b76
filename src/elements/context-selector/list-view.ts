/** Draws the list: rows in their groups, what matched marked, states as figures and text. */
import { html, nothing, svg } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { VirtualItem, VirtualList } from '../virtual-list.ts';
import type { Choice } from './choice.ts';
import { takes } from './choice-steps.ts';
import { renderIcon, renderState } from './option-view.ts';
import { RECENT } from './rows.ts';
import type { Listing } from './rows.ts';
import { mark } from '../mark.ts';
import type { SelectorMessages } from './words.ts';

/** What is drawn. */
export interface ListView {
  readonly listing: Listing;
  readonly choice: Choice;
  /** Place of the active entry; -1: none. */
  readonly active: number;
  /** Folded words that are searched for. */
  readonly words: readonly string[];
  readonly multiple: boolean;
  readonly texts: SelectorMessages;
  readonly locale: string;
  /** Some options have icons: the others leave their room. */
  readonly icons: boolean;
}

const CHECK = 'M3 8.5l3.2 3.2L13 4.8';

/** Rows that stand together, under one name. */
interface Block {
  readonly group: string;
  readonly key: string;
  readonly items: VirtualItem[];
}

/** The rows that are in view. */
export function renderRows(list: VirtualList, view: ListView): unknown {
  const chosen = new Set(view.choice.ids);
  return repeat(
    blocksOf(list.items, view.listing),
    ({ key }) => key,
    ({ group, items }) => {
      const rows = repeat(
        items,
        ({ key }) => key,
        (item) => renderRow(list, item, view, chosen),
      );
      if (!group) return rows;
      return html`<div role="group" aria-label=${groupName(group, view.texts)}>${rows}</div>`;
    },
  );
}

function blocksOf(items: readonly VirtualItem[], { rows }: Listing): Block[] {
  const blocks: Block[] = [];
  let ungrouped = 0;
  for (const item of items) {
    const group = rows[item.index]?.group ?? '';
    const last = blocks.at(-1);
    if (last?.group === group) last.items.push(item);
    // Two blocks without a name may stand in a list, and none of any other twice.
    else blocks.push({ group, key: group || `\u0001${(ungrouped += 1)}`, items: [item] });
  }
  return blocks;
}

function groupName(group: string, texts: SelectorMessages): string {
  return group === RECENT ? texts.recent : group;
}

function renderRow(
  list: VirtualList,
  item: VirtualItem,
  view: ListView,
  chosen: ReadonlySet<string>,
): unknown {
  const { listing, choice, texts } = view;
  const row = listing.rows[item.index];
  const at = listing.entryAt[item.index] ?? -1;
  if (!row) return nothing;
  if (row.kind === 'heading') {
    // The group has its name already.
    return html`<div class="heading" part="group" aria-hidden="true" ${list.row(item)}>
      ${mark(groupName(row.group, texts), row.group === RECENT ? [] : view.words)}
    </div>`;
  }
  const active = at === view.active ? 'active' : '';
  if (row.kind === 'rule') {
    return html`<div
      id="o${at}"
      class="row rule ${active}"
      part="option"
      role="option"
      aria-selected=${takes(choice.rule, row.place)}
      ${list.row(item)}
    >
      ${CHECK_BOX}<span class="label">${row.place ? texts.ruleIn(row.place) : texts.ruleAll}</span>
    </div>`;
  }
  const { option } = row;
  return html`<div
    id="o${at}"
    class="row ${active}"
    part="option"
    role="option"
    aria-selected=${chosen.has(option.id)}
    aria-disabled=${option.disabled || nothing}
    ${list.row(item)}
  >
    ${view.multiple ? CHECK_BOX : CHECK_MARK}${view.icons ? renderIcon(option, true) : nothing}<span
      class="label"
      part="option-label"
      title=${option.full || nothing}
      >${mark(option.label, view.words)}</span
    >${option.state ? renderState(option.state, view.locale) : nothing}
  </div>`;
}

const CHECK_MARK = svg`<svg class="check" viewBox="0 0 16 16" aria-hidden="true"><path d=${CHECK} /></svg>`;
const CHECK_BOX = html`<span class="box" aria-hidden="true">${CHECK_MARK}</span>`;
