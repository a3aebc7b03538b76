/** Door 1: the elements' classes and what goes with them. Registers nothing: see `define.ts`. */
export { WaooawSocket } from './elements/socket/socket.ts';
export { WaooawStatusBadge } from './elements/status-badge/status-badge.ts';
export type { BadgeChange, BadgeDetails, BadgeStatus } from './elements/status-badge/status-badge.ts';
export { WaooawStatusBadgeList } from './elements/status-badge-list/status-badge-list.ts';
export type { BadgeListChange, ListedStatus } from './elements/status-badge-list/status-badge-list.ts';
export { WaooawMetricsWidget } from './elements/metrics-widget/metrics-widget.ts';
export type {
  ChartMarker,
  ChartThreshold,
  ThresholdChange,
} from './elements/metrics-widget/metrics-widget.ts';
export { WaooawMetricsGrid } from './elements/metrics-grid/metrics-grid.ts';
export { WaooawPageControls } from './elements/page-controls/page-controls.ts';
export type { PageControlsDetail } from './elements/page-controls/page-controls.ts';
export { WaooawContextSelector } from './elements/context-selector/context-selector.ts';
export type {
  ActionDetail,
  OptionsProvider,
  ProviderPage,
  QuickAction,
  Selected,
  SelectorChange,
  SelectorMessages,
  SelectorOption,
  SelectorValue,
} from './elements/context-selector/context-selector.ts';
export { WaooawTimeline } from './elements/timeline/timeline.ts';
export type {
  EventFilter,
  EventProvider,
  TimelineActor,
  TimelineEvent,
  TimelineMessages,
  TimelineOpen,
  TimelinePage,
} from './elements/timeline/timeline.ts';
export { WaooawProgressTracker } from './elements/progress-tracker/progress-tracker.ts';
export type {
  ActionPhase,
  StageChange,
  StageInput,
  StageToggle,
  TrackerAction,
  TrackerTexts,
  WorkChange,
} from './elements/progress-tracker/progress-tracker.ts';
export { pagePace, setPagePace } from './a11y/page-pace.ts';
export type { Pace } from './a11y/page-pace.ts';
export { chosen } from './context/selection.ts';
export type { ListName, Rule, Selection, SelectionPart, TimeRange } from './context/selection.ts';
export { newContext, pageContext } from './context/page-context.ts';
export type { ContextChange, ContextListener, PageContext, PersistOptions } from './context/context.ts';
export { ContextController } from './elements/context-controller.ts';
export { register } from './elements/register.ts';
export { selectionContext } from './elements/selection-context.ts';
export { socketContext } from './elements/socket-context.ts';
export { pageAnnouncer } from './a11y/announcer.ts';
export type { AnnounceOptions, Announcer, AnnouncerOptions, Urgency } from './a11y/announcer.ts';
export { addLanguage } from './i18n/load.ts';
export type { LanguageLoader } from './i18n/load.ts';
export { onMessages, setMessages } from './i18n/messages.ts';
export type { Language, Message, Messages } from './i18n/messages.ts';
export { pageTimeZone, setPageTimeZone } from './i18n/page-time-zone.ts';
export type { TimeZone } from './i18n/page-time-zone.ts';
export { SocketClient } from './client/socket.ts';
export type { SocketOptions } from './client/options.ts';
export type { SocketState, StateChange } from './client/states.ts';
export type { Across, Aggregation } from './protocol/queries.ts';
export { VERSION } from './protocol/version.ts';
