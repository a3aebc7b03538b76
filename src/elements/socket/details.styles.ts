import { css } from 'lit';

export const styles = css`
  .details {
    position: absolute;
    z-index: 1;
    inset-block-start: calc(100% + 0.5rem);
    inset-inline-end: 0;
    box-sizing: border-box;
    inline-size: max-content;
    padding: var(--_space-4);
    overflow: auto;
    background: var(--_overlay);
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    box-shadow: var(--_shadow);
    color: var(--_text);
    text-align: start;
  }
  dl {
    display: grid;
    gap: 0.375rem;
    margin: 0 0 var(--_space-4);
  }
  dl div {
    display: grid;
    grid-template-columns: 8.5rem minmax(0, 1fr);
    gap: 0 1rem;
  }
  dt {
    color: var(--_muted);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  @media (max-width: 22rem) {
    dl div {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
