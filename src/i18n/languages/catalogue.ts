/** What a complete language has: the texts of every component. A text that is missing is a type error in the language. */
import type { AnnouncerMessages } from '../../a11y/words.ts';
import type { SelectorMessages } from '../../elements/context-selector/words.ts';
import type { GridMessages } from '../../elements/metrics-grid/words.ts';
import type { ChartMessages } from '../../elements/metrics-widget/chart-words.ts';
import type { DetailsMessages } from '../../elements/metrics-widget/details-words.ts';
import type { NarrowingMessages } from '../../elements/metrics-widget/narrowing-words.ts';
import type { MetricsMessages } from '../../elements/metrics-widget/words.ts';
import type { ControlsMessages } from '../../elements/page-controls/words.ts';
import type { TrackerDetailsMessages } from '../../elements/progress-tracker/details-words.ts';
import type { PresetMessages } from '../../elements/progress-tracker/preset-words.ts';
import type { TrackerMessages } from '../../elements/progress-tracker/words.ts';
import type { SocketDetailsMessages } from '../../elements/socket/details-words.ts';
import type { SocketMessages } from '../../elements/socket/words.ts';
import type { BadgeDetailsMessages } from '../../elements/status-badge/details-words.ts';
import type { BadgeMessages } from '../../elements/status-badge/words.ts';
import type { BadgeListMessages } from '../../elements/status-badge-list/words.ts';
import type { TimelineAuditMessages } from '../../elements/timeline/audit-words.ts';
import type { TimelineDetailsMessages } from '../../elements/timeline/details-words.ts';
import type { TimelineFrameMessages } from '../../elements/timeline/frame-words.ts';
import type { TimelineMessages } from '../../elements/timeline/words.ts';
import type { StateMessages } from '../states.ts';

/** The texts of all components by name. */
export interface Catalogue {
  readonly announcer: AnnouncerMessages;
  readonly states: StateMessages;
  readonly socket: SocketMessages;
  readonly 'socket-details': SocketDetailsMessages;
  readonly 'status-badge': BadgeMessages;
  readonly 'status-badge-details': BadgeDetailsMessages;
  readonly 'status-badge-list': BadgeListMessages;
  readonly 'metrics-widget': MetricsMessages;
  readonly 'metrics-details': DetailsMessages;
  readonly 'metrics-context': NarrowingMessages;
  readonly 'metrics-chart': ChartMessages;
  readonly 'metrics-grid': GridMessages;
  readonly 'context-selector': SelectorMessages;
  readonly timeline: TimelineMessages;
  readonly 'timeline-frame': TimelineFrameMessages;
  readonly 'timeline-details': TimelineDetailsMessages;
  readonly 'timeline-audit': TimelineAuditMessages;
  readonly 'progress-tracker': TrackerMessages;
  readonly 'progress-tracker-details': TrackerDetailsMessages;
  readonly 'progress-presets': PresetMessages;
  readonly 'page-controls': ControlsMessages;
}
