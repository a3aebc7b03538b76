/**
 * Something small that opens beside a control: in the top layer by native `popover`, placed by CSS anchor positioning
 * or, where that is missing, by measuring. Whichever copy of this module opened them, popovers of a page are one stack.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { deepActiveElement, encloses, rootsOf } from './composed-tree.ts';
import { placeByCss, placeByMeasure, forgetPlace, supportsAnchors } from './popover-place.ts';

/** Why a popover closes by itself: the Escape key, a press elsewhere, or the focus or the anchor went away. */
export type CloseReason = 'escape' | 'outside' | 'blur';

/** What opens beside what. */
export interface PopoverOptions {
  /** What it stands beside. A press on it does not close: the control may toggle by itself. */
  anchor(): HTMLElement | null;
  /**
   * What opens. Until then it must not show: an element with the attribute `popover="manual"`, or one that is rendered
   * only while it is open.
   */
  popup(): HTMLElement | null;
  /** It has closed by itself; not called by {@link PopoverController.close}. */
  onClose(why: CloseReason): void;
  /** At least as wide as its anchor. Default false. */
  readonly matchWidth?: boolean;
  /** How it is placed; `auto`: by CSS where the browser can. Default auto. */
  readonly placement?: 'auto' | 'css' | 'measured';
}

/** One that is open. Every copy of this module can ask another's, so this shape is kept. */
interface Open {
  readonly anchor: HTMLElement;
  readonly popup: HTMLElement;
  close(why: CloseReason): void;
}

/** Those that are open, the innermost last. */
interface Registry {
  readonly open: Open[];
  /** For names that must differ. */
  named: number;
}

const KEY = Symbol.for('waooaw.popovers.v1');

function pagePopovers(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  return (holder[KEY] ??= { open: [], named: 0 });
}

/** Android's back gesture, where the browser says so. */
interface Watcher extends EventTarget {
  destroy(): void;
}

/** Opens and closes one popover. */
export class PopoverController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: PopoverOptions;
  #open: Open | undefined;
  #listening: AbortController | undefined;
  #sized: ResizeObserver | undefined;
  #watcher: Watcher | undefined;
  #frame: number | undefined;
  #name = '';
  /** What had the focus before. */
  #before: HTMLElement | undefined;
  /** A touch that may become a tap. */
  #touched = false;

  constructor(host: ReactiveControllerHost & HTMLElement, options: PopoverOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Opens; nothing happens while it is open, or while anchor or popup are not in a document. */
  open(): void {
    const anchor = this.#options.anchor();
    const popup = this.#options.popup();
    if (this.#open || !anchor?.isConnected || !popup?.isConnected) return;
    const registry = pagePopovers();
    const own: Open = { anchor, popup, close: (why) => this.#dismiss(own, why) };
    this.#open = own;
    this.#before = deepActiveElement();
    registry.open.push(own);
    if (popup.popover !== 'manual') popup.popover = 'manual';
    if (!popup.matches(':popover-open')) popup.showPopover();
    this.#name = `--waooaw-popover-${++registry.named}`;
    this.#listen(own);
    this.#place();
  }

  /** Closes, and gives the focus back when the popup has it. */
  close(): void {
    if (this.#open) this.#end(this.#open, true);
  }

  hostUpdated(): void {
    const own = this.#open;
    if (!own) return;
    // Rendered anew: the old ones are gone, and nobody closed.
    if (this.#options.popup() === own.popup && this.#options.anchor() === own.anchor) {
      if (own.popup.isConnected && own.anchor.isConnected) this.#later();
      else own.close('blur');
      return;
    }
    const before = this.#before;
    this.#end(own, false);
    this.open();
    this.#before = before;
    if (!this.#open) this.#options.onClose('blur');
  }

  hostDisconnected(): void {
    const own = this.#open;
    if (!own) return;
    this.#end(own, false);
    this.#options.onClose('blur');
  }

  #dismiss(own: Open, why: CloseReason): void {
    if (this.#open !== own) return;
    // Where the focus goes by itself it is not called back.
    this.#end(own, why === 'escape');
    this.#options.onClose(why);
    this.#host.requestUpdate();
  }

  #end(own: Open, refocus: boolean): void {
    const { open } = pagePopovers();
    // What was opened from within closes first.
    for (const inner of childrenOf(own, open)) inner.close('outside');
    const index = open.indexOf(own);
    if (index >= 0) open.splice(index, 1);
    this.#open = undefined;
    this.#listening?.abort();
    this.#sized?.disconnect();
    this.#watcher?.destroy();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#listening = this.#sized = this.#watcher = this.#frame = undefined;
    const { anchor, popup } = own;
    const active = deepActiveElement();
    const inside = active !== undefined && encloses(popup, active);
    forgetPlace(anchor, popup, this.#name);
    if (popup.isConnected && popup.matches(':popover-open')) popup.hidePopover();
    if (refocus && inside)
      (this.#before?.isConnected && !encloses(popup, this.#before) ? this.#before : anchor).focus();
    this.#before = undefined;
  }

  #listen(own: Open): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const early = { signal, capture: true } as const;
    addEventListener('keydown', (event) => this.#pressedKey(own, event), early);
    addEventListener('pointerdown', (event) => this.#pressed(own, event), early);
    // A finger that scrolls the page presses nothing.
    addEventListener('pointercancel', () => (this.#touched = false), early);
    addEventListener('pointerup', () => this.#released(own), early);
    // A press into a frame is told to nobody but the frame; that it has the focus then is.
    addEventListener(
      'blur',
      () => {
        if (document.activeElement instanceof HTMLIFrameElement) this.#left(own, document.activeElement);
      },
      { signal },
    );
    // Within one shadow root, a move of the focus is told there only.
    for (const root of rootsOf(own.anchor))
      root.addEventListener('focusin', (event) => this.#left(own, event.composedPath()[0]), early);
    own.popup.addEventListener(
      'toggle',
      (event) => {
        if (event.target === own.popup && event.newState === 'closed' && !own.popup.matches(':popover-open'))
          own.close('outside');
      },
      { signal },
    );
    const follow = (): void => this.#later();
    addEventListener('scroll', follow, { signal, capture: true, passive: true });
    addEventListener('resize', follow, { signal });
    visualViewport?.addEventListener('resize', follow, { signal });
    visualViewport?.addEventListener('scroll', follow, { signal });
    this.#sized = new ResizeObserver(() => {
      // Out of the document, or hidden: there is nothing to stand beside.
      if (own.anchor.isConnected && own.anchor.getClientRects().length > 0) this.#later();
      else own.close('blur');
    });
    this.#sized.observe(own.anchor);
    this.#sized.observe(own.popup);
    const { CloseWatcher } = globalThis as { CloseWatcher?: new () => Watcher };
    if (CloseWatcher) {
      this.#watcher = new CloseWatcher();
      this.#watcher.addEventListener('close', () => own.close('escape'), { signal });
    }
  }

  #pressedKey(own: Open, event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
    if (pagePopovers().open.at(-1) !== own || isAbove(own, event)) return;
    // Neither a dialog around nor a listener of the page's shall close something as well.
    event.preventDefault();
    event.stopImmediatePropagation();
    own.close('escape');
  }

  #pressed(own: Open, event: PointerEvent): void {
    this.#touched = false;
    if (isWithin(own, event.composedPath()[0])) return;
    if (event.pointerType === 'touch') this.#touched = true;
    else own.close('outside');
  }

  #released(own: Open): void {
    if (this.#touched) own.close('outside');
    this.#touched = false;
  }

  #left(own: Open, to: EventTarget | undefined): void {
    if (!isWithin(own, to)) own.close('blur');
  }

  /** With the next frame, however many reasons there are. */
  #later(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#place();
    });
  }

  #place(): void {
    if (!this.#open) return;
    const { anchor, popup } = this.#open;
    const { placement = 'auto', matchWidth = false } = this.#options;
    const byCss = placement === 'css' || (placement === 'auto' && supportsAnchors());
    // A name of an anchor is known in its own tree only.
    if (byCss && anchor.getRootNode() === popup.getRootNode())
      placeByCss(anchor, popup, this.#name, matchWidth);
    else placeByMeasure(anchor, popup, matchWidth);
  }
}

/** Those whose anchor stands within it. */
function childrenOf(own: Open, open: readonly Open[]): Open[] {
  return open.filter((other) => other !== own && encloses(own.popup, other.anchor)).reverse();
}

/** In the popover, at its anchor, or in one that was opened from within. */
function isWithin(own: Open, target: EventTarget | undefined): boolean {
  if (!(target instanceof Node)) return false;
  if (encloses(own.popup, target) || encloses(own.anchor, target)) return true;
  return childrenOf(own, pagePopovers().open).some((inner) => isWithin(inner, target));
}

/** Whether the key was pressed in something modal or popped up that lies above. */
function isAbove(own: Open, event: Event): boolean {
  for (const node of event.composedPath()) {
    if (node === own.popup || node === own.anchor) return false;
    if (!(node instanceof Element) || !node.matches(':modal, :popover-open')) continue;
    return !encloses(node, own.anchor);
  }
  return false;
}
