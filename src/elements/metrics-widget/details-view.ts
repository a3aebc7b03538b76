/** How a widget's details look. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { findState } from '../../protocol/states.ts';
import { FIGURES } from '../figures.ts';
import type { Change } from './change.ts';
import type { DetailsMessages } from './details-words.ts';
import type { Level } from './levels.ts';
import type { Trend } from './trend.ts';

/** What there is to say beside the number. */
export interface Facts {
  readonly level: Level;
  /** The level's word. */
  readonly levelWord: string;
  readonly change: (Change & { readonly against: string }) | undefined;
  readonly trend: Trend | undefined;
  readonly good: 'up' | 'down' | undefined;
}

/** Lowest and highest value, or others by name. */
export type FooterValues =
  | { readonly min: string; readonly max: string }
  | { readonly named: readonly (readonly [name: string, value: string])[] };

/** Arrows on a 16 × 16 grid. */
const ARROWS = {
  up: 'M8 3l6 10H2z',
  down: 'M8 13 2 3h12z',
  same: 'M2 5h12v2H2zM2 9h12v2H2z',
  rising: 'M8 1.5l5.5 5.6-1.4 1.4L9 5.3V14.5H7V5.3L3.9 8.5 2.5 7.1z',
  falling: 'M8 14.5 2.5 8.9l1.4-1.4L7 10.7V1.5h2v9.2l3.1-3.2 1.4 1.4z',
  steady: 'M14.5 8 8.9 13.5l-1.4-1.4L10.7 9H1.5V7h9.2L7.5 3.9l1.4-1.4z',
} as const;

const WAYS = { up: 'up', down: 'down', same: 'same', rising: 'up', falling: 'down', steady: 'same' } as const;

/** The row below the number; nothing when there is nothing to say. */
export function factsView(facts: Facts, words: DetailsMessages): TemplateResult | typeof nothing {
  const { level, levelWord, change, trend, good } = facts;
  if (level === 'ok' && !change && !trend) return nothing;
  const tone = (way: keyof typeof WAYS): 'ok' | 'critical' | '' =>
    !good || WAYS[way] === 'same' ? '' : WAYS[way] === good ? 'ok' : 'critical';
  // Never by colour alone.
  const judged = (text: string, way: keyof typeof WAYS): string => {
    const verdict = tone(way);
    return verdict ? words.judged(text, verdict === 'ok' ? words.better : words.worse) : text;
  };
  const shape = findState(level)?.shape ?? 'disc';
  return html`<div class="facts" part="facts">
    ${
      level === 'ok'
        ? nothing
        : html`<span class="fact ${level}" part="level"
            ><svg class=${shape} viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES[shape]} /></svg
            >${levelWord}</span
          >`
    }
    ${
      change
        ? html`<span class="fact" part="delta"
            ><span class="fact ${tone(change.way)}"
              >${arrow(change.way, words)}${
                change.way === 'same' ? words.same : html`<bdi>${change.amount}</bdi>`
              }</span
            >
            <span dir="auto">${judged(change.against, change.way)}</span></span
          >`
        : nothing
    }
    ${
      trend
        ? html`<span class="fact ${change ? '' : tone(trend)}" part="trend"
            >${arrow(trend)}<span>${change ? words[trend] : judged(words[trend], trend)}</span></span
          >`
        : nothing
    }
  </div>`;
}

/** The values below the chart and how far back they go. */
export function footerView(values: FooterValues, span: string): TemplateResult {
  const shown =
    'named' in values
      ? html`<span class="values"
          >${values.named.map(([name, value]) => html`<span>${name} <bdi>${value}</bdi></span> `)}</span
        >`
      : html`<span><bdi>${values.min}</bdi> – <bdi>${values.max}</bdi></span>`;
  return html`${shown}<span class="span" dir="auto">${span}</span>`;
}

/** The button for the table. */
export function toolbarView(open: boolean, toggle: () => void, words: DetailsMessages): TemplateResult {
  return html`<span class="toolbar" part="toolbar"
    ><button
      part="table-toggle"
      aria-expanded=${open}
      aria-label=${words.table}
      title=${words.table}
      @click=${toggle}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M1.5 2.5h13v11h-13zM3 6v2h4V6zm5.5 0v2H13V6zM3 9.5V12h4V9.5zm5.5 0V12H13V9.5z" />
      </svg></button
  ></span>`;
}

/** An arrow. It has a name where no text beside it says the same. */
function arrow(which: keyof typeof ARROWS, words?: DetailsMessages): TemplateResult {
  const name = words && which !== 'same' ? words[which] : nothing;
  return html`<svg
    viewBox="0 0 16 16"
    role=${name === nothing ? nothing : 'img'}
    aria-label=${name}
    aria-hidden=${name === nothing ? 'true' : nothing}
  >
    <path d=${ARROWS[which]} />
  </svg>`;
}
