/** How an opened event looks. Goes with the tokens and the surfaces. */
import { css } from 'lit';

export const styles = css`
  .event-details {
    display: grid;
    gap: var(--_space-3);
    min-inline-size: 0;
    padding-block: var(--_space-2) var(--_space-3);
    container-type: inline-size;
    font-size: var(--_text-m);
    line-height: 1.45;
    overflow-wrap: anywhere;
  }
  .event-details :is(p, dl, dd, ul) {
    margin: 0;
    padding: 0;
  }
  .event-details .description {
    max-inline-size: 70ch;
  }
  .event-details :is(.value, code) {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .event-details code,
  .event-details :is(.tree, .changes) .value {
    font-family: var(--_font-mono);
    font-size: 0.93em;
  }
  .event-details code {
    color: var(--_muted);
  }
  /* Times and ids are broken only where they are longer than the line. */
  .event-details dd > code {
    display: inline-block;
    max-inline-size: 100%;
  }
  .event-details dl {
    display: grid;
    gap: var(--_space-1) var(--_space-4);
  }
  .event-details dl > div {
    display: grid;
    grid-template-columns: clamp(5rem, 26cqi, 9rem) minmax(0, 1fr);
    gap: var(--_space-4);
  }
  .event-details :is(dt, .name, .heading, caption, thead th) {
    color: var(--_muted);
    font-weight: 400;
  }
  .event-details :is(.heading, caption) {
    padding-block-end: var(--_space-1);
    color: var(--_text);
    font-weight: 600;
    text-align: start;
  }
  .event-details .tree {
    display: grid;
    gap: 0.125rem;
    list-style: none;
  }
  .event-details .tree .tree {
    margin-block-start: 0.125rem;
    padding-inline-start: var(--_space-3);
    border-inline-start: 1px solid var(--_border);
  }
  .event-details .name {
    margin-inline-end: 0.5em;
  }
  .event-details .none {
    color: var(--_muted);
    font-style: italic;
  }
  .event-details time {
    color: inherit;
    font-size: inherit;
    white-space: normal;
  }
  .event-details .state {
    display: inline-flex;
    align-items: center;
    gap: 0.4em;
    color: var(--_tone);
  }
  .event-details .ok {
    --_tone: var(--_ok);
  }
  .event-details .info {
    --_tone: var(--_info);
  }
  .event-details .degraded {
    --_tone: var(--_degraded);
  }
  .event-details .critical {
    --_tone: var(--_critical);
  }
  .event-details :is(.neutral, .unknown, .muted) {
    --_tone: var(--_muted);
  }
  .event-details a {
    color: var(--_accent-text);
  }
  .event-details .changes {
    inline-size: 100%;
    border-collapse: collapse;
    table-layout: fixed;
  }
  .event-details .changes :is(th, td) {
    padding: var(--_space-1) var(--_space-3) var(--_space-1) 0;
    border-block-end: 1px solid var(--_border);
    font-weight: 400;
    text-align: start;
    vertical-align: top;
  }
  .event-details .changes :is(th, td):dir(rtl) {
    padding: var(--_space-1) 0 var(--_space-1) var(--_space-3);
  }
  .event-details .changes .place {
    display: block;
    font-family: var(--_font-mono);
    font-size: 0.93em;
  }
  .event-details :is(.sign, .kind) {
    color: var(--_tone);
    font-size: var(--_text-s);
    font-weight: 600;
  }
  .event-details .sign {
    display: inline-block;
    inline-size: 1em;
    font-family: var(--_font-mono);
  }
  .event-details .added {
    --_tone: var(--_ok);
  }
  .event-details .removed {
    --_tone: var(--_critical);
  }
  .event-details .changed {
    --_tone: var(--_info);
  }
  .event-details :is(.removed, .changed) .before .value {
    background: color-mix(in srgb, var(--_critical) 10%, transparent);
  }
  .event-details :is(.added, .changed) .after .value {
    background: color-mix(in srgb, var(--_ok) 12%, transparent);
  }
  .event-details button {
    min-block-size: 1.5rem;
    padding: 0 0.5rem;
    background: none;
    border: 1px solid var(--_border);
    border-radius: var(--_radius-s);
    color: var(--_accent-text);
    font: inherit;
    font-size: var(--_text-s);
    cursor: pointer;
  }
  .event-details button:hover {
    border-color: var(--_border-strong);
    background: var(--_raised);
  }
  .event-details button:focus-visible {
    outline: var(--_focus-ring-width) solid var(--_focus);
    outline-offset: 1px;
  }
  .event-details button[aria-disabled] {
    color: var(--_muted);
    cursor: progress;
  }
  .event-details .more {
    justify-self: start;
  }
  .event-details .action {
    min-block-size: 1.75rem;
    padding-inline: 0.75rem;
  }
  .event-details .proof {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--_space-2) var(--_space-3);
  }
  .event-details .verdict {
    display: flex;
    align-items: center;
    gap: 0.4em;
    color: var(--_tone);
  }
  .event-details .proof svg {
    inline-size: 1.125em;
    block-size: 1.125em;
    fill: currentColor;
    fill-rule: evenodd;
  }
  .event-details .why {
    flex: 1 1 18rem;
    color: var(--_muted);
  }
  @container (max-width: 17rem) {
    .event-details dl > div {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
    .event-details dl {
      gap: var(--_space-2);
    }
  }
  @container (max-width: 30rem) {
    .event-details dl > div {
      gap: var(--_space-2);
    }
    .event-details .changes,
    .event-details .changes :is(tbody, tr, th, td) {
      display: block;
    }
    .event-details .changes thead {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .event-details .changes :is(tbody th, td) {
      padding-inline: 0;
      border: 0;
    }
    .event-details .changes tr {
      padding-block: var(--_space-1);
      border-block-end: 1px solid var(--_border);
    }
    .event-details .changes td {
      display: grid;
      grid-template-columns: 4.5rem minmax(0, 1fr);
    }
    .event-details .changes td > * {
      grid-column: 2;
      justify-self: start;
    }
    .event-details .changes td::before {
      color: var(--_muted);
      content: attr(data-label) / '';
    }
    .event-details .changes caption {
      display: block;
    }
  }
  @media (forced-colors: active) {
    .event-details button {
      border-color: ButtonBorder;
    }
    .event-details :is(.removed, .changed) .before .value {
      text-decoration: line-through;
    }
  }
`;
