/** What `<waooaw-timeline>` says before its inside is there. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const timelineFrameMessages = /* @__PURE__ */ defineMessages('timeline-frame', {
  failed: 'The timeline could not be loaded.',
  retry: 'Try again',
});

/** For translations. */
export type TimelineFrameMessages = MessagesOf<typeof timelineFrameMessages>;
