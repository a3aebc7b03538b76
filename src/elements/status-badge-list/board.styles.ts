import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    line-height: 1.25;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_space-2);
    min-block-size: 1.75em;
    margin-block-end: var(--_space-2);
  }
  .name {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .counts,
  .more,
  .message {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  ul[part='list'] {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-2);
    margin: 0;
    padding: 0;
    /* Safari takes a list without bullets for none, but not one whose bullet is an empty text. */
    list-style: '';
  }
  li[part='item'] {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    min-inline-size: 0;
    max-inline-size: 100%;
  }
  .more,
  .message {
    margin: var(--_space-2) 0 0;
  }
`;
