/** Door for those who write widgets of their own on ours: the controllers that our elements are made of. */
export { ActiveDescendant, nameActiveDescendant } from './elements/active-descendant.ts';
export type { ActiveDescendantOptions, Choice, Key, KeyResult } from './elements/active-descendant.ts';
export { ChannelController } from './elements/channel-controller.ts';
export type { ChannelHandler } from './elements/channel-controller.ts';
export type { Freshness } from './client/freshness.ts';
export {
  FORCED_COLORS,
  MORE_CONTRAST,
  MediaController,
  REDUCED_MOTION,
  watchMedia,
} from './elements/media.ts';
export { PopoverController } from './elements/popover.ts';
export type { CloseReason, PopoverOptions } from './elements/popover.ts';
export { RovingFocus } from './elements/roving-focus.ts';
export type { Orientation, RovingFocusOptions } from './elements/roving-focus.ts';
export { watchSight } from './elements/sight.ts';
export { ALL_BELOW, VirtualList } from './elements/virtual-list.ts';
export type { Align, VirtualItem, VirtualListOptions } from './elements/virtual-list.ts';
