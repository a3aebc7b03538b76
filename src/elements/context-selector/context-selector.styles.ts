import { css } from 'lit';

export const styles = css`
  :host {
    display: inline-block;
    box-sizing: border-box;
    inline-size: 16rem;
    max-inline-size: 100%;
    vertical-align: top;
    font-size: var(--_text-m);
    line-height: 1.25;
  }
  *,
  ::before {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  [part='label'] {
    display: block;
    margin-block-end: var(--_space-1);
    overflow-wrap: anywhere;
    font-weight: 500;
  }
  .star {
    margin-inline-start: 0.2em;
    color: var(--_critical);
  }
  .control {
    display: flex;
    align-items: center;
    inline-size: 100%;
    min-block-size: var(--_control-size);
    padding-inline-end: 0.125rem;
    background: var(--_surface);
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius-s);
    transition: border-color var(--_motion-fast);
  }
  .control:focus-within {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .invalid {
    border-color: var(--_critical);
  }
  .disabled {
    border-style: dashed;
    color: var(--_muted);
  }
  input,
  button {
    color: inherit;
    font: inherit;
  }
  button {
    cursor: pointer;
  }
  [part='input'] {
    flex: 1;
    align-self: stretch;
    min-inline-size: 3rem;
    padding: 0 0.75em;
    background: none;
    border: 0;
    outline: 0;
    text-overflow: ellipsis;
  }
  .icon + [part='input'] {
    padding-inline-start: 0.5em;
  }
  .control > .icon {
    margin-inline-start: 0.75em;
  }
  ::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  [part='trigger'] {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 0.5em;
    align-self: stretch;
    min-inline-size: 0;
    padding-block: 0;
    padding-inline: 0.75em 0.375rem;
    background: none;
    border: 0;
    outline: 0;
    text-align: start;
  }
  .summary {
    display: flex;
    flex: 1;
    gap: 0.5em;
    min-inline-size: 0;
  }
  .names {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .placeholder {
    color: var(--_muted);
  }
  .more {
    flex: none;
    padding-inline: 0.4em;
    background: var(--_raised);
    border-radius: var(--_radius-s);
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .small {
    display: grid;
    flex: none;
    place-content: center;
    inline-size: 1.75rem;
    block-size: max(1.5rem, var(--_control-size) - 0.5rem);
    padding: 0;
    background: none;
    border: 0;
    border-radius: var(--_radius-s);
    color: var(--_muted);
  }
  /* The arrow is last in both kinds, also where it is part of the button: to clear stands over that. */
  [part='trigger'] + .small {
    position: relative;
    margin-inline: -3.5rem 1.75rem;
  }
  .control:has([part='trigger'] + .small) .summary {
    margin-inline-end: 1.75rem;
  }
  .small:not(:disabled):hover {
    background: var(--_raised);
    color: var(--_text);
  }
  .small:focus-visible,
  .popup :is(button, .range input):focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  :disabled {
    cursor: not-allowed;
  }
  .line,
  .check {
    fill: none;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.75;
  }
  .line {
    color: var(--_muted);
  }
  [aria-expanded='true'] > .line {
    rotate: 0.5turn;
  }
  .small > .line {
    color: inherit;
  }
  .icon {
    flex: none;
    inline-size: 1.5em;
    max-inline-size: 3em;
    overflow: hidden;
    color: var(--_muted);
    text-align: center;
    white-space: nowrap;
  }
  svg.icon {
    inline-size: 1.125em;
    block-size: 1.125em;
    margin-inline: 0.1875em;
  }
  .state {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 0.35em;
    max-inline-size: 50%;
    color: var(--_muted);
    font-size: var(--_text-s);
    overflow-wrap: anywhere;
  }
  .ok {
    color: var(--_ok);
  }
  .info {
    color: var(--_info);
  }
  .state.degraded {
    color: var(--_degraded);
  }
  .critical {
    color: var(--_critical);
  }
  [part='message'],
  .problem {
    margin: var(--_space-1) 0 0;
    color: var(--_critical);
    overflow-wrap: anywhere;
  }
  @media (forced-colors: active) {
    :disabled,
    .disabled {
      border-color: GrayText;
      color: GrayText;
    }
  }
`;
