import { css } from 'lit';

export const styles = css`
  :host {
    display: inline-flex;
    vertical-align: middle;
    font-size: 0.875rem;
    line-height: 1.25;
  }
  :host([size='s']) {
    font-size: 0.75rem;
  }
  :host([size='l']) {
    font-size: 1rem;
  }
  .badge {
    --_tone: var(--_muted);
    display: inline-flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.4em;
    padding: 0.25em 0.6em;
    border: 1px solid color-mix(in srgb, var(--_tone) 45%, transparent);
    border-radius: var(--_radius-pill);
    background: color-mix(in srgb, var(--_tone) 10%, transparent);
    color: var(--_tone);
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
  .badge[role] {
    padding: 0.375em;
  }
  :host([plain]) .badge {
    padding-inline: 0;
    border: 0;
  }
  .label {
    color: var(--_text);
  }
  .state {
    font-weight: 600;
  }
  span:empty {
    display: none;
  }
`;
