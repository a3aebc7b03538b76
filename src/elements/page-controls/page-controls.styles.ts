import { css } from 'lit';

export const styles = css`
  :host {
    display: inline-block;
    max-inline-size: 100%;
    font-size: var(--_text-m);
    line-height: 1.25;
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_space-2);
  }
  label {
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.125rem 0.375rem;
    max-inline-size: 100%;
    color: var(--_muted);
  }
  button,
  select {
    box-sizing: border-box;
    max-inline-size: 100%;
    min-block-size: var(--_control-size);
    padding-inline: var(--_space-3);
    background: var(--_raised);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    color: var(--_text);
    font: inherit;
    cursor: pointer;
  }
  button {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    overflow-wrap: anywhere;
    text-align: start;
  }
  select {
    text-overflow: ellipsis;
  }
  button:hover,
  select:hover {
    border-color: var(--_accent);
  }
  button:focus-visible,
  select:focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 2px;
  }
  svg {
    flex: none;
    inline-size: 1em;
    block-size: 1em;
    fill: currentColor;
  }
  /* A pressed button differs by more than its colour: its border is doubled. */
  [aria-pressed='true'] {
    border-color: var(--_accent);
    box-shadow: inset 0 0 0 1px var(--_accent);
  }
  [part='paused'] {
    padding: 0.25rem 0.625rem;
    border: 1px dashed var(--_degraded);
    border-radius: 2em;
    color: var(--_degraded);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  @media (forced-colors: active) {
    [aria-pressed='true'] {
      border-color: Highlight;
      outline: 1px solid Highlight;
    }
  }
`;
