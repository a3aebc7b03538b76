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
    border-radius: 2em;
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
  .icon-only {
    padding-inline: 0.35em;
  }
  .stale {
    --_tone: var(--_muted);
    border-style: dashed;
  }
  svg {
    inline-size: 1em;
    block-size: 1em;
    flex: none;
    overflow: visible;
    fill: currentColor;
    fill-rule: evenodd;
    stroke-width: 2;
  }
  .ring-slash,
  .arc,
  .dotted-ring,
  .dashed-ring,
  .question {
    fill: none;
    stroke: currentColor;
  }
  .dotted-ring {
    stroke-linecap: round;
    stroke-dasharray: 0.1 3.67;
  }
  .dashed-ring {
    stroke-dasharray: 3.6 2.68;
  }
  .label {
    overflow-wrap: anywhere;
    color: var(--_text);
  }
  .state {
    font-weight: 600;
  }
  .note {
    color: var(--_muted);
  }
  span:empty {
    display: none;
  }
  .arc {
    animation: turn 1.6s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .arc {
      animation: none;
    }
  }
`;
