/** The vocabulary of states in every language. */
import { findState, STATE_WORDS } from '../protocol/states.ts';
import type { StateWord } from '../protocol/states.ts';
import { defineMessages } from './messages.ts';
import type { MessagesOf } from './messages.ts';

const english = (): Readonly<Record<StateWord, string>> =>
  Object.fromEntries(STATE_WORDS.map((word) => [word, findState(word)?.label ?? word])) as Record<
    StateWord,
    string
  >;

/** Labels by word, as a badge shows them. */
export const stateMessages = /* @__PURE__ */ defineMessages('states', /* @__PURE__ */ english());

/** For translations. */
export type StateMessages = MessagesOf<typeof stateMessages>;
