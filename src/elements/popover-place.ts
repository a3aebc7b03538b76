/** Where a popover stands: below its anchor from its beginning, else where there is more room, always within the view. */

/** Between the popover and its anchor, px. */
const GAP_PX = 4;
/** Between the popover and the edge of the view, px. */
const EDGE_PX = 8;
/** Never lower than this as long as the view has it, px. */
const LEAST_PX = 96;

/** All that is ever set on the popover, so that it can be taken back. */
const PROPERTIES = [
  'position',
  'inset',
  'margin',
  'max-block-size',
  'max-inline-size',
  'min-inline-size',
  'box-sizing',
  'overflow',
  'position-anchor',
  'position-area',
  'position-try-fallbacks',
] as const;

/** Room above and below of an anchor, and the view's edges, px. */
interface Room {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly above: number;
  readonly below: number;
}

let supported: boolean | undefined;

/** Whether the browser has CSS anchor positioning. */
export function supportsAnchors(): boolean {
  return (supported ??=
    CSS.supports('position-area', 'self-block-end span-self-inline-end') &&
    CSS.supports('position-try-fallbacks', 'flip-block') &&
    CSS.supports('anchor-name', '--a'));
}

/** The browser places, follows and flips; only the greatest height, which it cannot know, is measured. */
export function placeByCss(anchor: HTMLElement, popup: HTMLElement, name: string, matchWidth: boolean): void {
  const names = anchorNames(anchor);
  if (!names.includes(name)) write(anchor, 'anchor-name', [...names, name].join(', '));
  const { above, below, left, right } = roomAround(anchor.getBoundingClientRect());
  write(popup, 'position', 'fixed');
  write(popup, 'inset', 'auto');
  write(popup, 'margin', `${GAP_PX}px 0px`);
  write(popup, 'box-sizing', 'border-box');
  write(popup, 'overflow', 'auto');
  write(popup, 'position-anchor', name);
  // Of its own writing direction: that of the view, which is meant otherwise, may be another.
  write(popup, 'position-area', 'self-block-end span-self-inline-end');
  write(popup, 'position-try-fallbacks', 'flip-block, flip-inline, flip-block flip-inline');
  write(popup, 'min-inline-size', matchWidth ? 'anchor-size(inline)' : '');
  write(popup, 'max-inline-size', `${right - left}px`);
  // Not higher than the better side has room for, so that one of them fits; lower would scroll without need.
  write(popup, 'max-block-size', `${Math.max(LEAST_PX, above, below)}px`);
}

/** Places it once. To be called again whenever something moved. */
export function placeByMeasure(anchor: HTMLElement, popup: HTMLElement, matchWidth: boolean): void {
  const at = anchor.getBoundingClientRect();
  const { top, bottom, left, right, above, below } = roomAround(at);
  write(popup, 'position', 'fixed');
  write(popup, 'margin', '0px');
  write(popup, 'box-sizing', 'border-box');
  write(popup, 'overflow', 'auto');
  write(popup, 'min-inline-size', matchWidth ? `${Math.min(at.width, right - left)}px` : '');
  write(popup, 'max-inline-size', `${right - left}px`);
  const { width } = popup.getBoundingClientRect();
  const height = popup.scrollHeight + popup.offsetHeight - popup.clientHeight;
  const under = height <= below || below >= above;
  const limit = Math.max(Math.min(LEAST_PX, bottom - top), under ? below : above);
  const rtl = getComputedStyle(anchor).direction === 'rtl';
  // From the anchor's beginning, from its end where that has no room, and never out of the view.
  const starts = rtl ? [at.right - width, at.left] : [at.left, at.right - width];
  const fits = starts.find((x) => x >= left && x + width <= right) ?? starts[0] ?? left;
  const x = Math.max(left, Math.min(fits, right - width));
  const high = Math.min(height, limit);
  const y = under ? at.bottom + GAP_PX : at.top - GAP_PX - high;
  write(popup, 'max-block-size', `${limit}px`);
  write(popup, 'inset', `${Math.max(top, Math.min(y, bottom - high))}px auto auto ${x}px`);
}

/** Takes back what was set. */
export function forgetPlace(anchor: HTMLElement, popup: HTMLElement, name: string): void {
  for (const property of PROPERTIES) popup.style.removeProperty(property);
  const names = anchorNames(anchor);
  if (names.includes(name)) write(anchor, 'anchor-name', names.filter((other) => other !== name).join(', '));
}

function anchorNames(anchor: HTMLElement): string[] {
  const value = anchor.style.getPropertyValue('anchor-name');
  return value === '' || value === 'none' ? [] : value.split(',').map((name) => name.trim());
}

/** In the coordinates of fixed elements, within what a zoomed reader sees. */
function roomAround(at: DOMRect): Room {
  const { clientWidth, clientHeight } = document.documentElement;
  const view = visualViewport ?? { offsetLeft: 0, offsetTop: 0, width: clientWidth, height: clientHeight };
  const top = view.offsetTop + EDGE_PX;
  const bottom = view.offsetTop + Math.min(view.height, clientHeight) - EDGE_PX;
  const left = view.offsetLeft + EDGE_PX;
  const right = view.offsetLeft + Math.min(view.width, clientWidth) - EDGE_PX;
  return { top, bottom, left, right, above: at.top - GAP_PX - top, below: bottom - at.bottom - GAP_PX };
}

/** Through CSSOM, which a strict CSP allows; and only what is another, as each write costs a layout. */
function write(element: HTMLElement, property: string, value: string): void {
  if (element.style.getPropertyValue(property) !== value) element.style.setProperty(property, value);
}
