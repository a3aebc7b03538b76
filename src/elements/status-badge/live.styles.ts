import { css } from 'lit';

/** What can wait until a badge is alive: states that it is not in before, and how it breaks where there is little room. */
export const styles = css`
  .badge.stale,
  .badge.error {
    --_tone: var(--_muted);
    border-style: dashed;
  }
  .label {
    overflow-wrap: anywhere;
  }
  /* Where there is little room, the name keeps its words whole for longer. */
  .note {
    flex-shrink: 4;
    color: var(--_muted);
  }
  :host([plain]) .badge {
    background: none;
  }
`;
