/** What `<waooaw-page-controls>` says in words. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const controlsMessages = /* @__PURE__ */ defineMessages('page-controls', {
  /** Names the group. */
  controls: 'Live updates and times',
  pause: 'Pause live updates',
  /** What a press does when they are paused. */
  resume: 'Resume live updates',
  /** Beside the button while they are paused. */
  paused: 'Updates paused',
  rate: 'Update',
  asTheyCome: 'as they come',
  /** @param span "5 seconds", as `Intl` has it. */
  atMostEvery: (span: string, seconds: number) =>
    seconds === 1 ? 'once a second at most' : `every ${span} at most`,
  utc: 'Times in UTC',

  /** What is said aloud. */
  saidPaused: 'Live updates paused',
  saidResumed: 'Live updates resumed',
  saidAsTheyCome: 'Updates as they come',
  saidAtMostEvery: (span: string, seconds: number) =>
    seconds === 1 ? 'Updates once a second at most' : `Updates every ${span} at most`,
  saidUtc: 'Times are in UTC',
  saidLocal: 'Times are in your time zone',
});

/** For translations, and for the `messages` of an element. */
export type ControlsMessages = MessagesOf<typeof controlsMessages>;
