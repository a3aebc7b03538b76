import { css } from 'lit';

export const styles = css`
  /* No box and no looks of its own: what is inside stands and reads as it would without it. */
  :host {
    display: contents;
    color: inherit;
    font-family: inherit;
  }
  .status {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    color: var(--_muted);
    font: 0.875rem var(--waooaw-font, Inter, system-ui, sans-serif);
  }
  .dot {
    inline-size: 0.625rem;
    block-size: 0.625rem;
    border-radius: 50%;
    border: 2px solid var(--_muted);
    box-sizing: border-box;
  }
  [data-state='live'] .dot {
    border-color: var(--_ok);
    background: var(--_ok);
  }
  [data-state='connecting'] .dot,
  [data-state='authenticating'] .dot,
  [data-state='reconnecting'] .dot {
    border-color: var(--_degraded);
    border-style: dashed;
  }
  [data-state='failed'] .dot {
    border-color: var(--_critical);
    border-radius: 0;
    background: var(--_critical);
  }
  button {
    font: inherit;
    color: var(--_text);
    background: var(--_raised);
    border: 1px solid var(--_border);
    border-radius: 0.375rem;
    min-block-size: 1.75rem;
    padding-inline: 0.625rem;
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  @media (forced-colors: active) {
    .dot {
      forced-color-adjust: none;
      border-color: CanvasText;
    }
    [data-state='live'] .dot {
      background: CanvasText;
    }
    [data-state='failed'] .dot {
      background: Mark;
    }
  }
`;
