/** What the lazy part of a list knows of its element, and the types of what it is given. */
import type { LitElement } from 'lit';
import type { StateMessages } from '../../i18n/states.ts';
import type { BadgeDetailsMessages } from '../status-badge/details-words.ts';
import type { BadgeStatus } from '../status-badge/host.ts';
import type { BadgeMessages } from '../status-badge/words.ts';
import type { BadgeListMessages } from './words.ts';

/** One thing: the shape of the health API's checks, as much of it as there is. */
export type ListedStatus = BadgeStatus;

/** Texts of one list's own. */
export type BadgeListTexts = Partial<
  BadgeListMessages & BadgeMessages & BadgeDetailsMessages & StateMessages
>;

/** Detail of `waooaw-state-change`. */
export interface BadgeListChange {
  /** Id of the check, or the title where it has none. */
  readonly check: string;
  readonly state: string;
  readonly previous: string;
  readonly severity: string;
}

/** The element. */
export interface BadgeListHost extends LitElement {
  readonly items: readonly ListedStatus[] | undefined;
  readonly tag: string | null;
  readonly context: string | null;
  readonly label: string;
  readonly details: 'disclosure' | '';
  readonly incidentHref: string;
  readonly maxItems: number;
  readonly messages: BadgeListTexts | undefined;
}
