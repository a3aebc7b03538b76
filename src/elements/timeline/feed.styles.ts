/** How the rows of a timeline look. */
import { css } from 'lit';

export const feedStyles = css`
  .feed {
    flex: none;
  }
  /* A row that comes or changes is no matter of the others. */
  .row {
    inline-size: 100%;
    contain: layout style;
  }
  .day {
    padding: var(--_space-4) var(--_space-4) var(--_space-1);
    color: var(--_muted);
    font-size: var(--_text-s);
    font-weight: 600;
  }
  .left {
    display: flex;
    align-items: center;
    gap: var(--_space-3);
    padding: var(--_space-1) var(--_space-4);
    color: var(--_accent-text);
    font-size: var(--_text-s);
    font-weight: 600;
  }
  .left::before,
  .left::after {
    flex: 1;
    content: '';
    border-block-start: 1px solid currentColor;
  }
  .gap {
    padding: var(--_space-2) var(--_space-4);
    color: var(--_muted);
    font-size: var(--_text-s);
    text-align: center;
    border-block: 1px dashed currentColor;
  }
  .event {
    --_rail: 2rem;
    --_avatar: 2rem;
    display: grid;
    grid-template-columns: var(--_rail) minmax(0, 1fr) auto;
    column-gap: var(--_space-3);
    padding: var(--_space-2) var(--_space-2) var(--_space-2) var(--_space-4);
  }
  .event:hover {
    background: color-mix(in srgb, var(--_raised) 60%, transparent);
  }
  .event:focus-visible {
    outline-offset: -2px;
    border-radius: var(--_radius-s);
  }
  .current:not(.open) {
    background: color-mix(in srgb, var(--_highlight) 45%, transparent);
  }
  .current {
    box-shadow: inset 3px 0 var(--_accent);
  }
  .event:dir(rtl).current {
    box-shadow: inset -3px 0 var(--_accent);
  }
  .rail {
    position: relative;
    grid-row: 1 / span 2;
    display: flex;
    justify-content: center;
    padding-block-start: 0.125rem;
  }
  /* The thread from one event to the next. */
  .rail::before {
    position: absolute;
    inset-block: calc(-1 * var(--_space-2));
    inset-inline-start: calc(50% - 0.5px);
    content: '';
    border-inline-start: 1px solid var(--_border);
  }
  .day + .event .rail::before {
    inset-block-start: 0.25rem;
  }
  .rail > * {
    position: relative;
  }
  .dot {
    inline-size: 0.5625rem;
    block-size: 0.5625rem;
    margin-block-start: 0.375rem;
    border: 2px solid currentColor;
    border-radius: 50%;
    background: var(--_surface);
  }
  .dot:not([class*=' ']) {
    color: var(--_border-strong);
  }
  .fresh .dot {
    background: currentColor;
  }
  .body {
    display: flex;
    flex-direction: column;
    gap: 0.125rem;
    min-inline-size: 0;
    padding-block: 0.1875rem;
  }
  .line:not(svg) {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--_space-2);
  }
  .title {
    min-inline-size: 0;
    font-weight: 500;
    overflow-wrap: anywhere;
    /* Its letters run their own way; it stands where the page begins. */
    text-align: match-parent;
  }
  .title a {
    color: inherit;
    text-decoration-color: var(--_border-strong);
    text-underline-offset: 0.2em;
  }
  .title a:hover {
    color: var(--_accent-text);
    text-decoration-color: currentColor;
  }
  .status {
    display: inline-flex;
    flex: none;
    align-items: baseline;
    gap: 0.3em;
    max-inline-size: 100%;
    font-size: var(--_text-s);
    font-weight: 500;
  }
  .status svg {
    align-self: center;
  }
  .ok {
    color: var(--_ok);
  }
  .info {
    color: var(--_info);
  }
  .degraded {
    color: var(--_degraded);
  }
  .critical {
    color: var(--_critical);
  }
  .neutral,
  .unknown {
    color: var(--_muted);
  }
  .meta {
    display: flex;
    flex-wrap: wrap;
    color: var(--_muted);
    font-size: var(--_text-s);
    overflow-wrap: anywhere;
  }
  .meta > span + span::before {
    content: '·';
    margin-inline: 0.5em;
  }
  .body > .description {
    display: -webkit-box;
    overflow: hidden;
    color: var(--_muted);
    overflow-wrap: anywhere;
    text-align: match-parent;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .open > .body > .description {
    display: none;
  }
  .details {
    grid-column: 2 / -1;
    min-inline-size: 0;
    padding-block: var(--_space-2);
    padding-inline-end: var(--_space-2);
  }
  .end {
    display: flex;
    align-items: start;
    gap: var(--_space-1);
  }
  .end > .icon {
    inline-size: 1.75rem;
    block-size: 1.75rem;
  }
  time {
    padding-block-start: 0.3125rem;
    color: var(--_muted);
    font-size: var(--_text-s);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .fold {
    display: inline-flex;
    align-items: center;
    align-self: start;
    gap: 0.25rem;
    min-block-size: 1.5rem;
    margin-inline-start: -0.25rem;
    padding: 0 0.375rem 0 0.25rem;
    background: none;
    border: 0;
    border-radius: var(--_radius-s);
    color: var(--_accent-text);
    font-size: var(--_text-s);
    font-weight: 500;
  }
  .fold:hover {
    background: var(--_raised);
  }
  .child {
    padding-inline-start: calc(var(--_space-4) + var(--_rail) + var(--_space-3));
    --_avatar: 1.25rem;
    --_rail: 1.25rem;
  }
  .compact .event {
    --_rail: 0.75rem;
    padding-block: 0.125rem;
  }
  .compact .rail::before {
    inset-block: -0.125rem;
  }
  .compact .day {
    padding-block-start: var(--_space-3);
  }
  .compact .child {
    padding-inline-start: calc(var(--_space-4) + var(--_rail) + var(--_space-3));
  }
  mark {
    background: var(--_highlight);
    color: var(--_on-highlight);
    border-radius: 2px;
  }
  .current mark {
    outline: 1px solid var(--_accent);
  }
  @container (max-width: 30rem) {
    .event:not(.compact *) {
      --_rail: 1.5rem;
      --_avatar: 1.5rem;
      column-gap: var(--_space-2);
      padding-inline-start: var(--_space-3);
    }
    .day {
      padding-inline: var(--_space-3);
    }
  }
  /* Too narrow for a column of times: they stand below. */
  @container (max-width: 22rem) {
    .event {
      grid-template-columns: var(--_rail) minmax(0, 1fr);
    }
    .rail {
      grid-row: 1 / span 3;
    }
    .end {
      grid-column: 2;
      grid-row: 2;
      justify-content: space-between;
    }
    .details {
      grid-column: 1 / -1;
    }
  }
  @media (forced-colors: active) {
    .current {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .dot {
      border-color: CanvasText;
    }
  }
`;
