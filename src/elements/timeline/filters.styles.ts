/** How the filters look. Goes with the tokens and the surfaces. */
import { css } from 'lit';

export const styles = css`
  .filters {
    display: grid;
    gap: var(--_space-3);
    min-inline-size: 0;
    font-size: var(--_text-m);
    overflow-wrap: anywhere;
  }
  .filters :is(ul, p, fieldset) {
    margin: 0;
    padding: 0;
    border: 0;
    list-style: none;
  }
  .filters :is(.set, .values, .suggestions) {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-1) var(--_space-2);
  }
  .filters .fields {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--_space-2) var(--_space-3);
  }
  .filters .field {
    display: grid;
    flex: 1 1 12rem;
    gap: var(--_space-1);
    min-inline-size: 0;
  }
  /* Beside the two times, or above both of them in less than 40rem: never one of them alone. */
  .filters .field:first-child {
    flex-basis: clamp(12rem, (40rem - 100%) * 999, 100%);
  }
  .filters .query {
    display: grid;
    gap: var(--_space-1);
  }
  .filters :is(legend, label, .field > span) {
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  .filters legend {
    padding: 0;
    padding-block-end: var(--_space-1);
  }
  .filters fieldset {
    min-inline-size: 0;
  }
  .filters input {
    box-sizing: border-box;
    inline-size: 100%;
    min-inline-size: 0;
    min-block-size: var(--_control-size);
    padding-inline: 0.5rem;
    background: var(--_surface);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    color: var(--_text);
    font: inherit;
    font-size: var(--_text-m);
  }
  .filters #query {
    font-family: var(--_font-mono);
    text-align: start;
  }
  .filters .search {
    max-inline-size: 16rem;
    margin-block-end: var(--_space-1);
  }
  .filters button {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    max-inline-size: 100%;
    min-block-size: 1.75rem;
    padding: 0.0625rem 0.625rem;
    background: var(--_raised);
    border: 1px solid var(--_border);
    border-radius: var(--_radius-pill);
    color: var(--_text);
    font: inherit;
    font-size: var(--_text-s);
    text-align: start;
    cursor: pointer;
  }
  .filters .suggestions button {
    border-radius: var(--_radius-s);
    font-family: var(--_font-mono);
  }
  .filters button:hover {
    border-color: var(--_border-strong);
  }
  .filters :is(button, input):focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .filters [aria-pressed='true'] {
    border-color: var(--_accent);
    box-shadow: inset 0 0 0 1px var(--_accent);
    font-weight: 600;
  }
  .filters svg {
    inline-size: 0.75em;
    block-size: 0.75em;
    fill: currentColor;
  }
  .filters .tick {
    display: none;
    color: var(--_accent-text);
  }
  .filters [aria-pressed='true'] .tick {
    display: inline;
  }
  .filters small {
    color: var(--_muted);
    font-size: inherit;
    font-weight: 400;
    font-variant-numeric: tabular-nums;
  }
  .filters .aloud {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .filters .hint {
    color: var(--_muted);
    font-size: var(--_text-s);
  }
  .filters .problem {
    display: grid;
    flex-basis: 100%;
    gap: var(--_space-1);
    color: var(--_critical);
    font-size: var(--_text-s);
  }
  .filters .problem code {
    color: var(--_muted);
    font-family: var(--_font-mono);
    white-space: pre-wrap;
  }
  .filters mark {
    background: none;
    color: var(--_critical);
    text-decoration: underline wavy;
  }
  .filters [aria-invalid] {
    border-color: var(--_critical);
  }
  @media (forced-colors: active) {
    .filters [aria-pressed='true'] {
      border-color: Highlight;
      outline: 1px solid Highlight;
    }
  }
`;
