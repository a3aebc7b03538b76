import { css } from 'lit';

/** What opens: facts, lines and the waterfall. */
export const styles = css`
  .details {
    display: grid;
    gap: var(--_space-2);
    margin-block: var(--_space-2) var(--_space-1);
    font-size: var(--_text-s);
  }
  .log {
    position: relative;
    margin-block-start: var(--_space-2);
    font-size: var(--_text-s);
  }
  .details > .log {
    margin: 0;
  }
  .lines {
    box-sizing: border-box;
    max-block-size: 18rem;
    padding-block: var(--_space-1);
    overflow-y: auto;
    background: var(--_raised);
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
    font-family: var(--_font-mono);
    line-height: 1.25rem;
  }
  .lines:focus-visible {
    outline-offset: -1px;
  }
  .quiet {
    padding-inline: var(--_space-3);
    color: var(--_muted);
    font-family: var(--_font);
  }
  .row {
    box-sizing: border-box;
    padding-inline: var(--_space-3);
    overflow-wrap: anywhere;
  }
  .text {
    white-space: pre-wrap;
  }
  .opened {
    margin-block-start: var(--_space-3);
  }
  .at {
    margin-inline-end: var(--_space-2);
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .stream {
    margin-inline-end: var(--_space-2);
    padding-inline: 0.35em;
    border: 1px solid;
    border-radius: 2px;
    font-family: var(--_font);
    font-size: 0.6875rem;
    white-space: nowrap;
  }
  .stderr .stream {
    color: var(--_degraded);
  }
  .engine .stream {
    color: var(--_info);
  }
  .gap {
    color: var(--_degraded);
    font-family: var(--_font);
  }
  .above {
    margin-block-end: var(--_space-1);
  }
  .wrong {
    color: var(--_critical);
  }
  .newest {
    position: absolute;
    inset-block-end: var(--_space-2);
    inset-inline-end: var(--_space-4);
    min-block-size: 1.75rem;
    padding-inline: var(--_space-3);
    background: var(--_accent);
    border: 1px solid var(--_accent);
    border-radius: var(--_radius-pill);
    color: var(--_on-accent);
    font-weight: 500;
  }
  .waterfall {
    margin-block-start: var(--_space-2);
    font-size: var(--_text-s);
  }
  .waterfall ul {
    display: grid;
    grid-template-columns: fit-content(12rem) minmax(4rem, 1fr) auto;
    gap: var(--_space-1) var(--_space-3);
    margin: var(--_space-1) 0 0;
    padding: 0;
    list-style: '';
  }
  .waterfall li {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: center;
  }
  .of {
    overflow-wrap: anywhere;
  }
  .span {
    inline-size: 100%;
    block-size: 0.625rem;
    background: color-mix(in srgb, var(--_border) 40%, transparent);
    border-radius: 2px;
    fill: var(--_tone);
    stroke: none;
  }
  .span:dir(rtl) {
    rotate: 180deg;
  }
  .waited {
    fill: var(--_muted);
    opacity: 0.6;
  }
  .spent {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  /* Names and times above, bars below. */
  @container (inline-size < 26rem) {
    .waterfall ul {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .span {
      grid-row: 2;
      grid-column: 1 / -1;
    }
    .spent {
      text-align: end;
    }
  }
  @media (forced-colors: active) {
    .span {
      background: Canvas;
      outline: 1px solid CanvasText;
      fill: CanvasText;
    }
    .waited {
      fill: GrayText;
      opacity: 1;
    }
  }
`;
