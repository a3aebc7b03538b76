/** What the lazy parts of a badge know of their element, and the types of what it is given. */
import type { LitElement } from 'lit';
import type { StateMessages } from '../../i18n/states.ts';
import type { CheckHistory, CheckStatus } from '../../protocol/health.ts';
import type { BadgeDetailsMessages } from './details-words.ts';
import type { BadgeMessages } from './words.ts';

/** All that is known of one thing. Any word of the vocabulary will do for its state. */
export interface BadgeStatus extends Partial<Omit<CheckStatus, 'state' | 'word'>> {
  readonly state?: string;
  /** What to show: the state, or what stands above it. */
  readonly word?: string;
  /** Its past; of a check that is followed, the server is asked for it. */
  readonly history?: CheckHistory;
}

/** What opens beside a badge. */
export type BadgeDetails = 'tooltip' | 'disclosure' | '';

/** Texts of one badge's own: its notes, its details, and the vocabulary's labels by word. */
export type BadgeTexts = Partial<BadgeMessages & BadgeDetailsMessages & StateMessages>;

/** Detail of `waooaw-state-change`. */
export interface BadgeChange {
  readonly state: string;
  readonly previous: string;
  readonly severity: string;
}

/** The badge, as its living part sees it. */
export interface BadgeHost extends LitElement {
  readonly state: string;
  readonly label: string;
  readonly check: string;
  readonly tag: string;
  readonly context: string | null;
  readonly status: BadgeStatus | undefined;
  readonly showSince: boolean;
  readonly details: BadgeDetails;
  readonly incidentHref: string;
  readonly messages: BadgeTexts | undefined;
}
