import { css } from 'lit';

export const styles = css`
  :host {
    --_least: 11rem;
    --_facts: 0rem;
    --_number: clamp(var(--_text-2xl), 13cqi, var(--_text-3xl));
    display: block;
    container-type: inline-size;
  }
  /* The row below the number comes later: its place is kept. */
  :host(:is([preset], [compare], [good], [trend], [thresholds])) {
    --_facts: 1.625rem;
  }
  :host([size='s']) {
    --_least: 8.5rem;
    --_number: var(--_text-xl);
  }
  :host([size='l']) {
    --_least: 18rem;
    --_number: clamp(var(--_text-2xl), 13cqi, calc(1.25 * var(--_text-3xl)));
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: var(--_space-1);
    block-size: 100%;
    min-block-size: calc(var(--_least) + var(--_facts) - 2rem * var(--_density));
    padding: var(--_space-4) var(--_space-4) var(--_space-3);
    box-sizing: border-box;
    background: var(--_surface);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
  }
  .stale {
    border-style: dashed;
  }
  .head {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
    gap: var(--_space-3);
    min-block-size: 1.5rem;
  }
  .label {
    flex: 1;
    color: var(--_muted);
    font-size: var(--_text-m);
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .note {
    flex: none;
    color: var(--_degraded);
    font-size: var(--_text-s);
  }
  .value {
    display: flex;
    align-items: baseline;
    font-family: var(--_font-display);
    font-size: var(--_number);
    font-weight: 600;
    line-height: 1.15;
    font-variant-numeric: tabular-nums;
    white-space: pre;
    /* Numbers with their units read from left to right in every language. */
    direction: ltr;
    unicode-bidi: isolate;
    justify-content: start;
    min-inline-size: 0;
    /* Letters reach below the line in some scripts. */
    overflow: clip visible;
  }
  /* And stand where reading begins. */
  :host(:dir(rtl)) .value {
    justify-content: end;
  }
  .stale .value,
  .stale .chart {
    color: var(--_muted);
  }
  .unit {
    margin-inline-start: 0.1em;
    color: var(--_muted);
    font-size: 0.5em;
    font-weight: 500;
  }
  .chart {
    position: relative;
    color: var(--_accent);
    transition: color 1ms;
    flex: 1 1 3rem;
    min-block-size: 3rem;
    overflow: hidden;
  }
  :host([size='s']) .chart {
    flex-basis: 2rem;
    min-block-size: 2rem;
  }
  /* The line of what was followed before would be taken for what is chosen. */
  .unclear .chart {
    visibility: hidden;
  }
  .range {
    display: flex;
    justify-content: space-between;
    gap: var(--_space-2);
    color: var(--_muted);
    font-size: var(--_text-s);
    font-variant-numeric: tabular-nums;
    min-block-size: 1rem;
    overflow-wrap: anywhere;
  }
  .span {
    flex: none;
  }
  bdi {
    direction: ltr;
    unicode-bidi: isolate;
  }
  @container (max-width: 9rem) {
    .chart,
    .range {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .chart {
      color: CanvasText;
    }
  }
`;
