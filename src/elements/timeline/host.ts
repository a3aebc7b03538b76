/** What the lazy part of a timeline knows of its element. */
import type { LitElement } from 'lit';
import type { LocaleController } from '../../i18n/locale-controller.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import type { PaceController } from '../page-pace-controller.ts';
import type { EventFilter } from './event-filter.ts';
import type { EventProvider } from './pages.ts';
import type { TimelineMessages } from './words.ts';

/** The element. */
export interface TimelineHost extends LitElement {
  readonly events: readonly TimelineEvent[] | undefined;
  readonly provider: EventProvider | undefined;
  readonly filter: EventFilter | undefined;
  readonly source: string;
  readonly preset: string;
  readonly label: string;
  readonly context: string | null;
  readonly maxItems: number;
  readonly compact: boolean;
  readonly noAvatars: boolean;
  readonly noTimes: boolean;
  readonly noFilters: boolean;
  readonly noBursts: boolean;
  readonly times: string;
  readonly remember: string;
  readonly auditKeys: readonly string[] | undefined;
  readonly messages: Partial<TimelineMessages> | undefined;
  /** @internal */
  readonly parts: {
    readonly internals: ElementInternals;
    readonly locale: LocaleController;
    readonly pace: PaceController;
  };
}

/** Detail of `waooaw-open`. */
export interface TimelineOpen {
  readonly event: TimelineEvent;
  /** False: its details were closed. */
  readonly open: boolean;
}
