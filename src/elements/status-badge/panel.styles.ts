import { css } from 'lit';

export const styles = css`
  .panel h3 {
    margin: var(--_space-3) 0 var(--_space-1);
    font-size: var(--_text-m);
    font-weight: 600;
  }
  .panel p {
    margin: var(--_space-2) 0 0;
  }
  .panel .quiet,
  .panel .ends {
    color: var(--_muted);
  }
  .panel ul {
    margin: 0;
    /* In a list of badges, too, it is no list within a list. */
    list-style: disc;
    padding-inline-start: 1.25em;
  }
  .panel a {
    color: var(--_accent-text);
  }
  .history {
    padding-block: 2px;
    cursor: crosshair;
    touch-action: pan-y;
  }
  /* A badge's figure may be a bar, too. */
  .history .bar {
    display: block;
    inline-size: 100%;
    block-size: 2rem;
    fill: var(--_muted);
    stroke: none;
  }
  .bar .up {
    fill: var(--_ok);
  }
  .bar .degraded {
    fill: var(--_degraded);
  }
  .bar .down,
  .bar .unreachable {
    fill: var(--_critical);
  }
  .bar .maintenance,
  .bar .paused {
    fill: var(--_info);
  }
  .bar .cursor {
    fill: none;
    stroke: var(--_text);
    stroke-width: 1.5px;
    vector-effect: non-scaling-stroke;
    visibility: hidden;
  }
  .history:is(:hover, :focus-visible) .cursor {
    visibility: visible;
  }
  .panel .ends {
    display: flex;
    justify-content: space-between;
    gap: 1em;
    /* Clear of the ring around the bar. */
    margin: var(--_space-1) 0 0;
    font-size: var(--_text-s);
  }
  .panel .readout {
    margin: 0;
    min-block-size: 1.4em;
    font-variant-numeric: tabular-nums;
  }
  .panel .uptime {
    grid-template-columns: repeat(auto-fit, minmax(4.5rem, 1fr));
  }
  .panel .uptime > div {
    display: block;
    grid-column: auto;
  }
  .panel form {
    margin-block-start: var(--_space-3);
  }
  .panel label {
    display: block;
    margin-block-end: var(--_space-1);
    color: var(--_muted);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-2);
  }
  .row input {
    flex: 1 8rem;
    min-inline-size: 0;
  }
  .row input,
  .action {
    box-sizing: border-box;
    min-block-size: var(--_control-size);
    padding-inline: 0.75em;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    background: var(--_surface);
    color: var(--_text);
    font: inherit;
  }
  .action {
    background: var(--_raised);
    cursor: pointer;
  }
  p + .action {
    margin-block-start: var(--_space-2);
  }
  .action[aria-disabled='true'] {
    cursor: progress;
  }
  :is(.action, .row input):focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .failed {
    color: var(--_critical);
  }
  /* Four in a row, or two and two. */
  @media (width < 25rem) {
    .panel .uptime {
      grid-template-columns: 1fr 1fr;
    }
  }
  /* The browser leaves what is drawn as it is: without its colours, too, height and gaps tell the days apart. */
  @media (forced-colors: active) {
    .history .bar path {
      fill: CanvasText;
    }
    .bar .cursor {
      stroke: Highlight;
    }
  }
`;
