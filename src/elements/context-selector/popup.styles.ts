import { css } from 'lit';

/** Of what opens. */
export const styles = css`
  .popup {
    inset: auto;
    margin: 0;
    /* Whatever room there is, a line of text that is wider is hard to read; and never to the very edge. */
    max-inline-size: min(28rem, 100vw - 2rem) !important;
    padding: 0;
    overflow: hidden;
    background: var(--_overlay);
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
    box-shadow: var(--_shadow);
    color: var(--_text);
    font-size: var(--_text-m);
  }
  .popup:popover-open {
    display: flex;
    flex-direction: column;
  }
  .search {
    display: flex;
    flex: none;
    align-items: center;
    block-size: calc(var(--_control-size) + 0.25rem);
    padding-inline-start: 0.75em;
    border-block-end: 1px solid var(--_border);
  }
  .search:focus-within {
    box-shadow: inset 0 -2px var(--_focus);
  }
  .search > input {
    padding-inline-start: 0.5em;
  }
  #list {
    min-block-size: 2.5rem;
    max-block-size: min(20rem, 50vh);
    padding-block: 0.25rem;
    overflow: auto;
    overscroll-behavior: contain;
    outline: 0;
  }
  .heading {
    padding: 0.5rem 0.75em 0.25rem;
    overflow-wrap: anywhere;
    color: var(--_muted);
    font-size: var(--_text-s);
    font-weight: 600;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 0.5em;
    min-block-size: max(1.5rem, var(--_control-size));
    padding: 0.25rem 0.75em;
    cursor: pointer;
  }
  .row:hover {
    background: var(--_raised);
  }
  .active,
  .active:hover {
    background: var(--_raised);
    box-shadow: inset 0 0 0 var(--_focus-ring-width) var(--_focus);
  }
  .row[aria-disabled] {
    color: var(--_muted);
    cursor: not-allowed;
  }
  .row[aria-disabled] .label {
    text-decoration: line-through;
  }
  .rule .label {
    font-style: italic;
  }
  .label {
    display: -webkit-box;
    flex: 1;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 6;
    min-inline-size: 4rem;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  mark {
    background: var(--_highlight);
    border-radius: 0.15em;
    color: var(--_on-highlight);
    font-weight: 600;
  }
  .check {
    visibility: hidden;
    color: var(--_accent);
    stroke-width: 2.25;
  }
  [aria-selected='true'] .check {
    visibility: visible;
  }
  .box {
    display: grid;
    flex: none;
    place-content: center;
    inline-size: 1.125em;
    block-size: 1.125em;
    border: 1px solid var(--_border-strong);
    border-radius: 0.2em;
  }
  [aria-selected='true'] > .box {
    background: var(--_accent);
    border-color: var(--_accent);
  }
  .box > .check {
    color: var(--_on-accent);
  }
  .note {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5em;
    min-block-size: var(--_control-size);
    padding: 0.5rem 0.75em;
    border-block-start: 1px solid var(--_border);
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  .note.alone {
    min-block-size: calc(2 * var(--_control-size));
    border: 0;
  }
  .wrong {
    color: var(--_text);
  }
  .note span {
    flex: 1 1 8rem;
  }
  .spin {
    fill: none;
    stroke: currentColor;
    animation: turn 1s linear infinite;
  }
  .footer {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem;
    padding: 0.5rem;
    border-block-start: 1px solid var(--_border);
  }
  .actions {
    display: flex;
    flex: 1 0 100%;
    flex-wrap: wrap;
    gap: 0.375rem;
  }
  .count {
    flex: 1;
    padding-inline-start: 0.25em;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .footer button,
  [part='retry'] {
    min-block-size: 1.75rem;
    padding: 0.125rem 0.625rem;
    background: var(--_raised);
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
  }
  .footer button:hover,
  [part='retry']:hover {
    border-color: var(--_border-strong);
  }
  .footer button[aria-disabled] {
    color: var(--_muted);
    cursor: default;
  }
  .footer .primary {
    background: var(--_accent);
    border-color: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
  .range {
    display: grid;
    gap: var(--_space-3);
    padding-block-start: var(--_space-3);
  }
  .range > :not(.footer) {
    margin: 0;
    padding-inline: 0.75em;
  }
  .range label {
    display: grid;
    gap: var(--_space-1);
    font-weight: 500;
  }
  .range input {
    inline-size: 100%;
    min-block-size: var(--_control-size);
    padding-inline: 0.5em;
    background: var(--_surface);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    font-weight: 400;
  }
  .hint {
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  .range .footer {
    justify-content: end;
  }
  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .active,
    .active:hover {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .search:focus-within {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    [aria-selected='true'] > .box {
      background: Highlight;
      forced-color-adjust: none;
    }
    .box > .check {
      color: HighlightText;
    }
    .row[aria-disabled] {
      color: GrayText;
    }
    .footer .primary {
      background: ButtonText;
      border-color: ButtonText;
      color: ButtonFace;
      forced-color-adjust: none;
    }
  }
`;
