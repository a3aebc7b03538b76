import { css } from 'lit';

export const styles = css`
  .trigger {
    display: inline-flex;
    min-inline-size: 24px;
    min-block-size: 24px;
    max-inline-size: 100%;
    align-items: center;
    margin: 0;
    padding: 0;
    border: 0;
    border-radius: min(var(--_radius-pill), 1em);
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .trigger:hover .badge {
    border-color: var(--_tone);
  }
  :is(.trigger, a, .popup [tabindex]):focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 2px;
  }
  .incident {
    align-self: center;
    color: var(--_accent-text);
  }
  .trigger ~ .incident,
  .badge ~ .incident {
    margin-inline-start: 0.5em;
  }
  .popup {
    inset: auto;
    margin: 0;
    max-inline-size: min(24rem, 100vw - 2rem) !important;
    padding: var(--_space-2) var(--_space-3);
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
    background: var(--_overlay);
    box-shadow: var(--_shadow);
    color: var(--_text);
    font-size: var(--_text-m);
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  .panel {
    min-inline-size: min(20rem, 100vw - 2rem);
    padding: var(--_space-3) var(--_space-4);
  }
  .popup dl {
    display: grid;
    grid-template-columns: fit-content(40%) 1fr;
    gap: var(--_space-1) var(--_space-3);
    margin: 0;
  }
  .popup dl > div {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
  }
  .popup dt {
    color: var(--_muted);
  }
  .popup dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
  }
`;
