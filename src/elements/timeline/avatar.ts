/** Who did something, as a picture or as initials. The shape says what it is, the colour tells one from another. */
import { css, html, nothing, unsafeCSS } from 'lit';
import type { CSSResult, TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { TimelineActor } from '../../protocol/timeline.ts';
import { CHART_COLORS } from '../../theme/chart-colors.ts';
import { safeText } from './safe-text.ts';
import type { TimelineMessages } from './words.ts';

type Kind = NonNullable<TimelineActor['kind']>;

const KINDS = {
  user: 'kindUser',
  service: 'kindService',
  agent: 'kindAgent',
  system: 'kindSystem',
  anonymous: 'kindAnonymous',
} as const satisfies Record<Kind, keyof TimelineMessages>;

/** Shapes on a 32 × 32 grid: a disc, a square, a hexagon, an octagon, and a ring of dashes. */
const SHAPES: Readonly<Record<Kind, string>> = {
  user: 'M16 1a15 15 0 1 1 0 30a15 15 0 0 1 0-30z',
  service: 'M6 2h20a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4h-20a4 4 0 0 1-4-4v-20a4 4 0 0 1 4-4z',
  agent: 'M16 1l13.5 7.5v15l-13.5 7.5l-13.5-7.5v-15z',
  system: 'M10 1.5h12l8.5 8.5v12l-8.5 8.5h-12l-8.5-8.5v-12z',
  anonymous: 'M16 1a15 15 0 1 1 0 30a15 15 0 0 1 0-30z',
};

/** How many colours there are: those of a chart's lines. */
const TONES = CHART_COLORS.light.length;
/** Of an id, so much goes into its colour. */
const MOST_HASHED = 256;
/** Pictures that could not be had: a row that scrolls back does not ask for one again. */
const broken = new Set<string>();
const MOST_BROKEN = 1_000;
/** A picture's address, on the web or in itself. */
const PICTURE = /^(https?:|blob:|data:image\/)/i;

/**
 * The picture of an actor.
 * @param texts of the timeline.
 * @param named the name stands beside it as text: then its text alternative is only what kind of actor it is.
 */
export function avatarView(
  actor: TimelineActor | undefined,
  texts: TimelineMessages,
  named = true,
): TemplateResult {
  const { name = '', avatar } = actor ?? {};
  const kind = kindOf(actor);
  const word = texts[KINDS[kind]];
  const picture = pictureOf(avatar);
  const alternative = named || !name ? word : texts.actorOf(safeText(name), word);
  return html`<span
    class="avatar ${kind} tone-${toneOf(actor?.id ?? name)}"
    part="avatar"
    role="img"
    aria-label=${alternative}
    ><svg viewBox="0 0 32 32" aria-hidden="true"><path d=${SHAPES[kind]} /></svg
    ><span class="initials" aria-hidden="true">${initialsOf(name)}</span>${
      picture === undefined
        ? nothing
        : // An element of its own for each picture: one that failed is hidden for good.
          keyed(
            picture,
            html`<img
              src=${picture}
              alt=""
              loading="lazy"
              decoding="async"
              referrerpolicy="no-referrer"
              draggable="false"
              @error=${failed}
            />`,
          )
    }</span
  >`;
}

/** One or two characters that stand for a name: of its first and last word. `?` where it has none. */
export function initialsOf(name: string): string {
  const words = name
    .slice(0, MOST_HASHED)
    .split(/[\s\p{Cc}\p{Bidi_Control}]+|[._@:/-]+/u)
    .map((word) => firstOf(word))
    .filter(Boolean);
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined) return '?';
  // One picture is enough: two would not be told apart from one that is joined.
  const one = /\p{Extended_Pictographic}/u.test(first);
  return (words.length > 1 && !one ? first + last! : first).toLocaleUpperCase();
}

/** A number from 1 to 8, the same for the same id. */
export function toneOf(id: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let i = 0; i < Math.min(id.length, MOST_HASHED); i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % TONES || TONES;
}

/** Its address if it is one of a picture; anything else is not asked for. */
export function pictureOf(avatar: unknown): string | undefined {
  if (typeof avatar !== 'string' || avatar === '' || broken.has(avatar)) return undefined;
  try {
    return PICTURE.test(new URL(avatar, document.baseURI).href) ? avatar : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(actor: TimelineActor | undefined): Kind {
  const kind = actor?.kind ?? 'user';
  return actor && Object.hasOwn(KINDS, kind) ? kind : 'anonymous';
}

const letters = new Intl.Segmenter();

/** The first letter or number of a word, with the marks that belong to it. */
function firstOf(word: string): string {
  for (const { segment } of letters.segment(word)) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment;
  }
  return '';
}

/** The initials are below. */
function failed({ target }: Event): void {
  const image = target as HTMLImageElement;
  image.hidden = true;
  const address = image.getAttribute('src') ?? '';
  if (broken.size < MOST_BROKEN) broken.add(address);
}

/** A class for each colour of a chart's lines. */
function tones(): CSSResult {
  const { light, dark } = CHART_COLORS;
  const rule = (n: number): string =>
    `.tone-${n} { --_tone: var(--waooaw-chart-${n}, light-dark(${light[n - 1]}, ${dark[n - 1]})); }`;
  return unsafeCSS(light.map((_, i) => rule(i + 1)).join('\n'));
}

/** How an avatar looks. Goes with the tokens and the surfaces; its size is `--_avatar`, by default 2rem. */
export const avatarStyles = css`
  .avatar {
    --_size: var(--_avatar, 2rem);
    position: relative;
    display: inline-grid;
    flex: none;
    place-items: center;
    inline-size: var(--_size);
    block-size: var(--_size);
    color: var(--_text);
    font-size: calc(var(--_size) * 0.375);
    font-weight: 600;
    line-height: 1;
    user-select: none;
  }
  .avatar > * {
    grid-area: 1 / 1;
  }
  .avatar > svg {
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
    /* As light as its ground: the text on it is as strong as elsewhere, whatever colour a page gives. */
    fill: color-mix(in srgb, var(--_tone) 16%, var(--_surface));
    stroke: var(--_tone);
    stroke-width: 1.5;
  }
  .avatar.anonymous > svg {
    stroke-dasharray: 4 3;
  }
  .initials {
    position: relative;
    max-inline-size: 80%;
    overflow: hidden;
    white-space: nowrap;
  }
  .avatar > img {
    position: relative;
    inline-size: 100%;
    block-size: 100%;
    border-radius: 50%;
    object-fit: cover;
    background: var(--_surface);
  }
  .avatar > img[hidden] {
    display: none;
  }
  .avatar.service > img {
    border-radius: 16%;
  }
  .avatar.agent > img {
    border-radius: 0;
    clip-path: polygon(50% 2%, 93% 26%, 93% 74%, 50% 98%, 7% 74%, 7% 26%);
  }
  .avatar.system > img {
    border-radius: 0;
    clip-path: polygon(31% 3%, 69% 3%, 97% 31%, 97% 69%, 69% 97%, 31% 97%, 3% 69%, 3% 31%);
  }
  ${tones()}
  @media (forced-colors: active) {
    .avatar > svg {
      fill: Canvas;
      stroke: CanvasText;
    }
  }
`;
