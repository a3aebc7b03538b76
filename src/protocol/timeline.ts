/** The shape of what a timeline shows, from whatever source. */
import type { Json } from './frames.ts';

/** Who did something. */
export interface TimelineActor {
  readonly id?: string;
  /** Shown, and its initials where there is no picture. */
  readonly name: string;
  readonly kind?: 'user' | 'service' | 'agent' | 'system' | 'anonymous';
  /** URL of a picture. */
  readonly avatar?: string;
}

/** Something that happened. */
export interface TimelineEvent {
  /** Unique; the same id again is the same event, newer. */
  readonly id: string;
  /** ms since 1970. */
  readonly time: number;
  /** What kind of event: `upgrade`, `login`, … Filters go by it. */
  readonly type: string;
  /** One line of plain text. */
  readonly title: string;
  /** Plain text. */
  readonly description?: string;
  readonly actor?: TimelineActor;
  /** A word of the vocabulary (`completed`, `failed`, …), shown as a badge. */
  readonly status?: string;
  /** ms. */
  readonly durationMs?: number;
  /** Where there is more to read. */
  readonly href?: string;
  readonly before?: Json;
  readonly after?: Json;
  /** Whatever else is worth knowing, shown when the event is opened. */
  readonly details?: Json;
  readonly tags?: Readonly<Record<string, string>>;
  /** Its place in the audit trail, where it stands there. */
  readonly sequence?: number;
}

/** First message of a channel that a timeline follows: events newest first. */
export interface TimelineSnapshot {
  readonly events: readonly TimelineEvent[];
}

/** A publication on such a channel: oldest first. */
export interface TimelineUpdate {
  readonly events: readonly TimelineEvent[];
}
