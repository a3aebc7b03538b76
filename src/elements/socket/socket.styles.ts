import { css } from 'lit';

export const styles = css`
  /* No box and no looks of its own: what is inside stands and reads as it would without it. */
  :host {
    display: contents;
    color: inherit;
    font-family: inherit;
  }
  .status {
    --_tone: var(--_muted);
    position: relative;
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.5rem;
    max-inline-size: 100%;
    color: var(--_text);
    font: var(--_text-m) / 1.25 var(--_font);
  }
  .ok {
    --_tone: var(--_ok);
  }
  .info {
    --_tone: var(--_info);
  }
  .degraded {
    --_tone: var(--_degraded);
  }
  .critical {
    --_tone: var(--_critical);
  }
  /* Beside the buttons, where long words wrap; above them in less than 24rem. */
  .line {
    display: flex;
    flex: 1 1 calc((24rem - 100%) * 999);
    gap: 0.5rem;
    max-inline-size: max-content;
  }
  [part='icon'] {
    margin-block: 0.125em;
    color: var(--_tone);
  }
  [part='words'] {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  b {
    font-weight: 600;
  }
  .countdown {
    font-variant-numeric: tabular-nums;
    white-space: pre;
  }
  button {
    min-block-size: 1.75rem;
    padding-inline: 0.625rem;
    background: var(--_raised);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    color: var(--_text);
    font: inherit;
    cursor: pointer;
  }
  button:hover {
    border-color: var(--_text);
  }
  [aria-disabled] {
    color: var(--_muted);
    cursor: default;
  }
  button:focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 2px;
  }
  [part='details-button'] {
    display: inline-grid;
    place-content: center;
    inline-size: 1.75rem;
    padding: 0;
    background: none;
    border-color: transparent;
    color: var(--_muted);
  }
  [part='details-button']:hover,
  [part='details-button'][aria-expanded='true'] {
    border-color: var(--_border);
    color: var(--_text);
  }
  [aria-expanded='true'] svg {
    rotate: 0.5turn;
  }
  @media (forced-colors: active) {
    [part='icon'] {
      color: CanvasText;
    }
  }
`;
