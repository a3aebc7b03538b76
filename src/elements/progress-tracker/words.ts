/** What `<waooaw-progress-tracker>` says at first, but for the states: those are the vocabulary's. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const trackerMessages = /* @__PURE__ */ defineMessages('progress-tracker', {
  /** Name of the whole, where neither page nor operation gives one. */
  label: 'Progress',
  /** Name of the list. */
  stages: 'Stages',
  loading: 'Loading…',
  /** The whole in one sentence. @param stage which one it is at; empty: none. @param left how long it may take; may be empty. */
  valueText: (state: string, percent: string, stage: string, left: string) =>
    [state, stage, percent, left].filter(Boolean).join(', '),
  /** @param at its number. @param of how many. */
  stageOf: (at: string, of: string, title: string) => `stage ${at} of ${of}: ${title}`,
});

/** For translations. */
export type TrackerMessages = MessagesOf<typeof trackerMessages>;
