/** How the frame of a timeline looks: its head, its toolbar, and what stands in place of events. */
import { css } from 'lit';
import { avatarStyles } from './avatar.ts';
import { feedStyles } from './feed.styles.ts';

const board = css`
  :host {
    container-type: inline-size;
    line-height: 1.4;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  button,
  input {
    color: inherit;
    font: inherit;
  }
  button {
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.45;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .stale {
    border-style: dashed;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_space-1) var(--_space-3);
    padding: var(--_space-2) var(--_space-3) var(--_space-2) var(--_space-4);
    border-block-end: 1px solid var(--_border);
  }
  .label {
    color: var(--_muted);
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .note {
    color: var(--_degraded);
    font-size: var(--_text-s);
  }
  .toolbar {
    display: flex;
    flex: 1;
    align-items: center;
    justify-content: flex-end;
    gap: var(--_space-1);
    min-inline-size: 0;
  }
  .find {
    display: flex;
    flex: 0 1 20rem;
    align-items: center;
    min-inline-size: 6rem;
    block-size: 2rem;
    padding-inline: var(--_space-2) 2px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    color: var(--_muted);
  }
  .find:focus-within {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  /* The ring is around the whole field, with what stands beside the text. */
  .find input:focus-visible {
    outline: none;
  }
  .find .icon {
    inline-size: 1.5rem;
    block-size: 1.5rem;
  }
  input {
    flex: 1;
    inline-size: 100%;
    min-inline-size: 2rem;
    padding: 0 var(--_space-2);
    background: none;
    border: 0;
    outline: 0;
    color: var(--_text);
    appearance: none;
    text-overflow: ellipsis;
  }
  ::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  ::-webkit-search-cancel-button {
    display: none;
  }
  .count {
    flex: none;
    font-size: var(--_text-s);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
    unicode-bidi: plaintext;
  }
  .icon {
    position: relative;
    display: grid;
    flex: none;
    place-content: center;
    inline-size: 2rem;
    block-size: 2rem;
    padding: 0;
    background: none;
    border: 0;
    border-radius: var(--_radius-s);
    color: var(--_muted);
  }
  button.icon:hover:not(:disabled) {
    background: var(--_raised);
    color: var(--_text);
  }
  .toolbar .icon:is([aria-pressed='true'], [aria-expanded='true']) {
    background: var(--_raised);
    color: var(--_accent-text);
  }
  .badge {
    position: absolute;
    inset-block-start: 0;
    inset-inline-end: 0;
    min-inline-size: 1rem;
    padding-inline: 0.2rem;
    border-radius: var(--_radius-pill);
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 0.625rem;
    font-weight: 600;
    line-height: 1rem;
    text-align: center;
  }
  .line:is(svg),
  .chevron,
  .spin {
    inline-size: 1rem;
    block-size: 1rem;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .spin {
    animation: turn 1.2s linear infinite;
  }
  .chevron {
    transition: rotate var(--_motion-fast);
  }
  [aria-expanded='true'] > .chevron {
    rotate: 180deg;
  }
  .panel {
    max-block-size: 60%;
    padding: var(--_space-3) var(--_space-4);
    overflow-y: auto;
    background: var(--_raised);
    border-block-end: 1px solid var(--_border);
  }
  .formats {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_space-2);
  }
  .plain {
    min-block-size: 2rem;
    padding: 0 var(--_space-3);
    background: var(--_surface);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    font-size: var(--_text-s);
    font-weight: 500;
  }
  .plain:hover {
    border-color: var(--_accent);
  }
  .stage {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-block-size: 0;
  }
  .newer {
    position: absolute;
    z-index: 2;
    inset-block-start: var(--_space-2);
    inset-inline: 0;
    display: flex;
    align-items: center;
    gap: 0.375rem;
    inline-size: fit-content;
    min-block-size: 2rem;
    margin-inline: auto;
    padding: 0 var(--_space-3);
    background: var(--_accent);
    border: 1px solid transparent;
    border-radius: var(--_radius-pill);
    box-shadow: var(--_shadow);
    color: var(--_on-accent);
    font-size: var(--_text-s);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .newer svg {
    inline-size: 0.875rem;
    block-size: 0.875rem;
    stroke-width: 2;
  }
  .scroller {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-block-size: 0;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-gutter: stable;
  }
  /* Where rows have places of their own, the list keeps what is read in view by itself. */
  .feed[style*='block-size'] {
    overflow-anchor: none;
  }
  .empty {
    display: flex;
    flex: 1;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: var(--_space-3);
    padding: var(--_space-5);
    color: var(--_muted);
    text-align: center;
  }
  .wrong > span {
    color: var(--_critical);
  }
  .foot {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: center;
    gap: var(--_space-2);
    min-block-size: 1px;
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  .foot:not(:empty) {
    padding: var(--_space-2) var(--_space-4);
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @container (max-width: 30rem) {
    .find,
    .toolbar {
      flex-basis: 100%;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation-duration: 8s;
    }
  }
  @media (forced-colors: active) {
    .newer,
    .badge {
      forced-color-adjust: none;
      border-color: HighlightText;
    }
    button.icon:is([aria-pressed='true'], [aria-expanded='true']) {
      outline: 1px solid;
    }
  }
`;

/** One sheet, so that it is adopted at once. */
export const styles = css`
  ${avatarStyles}${board}${feedStyles}
`;
