import { css } from 'lit';

/** What the first paint needs. */
export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
    min-block-size: var(--waooaw-progress-tracker-size, 8rem);
    font-size: var(--_text-m);
    line-height: 1.4;
  }
  .card {
    --_tone: var(--_muted);
    box-sizing: border-box;
    min-block-size: inherit;
    padding: var(--_space-4);
    background: var(--_surface);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
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
  .neutral,
  .unknown {
    --_tone: var(--_muted);
  }
  p,
  ol {
    margin: 0;
    padding: 0;
    /* Not none: VoiceOver would take it for no list. */
    list-style: '';
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_space-1) var(--_space-3);
    min-block-size: 2rem;
  }
  .label {
    font-size: var(--_text-l);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .state {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    color: var(--_tone);
    font-weight: 600;
  }
  .track {
    block-size: 0.375rem;
    margin-block: var(--_space-2) var(--_space-1);
    overflow: clip;
    background: color-mix(in srgb, var(--_border-strong) 35%, transparent);
    border-radius: var(--_radius-pill);
  }
  .track:dir(rtl) {
    rotate: 180deg;
  }
  .fill {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    color: var(--_tone);
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--_space-3);
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .percent {
    color: var(--_text);
    font-weight: 600;
  }
  .note {
    color: var(--_muted);
  }
  .error {
    color: var(--_critical);
    overflow-wrap: anywhere;
  }
  .stages {
    margin-block-start: var(--_space-4);
  }
  .stage {
    position: relative;
    display: grid;
    grid-template-columns: 1.25rem minmax(0, 1fr);
    gap: var(--_space-1) var(--_space-3);
    padding-block-end: var(--_space-3);
  }
  .stage:last-child {
    padding-block-end: 0;
  }
  .stage > .figure {
    inline-size: 1.25rem;
    block-size: 1.25rem;
    color: var(--_tone);
  }
  /* From one figure to the next. */
  .stage:not(:last-child)::before {
    position: absolute;
    inset-block: 1.375rem 0.125rem;
    inset-inline-start: calc(0.625rem - 1px);
    border-inline-start: 2px solid var(--_rail, var(--_border));
    content: '';
  }
  .completed {
    --_rail: var(--_ok);
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--_space-2);
    min-block-size: 1.5rem;
  }
  .title {
    overflow-wrap: anywhere;
  }
  [aria-current] .title {
    font-weight: 600;
  }
  .pending .title {
    color: var(--_muted);
  }
  .number {
    margin-inline-end: 0.4em;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .word {
    color: var(--_tone);
    font-size: var(--_text-s);
  }
  .time {
    margin-inline-start: auto;
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  .description,
  .stage .error {
    font-size: var(--_text-s);
    overflow-wrap: anywhere;
  }
  .description {
    color: var(--_muted);
  }
  .horizontal {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(7rem, 100%), 1fr));
    row-gap: var(--_space-3);
  }
  .horizontal > .stage {
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    padding: 0;
    padding-inline-end: var(--_space-3);
  }
  .horizontal > .stage:not(:last-child)::before {
    inset-block: calc(0.625rem - 1px) auto;
    inset-inline: 1.625rem 0.375rem;
    border-inline-start: 0;
    border-block-start: 2px solid var(--_rail, var(--_border));
  }
  .horizontal .line {
    flex-direction: column;
  }
  .horizontal .time {
    margin-inline-start: 0;
  }
`;
