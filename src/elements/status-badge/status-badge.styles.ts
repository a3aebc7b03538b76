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
    align-items: center;
    gap: 0.4em;
    min-block-size: 1.75em;
    max-inline-size: 100%;
    padding-inline: 0.6em;
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
  [role] {
    padding-inline: 0.35em;
  }
  .stale,
  .error {
    --_tone: var(--_muted);
    border-style: dashed;
  }
  .label {
    overflow-wrap: anywhere;
    color: var(--_text);
  }
  .state {
    font-weight: 600;
  }
  /* Where there is little room, the name keeps its words whole for longer. */
  .note {
    flex-shrink: 4;
    color: var(--_muted);
  }
  span:empty {
    display: none;
  }
`;
