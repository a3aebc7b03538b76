import { css } from 'lit';

/** What can wait until a badge is alive: states that it is not in before, and how it breaks where there is little room. */
export const styles = css`
  .badge {
    max-inline-size: 100%;
    /* Of one line the ends are round; of more lines the corners alone, or they would cut off text. */
    border-radius: min(var(--_radius-pill), 1em);
  }
  .badge.stale,
  .badge.error {
    --_tone: var(--_muted);
    border-style: dashed;
  }
  /* Beside the figure, however many lines it has itself. */
  .label {
    max-inline-size: calc(100% - 1.5em);
    overflow-wrap: anywhere;
  }
  .note {
    overflow-wrap: anywhere;
    color: var(--_muted);
  }
  :host([plain]) .badge {
    background: none;
  }
`;
