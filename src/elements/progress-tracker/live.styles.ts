import { css } from 'lit';

/** What can wait until a tracker is alive: its buttons, and what opens and closes. */
export const styles = css`
  button {
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button[aria-disabled] {
    cursor: default;
    opacity: 0.6;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .is-stale {
    border-style: dashed;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-2);
    margin-inline-start: auto;
  }
  .action {
    min-block-size: 2rem;
    padding: 0 var(--_space-3);
    background: var(--_raised);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    overflow-wrap: anywhere;
  }
  .action:hover:not([aria-disabled]) {
    border-color: var(--_accent);
  }
  .action.retry,
  .action.resume {
    border-color: var(--_accent);
    color: var(--_accent-text);
  }
  .phase,
  .refused {
    display: flex;
    flex-basis: 100%;
    align-items: center;
    gap: var(--_space-2);
    font-size: var(--_text-s);
  }
  .phase {
    color: var(--_muted);
  }
  .refused {
    color: var(--_critical);
  }
  .phase span,
  .refused span {
    overflow-wrap: anywhere;
  }
  .steps {
    inline-size: 2.75rem;
    block-size: 0.5rem;
    fill: none;
    stroke: var(--_info);
    stroke-width: 1.5;
  }
  .steps:dir(rtl) {
    rotate: 180deg;
  }
  .steps .reached {
    fill: var(--_info);
  }
  .attempts,
  .time .over {
    margin-inline-start: var(--_space-1);
  }
  a {
    color: var(--_accent-text);
  }
  .over {
    color: var(--_degraded);
  }
  .fill rect {
    transition: width var(--_motion-slow) ease-out;
  }
  .chevron {
    inline-size: 0.875rem;
    block-size: 0.875rem;
    margin-inline-start: 0.35em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    vertical-align: -0.125em;
  }
  [aria-expanded='true'] > .chevron {
    rotate: 180deg;
  }
  /* The hand may miss the words by a little: 24 px, and no higher a line for it. */
  .trigger {
    position: relative;
    padding: 0;
    background: none;
    border: 0;
    border-radius: 2px;
    font-weight: inherit;
    text-align: start;
  }
  .trigger::after {
    position: absolute;
    inset: -0.25rem -0.25rem;
    content: '';
  }
  .trigger:hover .name,
  .tool:hover {
    text-decoration: underline;
  }
  .trigger .chevron {
    color: var(--_muted);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-2) var(--_space-4);
    margin-block-start: var(--_space-3);
    padding-block-start: var(--_space-2);
    border-block-start: 1px solid var(--_border);
  }
  .tool {
    min-block-size: 1.75rem;
    padding: 0;
    background: none;
    border: 0;
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  .result {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: var(--_space-1) var(--_space-4);
    margin-block-start: var(--_space-3);
    font-size: var(--_text-s);
  }
  .caption {
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-1) var(--_space-4);
    margin: 0;
  }
  dl div {
    display: flex;
    gap: 0.5em;
    min-inline-size: 0;
  }
  dt {
    color: var(--_muted);
  }
  dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .share,
  .time {
    font-variant-numeric: tabular-nums;
  }
  @media (forced-colors: active) {
    .track {
      border: 1px solid CanvasText;
    }
    .fill {
      color: Highlight;
    }
    .stage > .figure {
      color: CanvasText;
    }
    .steps {
      stroke: CanvasText;
    }
    .steps .reached {
      fill: CanvasText;
    }
  }
`;
