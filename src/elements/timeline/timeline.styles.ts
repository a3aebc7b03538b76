import { css } from 'lit';

/** The frame alone: what stands in it brings its own, except for the words that say that nothing came. */
export const styles = css`
  :host {
    display: block;
    block-size: var(--waooaw-timeline-size, 32rem);
    font-size: var(--_text-m);
  }
  .card {
    position: relative;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    box-sizing: border-box;
    overflow: clip;
    background: var(--_surface);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
  }
  .card > p {
    margin: auto;
    text-align: center;
  }
  .card > p > button {
    padding: 0.25rem 0.5rem;
    background: var(--_surface);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    color: inherit;
    font: inherit;
  }
`;
