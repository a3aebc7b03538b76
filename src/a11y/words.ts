/** What the announcer itself says. */
import { defineMessages } from '../i18n/messages.ts';
import type { MessagesOf } from '../i18n/messages.ts';

export const announcerMessages = /* @__PURE__ */ defineMessages('announcer', {
  /** Behind the sentences that are said: how many are not. */
  more: (count: number) => `${count} more`,
});

/** For translations. */
export type AnnouncerMessages = MessagesOf<typeof announcerMessages>;
