/** What a widget says of a selection that it cannot follow. Loaded with the following of contexts. */
import type { ListName } from '../../context/selection.ts';
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

const NAMES: Readonly<Record<ListName, string>> = {
  agents: 'agents',
  services: 'services',
  environments: 'environments',
};

export const narrowingMessages = /* @__PURE__ */ defineMessages('metrics-context', {
  /** In short: one question cannot name them all. */
  several: 'Too many chosen',
  /** In short: a rule of the selection lets nothing through. */
  none: 'None chosen',
  /** @param list what was chosen from: `agents`, `services` or `environments`. @param count at least 2. */
  chooseFewer: (list: ListName, count: number) => `${count} ${NAMES[list]} chosen: choose fewer`,
  /** @param list what a rule finds nothing of. */
  noneMatches: (list: ListName) => `No ${NAMES[list]} match: choose one`,
});

/** For translations. */
export type NarrowingMessages = MessagesOf<typeof narrowingMessages>;
