/** How a widget's details look. Comes with them. */
import { css } from 'lit';

export const styles = css`
  .facts,
  .fact,
  .values {
    display: flex;
    align-items: center;
  }
  .facts {
    flex-wrap: wrap;
    gap: var(--_space-1) var(--_space-3);
    min-block-size: 1.25rem;
    color: var(--_muted);
    font-size: var(--_text-s);
    font-variant-numeric: tabular-nums;
  }
  .fact {
    flex-wrap: wrap;
    gap: 0.35em;
  }
  .fact .fact {
    flex-wrap: nowrap;
    white-space: nowrap;
  }
  .fact > svg {
    margin-inline-end: -0.05em;
    inline-size: 0.875em;
    block-size: 0.875em;
  }
  .facts .fact:is(.ok, .degraded, .critical) {
    color: var(--_tone);
    font-weight: 600;
  }
  .ok {
    --_tone: var(--_ok);
  }
  .degraded {
    --_tone: var(--_degraded);
  }
  .critical {
    --_tone: var(--_critical);
  }
  .card:is(.degraded, .critical) {
    border-color: color-mix(in srgb, var(--_tone) 60%, var(--_border));
  }
  .card:is(.degraded, .critical):not(.stale) .value {
    color: var(--_tone);
  }
  :host([size='l']) .chart {
    min-block-size: 6rem;
  }
  .values {
    flex-wrap: wrap;
    gap: 0 var(--_space-3);
  }
  .toolbar {
    flex: none;
    align-self: start;
    /* The head is as high with it as without, and its icon stands where the chart ends. */
    margin-block: -0.375rem;
    margin-inline-end: -0.375rem;
    opacity: 0;
    transition: opacity var(--_motion-fast);
  }
  .note {
    order: 1;
  }
  .toolbar:not(:last-child) {
    margin-inline-end: 0;
  }
  .card:is(:hover, :focus-within) .toolbar,
  :host([size='l']) .toolbar,
  .toolbar:has([aria-expanded='true']) {
    opacity: 1;
  }
  @media (hover: none) {
    .toolbar {
      opacity: 1;
    }
  }
  button {
    display: grid;
    place-items: center;
    inline-size: 1.75rem;
    block-size: 1.75rem;
    padding: 0;
    border: 1px solid transparent;
    border-radius: var(--_radius-s);
    background: none;
    color: var(--_muted);
    font: inherit;
    font-size: var(--_text-l);
    cursor: pointer;
  }
  button:hover,
  button[aria-expanded='true'] {
    border-color: var(--_border);
    background: var(--_raised);
    color: var(--_text);
  }
  button:focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  @container (max-width: 9rem) {
    .toolbar,
    [part='delta'] > :last-child {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .card:is(.degraded, .critical) {
      outline: 1px solid CanvasText;
      outline-offset: -3px;
    }
    .card.critical {
      outline-width: 2px;
      outline-offset: -4px;
    }
    button {
      border-color: ButtonBorder;
    }
  }
`;
