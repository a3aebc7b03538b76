/** What a badge looks like: figure, name, word and note. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { FIGURES } from '../still-figures.ts';

/** What is shown. */
export interface BadgeShown {
  /** Without a label: what is followed has said nothing yet. */
  readonly info: StateInfo;
  readonly freshness: Freshness;
  readonly name: string;
  /** Empty: nothing is wrong. */
  readonly note: string;
}

/**
 * One badge.
 * @param title the name, or what stands in its place.
 * @param untitled there is nothing in place of a name.
 * @param iconOnly shows the figure alone, under its whole name. Default false.
 */
export function badgeView(
  { info, freshness, name, note }: BadgeShown,
  title: unknown,
  untitled: boolean,
  iconOnly?: boolean,
): TemplateResult {
  const { severity, shape, label } = info;
  return html`<span
    class="badge ${severity} ${freshness}"
    part="badge"
    role=${iconOnly ? 'img' : nothing}
    aria-label=${iconOnly ? `${name && `${name}: `}${label}${note && ` (${note})`}` : nothing}
    ><svg class=${shape} part="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d=${FIGURES[shape]} /></svg
    >${
      iconOnly
        ? nothing
        : html`<span class="label" part="label" ?hidden=${untitled}>${title}</span
            ><span class="state" part="state">${label}</span><span class="note" part="note">${note}</span>`
    }</span
  >`;
}
