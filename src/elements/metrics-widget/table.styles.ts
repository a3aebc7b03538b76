import { css } from 'lit';

/** What the table brings into its widget's shadow root. */
export const tableStyles = css`
  .table {
    margin-block-start: var(--_space-2);
    max-block-size: 15rem;
    overflow: auto;
    overscroll-behavior: contain;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
    color: var(--_text);
    font-size: var(--_text-s);
  }
  .table:focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .table table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  .table caption,
  .table p {
    margin: 0;
    padding: var(--_space-1) var(--_space-2);
    color: var(--_muted);
    text-align: start;
  }
  .table .newer {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    background: var(--_raised);
    color: var(--_text);
    font-weight: 600;
  }
  .table :is(th, td) {
    padding: var(--_space-1) var(--_space-2);
    border-block-start: 1px solid var(--_border);
    font-weight: 400;
    text-align: start;
    vertical-align: baseline;
  }
  .table thead th {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    background: var(--_surface);
    font-weight: 600;
  }
  .table td:nth-child(2) {
    text-align: end;
  }
  .table th:nth-child(2) {
    text-align: end;
  }
  .table bdi {
    direction: ltr;
    unicode-bidi: isolate;
  }
`;
