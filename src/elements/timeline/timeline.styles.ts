import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    block-size: var(--waooaw-timeline-size, 32rem);
    container-type: inline-size;
    font-size: var(--_text-m);
    line-height: 1.4;
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
`;
