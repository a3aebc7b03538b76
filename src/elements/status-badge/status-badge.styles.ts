import { css } from 'lit';

export const styles = css`
  :host {
    display: inline-flex;
    vertical-align: middle;
    font-size: 0.875rem;
    line-height: 1.25;
    --_tone: var(--_muted);
  }
  :host([size='s']) {
    font-size: 0.75rem;
  }
  :host([size='l']) {
    font-size: 1rem;
  }
  [data-severity='ok'] {
    --_tone: var(--_ok);
  }
  [data-severity='info'] {
    --_tone: var(--_info);
  }
  [data-severity='degraded'] {
    --_tone: var(--_degraded);
  }
  [data-severity='critical'] {
    --_tone: var(--_critical);
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    min-block-size: 1.75em;
    padding-inline: 0.6em;
    border: 1px solid color-mix(in srgb, var(--_tone) 45%, transparent);
    border-radius: 2em;
    background: color-mix(in srgb, var(--_tone) 10%, var(--_surface));
    color: var(--_tone);
    box-sizing: border-box;
    max-inline-size: 100%;
  }
  .icon-only {
    padding: 0;
    border-color: transparent;
    background: none;
  }
  .stale {
    border-style: dashed;
    border-color: var(--_muted);
  }
  svg {
    inline-size: 1em;
    block-size: 1em;
    flex: none;
    fill: currentColor;
    fill-rule: evenodd;
    overflow: visible;
  }
  .drawn {
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
  }
  .dotted-ring {
    stroke-dasharray: 0.1 3.64;
  }
  .dashed-ring {
    stroke-dasharray: 3.5 2.57;
    stroke-linecap: butt;
  }
  .stale svg {
    opacity: 0.65;
  }
  .label {
    color: var(--_text);
  }
  .state {
    font-weight: 600;
  }
  .label,
  .state {
    overflow-wrap: anywhere;
  }
  .note {
    color: var(--_muted);
  }
  .moving svg {
    animation: turn 1.6s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @keyframes breathe {
    50% {
      opacity: 0.35;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .moving svg {
      animation: breathe 4s ease-in-out infinite;
    }
  }
  @media (forced-colors: active) {
    .badge {
      border-color: CanvasText;
      color: CanvasText;
    }
    .label {
      color: CanvasText;
    }
  }
`;
