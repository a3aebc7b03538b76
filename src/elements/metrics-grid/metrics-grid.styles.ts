import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .label {
    margin: 0 0 var(--_space-3);
    color: var(--_text);
    font-size: var(--_text-l);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  ul {
    display: grid;
    grid-template-columns: repeat(
      auto-fill,
      minmax(min(100%, var(--waooaw-metrics-grid-column, 14rem)), 1fr)
    );
    gap: var(--_space-3);
    margin: 0;
    padding: 0;
    /* Safari takes a list without bullets for none, but not one whose bullet is an empty text. */
    list-style: '';
  }
  /* Cards of one row are equally high, whatever their labels. */
  li {
    display: grid;
    grid-template-rows: 1fr auto;
    min-inline-size: 0;
  }
  waooaw-metrics-widget::part(card) {
    block-size: 100%;
  }
  .silent {
    --waooaw-accent: var(--_muted);
  }
  .since,
  .more {
    margin: var(--_space-1) 0 0;
    color: var(--_muted);
    font-size: var(--_text-s);
    font-variant-numeric: tabular-nums;
  }
  .since {
    color: var(--_degraded);
  }
  .more {
    margin-block-start: var(--_space-3);
    font-size: var(--_text-m);
  }
  .note {
    display: grid;
    align-content: center;
    gap: var(--_space-2);
    min-block-size: 8rem;
    padding: var(--_space-4);
    box-sizing: border-box;
    border: 1px dashed var(--_border-strong);
    border-radius: var(--_radius);
    color: var(--_muted);
    font-size: var(--_text-m);
    text-align: center;
    overflow-wrap: anywhere;
    text-wrap: pretty;
  }
  .note p {
    margin: 0;
  }
  .note p:first-child {
    color: var(--_text);
    font-weight: 600;
  }
  .note.loading,
  .note.idle {
    border-color: var(--_border);
  }
  .note.loading p:first-child,
  .note.idle p:first-child {
    color: var(--_muted);
    font-weight: 400;
  }
  .note.error {
    border-color: var(--_critical);
    border-style: solid;
  }
`;
