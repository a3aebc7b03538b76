/** Draws a tracker: its head, how far it is, and its stages. What needs a clock, a server or a reader's hand is put in by others. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Freshness } from '../../client/freshness.ts';
import { intl } from '../../i18n/intl.ts';
import { findState } from '../../protocol/states.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { FIGURES } from '../still-figures.ts';
import { currentOf } from './stages.ts';
import type { Stage, Work } from './stages.ts';
import type { TrackerMessages } from './words.ts';

/** What is drawn. */
export interface TrackerShown {
  readonly label: string;
  readonly work: Work;
  readonly freshness: Freshness;
  /** What is wrong with what is shown, if anything is. */
  readonly note: string;
  readonly texts: TrackerMessages;
  readonly locale: string;
  readonly horizontal: boolean;
  readonly numbers: boolean;
  /** A word in the reader's language. */
  readonly labelOf: (info: StateInfo) => string;
}

/** What the living part puts in. */
export interface TrackerExtras {
  /** How much longer, in words. */
  readonly left: string;
  /** Beside the percentage: since when, by whom. */
  readonly facts: unknown;
  /** The buttons, and what became of what was asked for. */
  readonly actions: unknown;
  /** How long a stage has taken, in words. */
  time(stage: Stage): unknown;
  /** A stage's title as what opens it. */
  trigger(stage: Stage, title: TemplateResult): unknown;
  /** What stands in an open stage. */
  details(stage: Stage): unknown;
  /** Below the stages. */
  readonly foot: unknown;
}

const UNKNOWN = findState('unknown')!;
/** What is under way is drawn so, though it says "Running". */
const MOVING = findState('working')!;

/** How a word looks; one that is not listed is unknown, and stays as it is. */
export function faceOf(word: string): StateInfo {
  const info = findState(word) ?? { ...UNKNOWN, word, label: word };
  return info.word === 'running' ? { ...MOVING, word: 'running', label: info.label } : info;
}

/** A state's figure. */
export function figureOf({ shape }: StateInfo): TemplateResult {
  return html`<svg class="figure ${shape}" part="figure" viewBox="0 0 16 16" aria-hidden="true">
    <path d=${FIGURES[shape]} />
  </svg>`;
}

/** The whole. */
export function trackerView(shown: TrackerShown, extras?: TrackerExtras): TemplateResult {
  const { label, work, freshness, note, texts, labelOf } = shown;
  const { stages, state, error } = work;
  const face = faceOf(state);
  const known = stages.length > 0 || work.status !== undefined;
  return html`<div
    class="card is-${freshness} ${face.severity}"
    part="card"
    role="group"
    aria-labelledby="label"
  >
    <div class="head" part="head">
      <bdi class="label" part="label" id="label" tabindex="-1">${label}</bdi>
      ${
        known
          ? html`<span class="state ${face.severity}" part="state">${figureOf(face)}${labelOf(face)}</span>`
          : nothing
      }
      ${extras?.actions ?? nothing}
    </div>
    ${known ? progressView(shown, extras) : nothing}
    ${note ? html`<p class="note" part="note">${note}</p>` : nothing}
    ${
      // What its stage says already is not said again.
      error && stages.every((stage) => stage.error !== error)
        ? html`<p class="error" part="error"><bdi>${error}</bdi></p>`
        : nothing
    }
    ${
      stages.length > 0
        ? html`<ol
            class="stages ${shown.horizontal ? 'horizontal' : 'vertical'}"
            part="stages"
            aria-label=${texts.stages}
          >
            ${stages.map((stage, i) => stageView(stage, i, shown, extras))}
          </ol>`
        : nothing
    }
    ${shown.horizontal ? stages.map((stage) => openedView(stage, extras)) : nothing}
    ${extras?.foot ?? nothing}
  </div>`;
}

function progressView(shown: TrackerShown, extras: TrackerExtras | undefined): TemplateResult {
  const { label, work, texts, locale, labelOf } = shown;
  const percent = shareText(work.percent, locale);
  const at = currentOf(work.stages);
  const stage = work.stages[at];
  const where = stage
    ? texts.stageOf(countText(at + 1, locale), countText(work.stages.length, locale), stage.title)
    : '';
  const left = extras?.left ?? '';
  return html`<div
      class="track"
      part="bar"
      role="progressbar"
      aria-label=${label}
      aria-valuenow=${Math.round(work.percent)}
      aria-valuetext=${texts.valueText(labelOf(faceOf(work.state)), percent, where, left)}
    >
      <svg class="fill" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
        <rect width=${work.percent} height="1" />
      </svg>
    </div>
    <p class="facts" part="facts">
      <span class="percent" part="percent">${percent}</span>
      ${left ? html`<span class="left" part="left">${left}</span>` : nothing} ${extras?.facts ?? nothing}
    </p>`;
}

function stageView(
  stage: Stage,
  index: number,
  { work, locale, horizontal, numbers, labelOf }: TrackerShown,
  extras: TrackerExtras | undefined,
): TemplateResult {
  const face = faceOf(stage.state);
  const percent =
    stage.state === 'running' && stage.percent !== undefined ? shareText(stage.percent, locale) : '';
  const title = html`${
      numbers ? html`<span class="number" part="number">${countText(index + 1, locale)}</span>` : nothing
    }<bdi class="name">${stage.title}</bdi>`;
  const more = (stage.state === 'running' && stage.detail) || stage.description;
  return html`<li
    class="stage ${face.severity} ${face.word}"
    part="stage"
    aria-current=${index === currentOf(work.stages) ? 'step' : nothing}
  >
    ${figureOf(face)}
    <div class="body">
      <div class="line">
        <span class="title" part="title">${extras?.trigger(stage, title) ?? title}</span>
        <span class="word" part="stage-state"
          >${labelOf(face)}${percent ? html` <span class="share">${percent}</span>` : nothing}</span
        >
        <span class="time" part="time">${extras?.time(stage) ?? nothing}</span>
      </div>
      ${more ? html`<p class="description" part="description"><bdi>${more}</bdi></p>` : nothing}
      ${stage.error ? html`<p class="error" part="error"><bdi>${stage.error}</bdi></p>` : nothing}
      ${horizontal ? nothing : (extras?.details(stage) ?? nothing)}
    </div>
  </li>`;
}

/** Beside others a stage has no room for what is in it: that stands below them all, under its name. */
function openedView(stage: Stage, extras: TrackerExtras | undefined): unknown {
  const details = extras?.details(stage) ?? nothing;
  return details === nothing
    ? nothing
    : html`<div class="opened"><bdi class="caption">${stage.title}</bdi>${details}</div>`;
}

function countText(value: number, locale: string): string {
  return intl(Intl.NumberFormat, locale, {}).format(value);
}

/** @param percent 0 to 100. */
function shareText(percent: number, locale: string): string {
  return intl(Intl.NumberFormat, locale, { style: 'percent' } as const).format(percent / 100);
}
