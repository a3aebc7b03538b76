import { css } from 'lit';

/** What the chart brings into its widget's shadow root when it is loaded. Positions are physical: time runs left to right. */
export const viewStyles = css`
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
  .chart {
    touch-action: pan-y;
  }
  .chart:has(~ .inspector:focus-visible) {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 2px;
    border-radius: 2px;
  }
  /* What is focused to read points has the chart's frame for its ring, and takes no room of its own. */
  .inspector {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
    outline: none;
  }
  .hair,
  .dot,
  .readout {
    position: absolute;
    pointer-events: none;
  }
  .hair {
    inset-block: 0;
    left: 0;
    inline-size: 0;
    border-left: 1px solid var(--_border-strong);
  }
  .dot {
    top: 0;
    left: 0;
    inline-size: 0.5rem;
    block-size: 0.5rem;
    margin: -0.25rem;
    box-sizing: border-box;
    border: 2px solid var(--_surface);
    border-radius: 50%;
    background: currentColor;
    forced-color-adjust: none;
  }
  .readout {
    top: 0;
    display: flex;
    flex-wrap: wrap;
    column-gap: var(--_space-2);
    max-inline-size: calc(100% - 1rem);
    max-block-size: 100%;
    overflow: hidden;
    padding: 0.0625rem var(--_space-2);
    box-sizing: border-box;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
    background: var(--_overlay);
    color: var(--_text);
    font-size: var(--_text-s);
    line-height: 1.35;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .readout .time,
  .readout .notes {
    color: var(--_muted);
  }
  .readout .notes {
    flex-basis: 100%;
  }
  .readout .notes:empty {
    display: none;
  }
  .readout bdi {
    font-weight: 600;
  }
  .hair[hidden],
  .dot[hidden],
  .readout[hidden] {
    display: none;
  }
  @media (forced-colors: active) {
    .dot {
      border-color: Canvas;
      background: Highlight;
    }
    .hair {
      border-color: Highlight;
    }
  }
`;
