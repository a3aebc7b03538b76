import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .card {
    display: grid;
    grid-template-rows: auto auto 1fr auto;
    gap: var(--_space-1);
    min-block-size: calc(11rem - 2rem * var(--_density));
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
    font-size: clamp(var(--_text-2xl), 13cqi, var(--_text-3xl));
    font-weight: 600;
    line-height: 1.15;
    font-variant-numeric: tabular-nums;
    white-space: pre;
    /* Numbers with their units read from left to right in every language. */
    direction: ltr;
    unicode-bidi: isolate;
    justify-content: start;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
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
    min-block-size: 3rem;
    block-size: 100%;
    overflow: hidden;
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
  /* What uPlot's own sheet would say of a chart without axes and legend; it cannot reach into a shadow root. */
  .uplot,
  .uplot * {
    box-sizing: border-box;
  }
  .uplot .u-wrap {
    position: relative;
    user-select: none;
  }
  .uplot canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
  }
  .uplot .u-over,
  .uplot .u-under {
    position: absolute;
    pointer-events: none;
  }
  @media (forced-colors: active) {
    .chart {
      color: CanvasText;
    }
  }
`;
