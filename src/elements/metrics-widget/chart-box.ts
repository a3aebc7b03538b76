/** Where charts stand: who is in view, how large, at which zoom. One pair of observers for all of them. */

/** A chart's frame as it is now. */
export interface ChartBox {
  /** In the viewport, as far as the page itself is. */
  readonly visible: boolean;
  /** CSS px, before any CSS `zoom`. */
  readonly width: number;
  readonly height: number;
  /** The CSS `zoom` of the element and of all around it; 1 where the browser does not tell. */
  readonly zoom: number;
}

type Tell = (box: ChartBox) => void;

const boxes = new Map<Element, { box: ChartBox; readonly tell: Tell }>();
let seen: IntersectionObserver | undefined;
let sized: ResizeObserver | undefined;

/**
 * Watches a frame.
 * @param tell is told whenever something of it changes, and first when it was looked at.
 * @returns stops.
 */
export function watchBox(target: Element, tell: Tell): () => void {
  seen ??= new IntersectionObserver((entries) => {
    for (const entry of entries) change(entry.target, { visible: entry.isIntersecting });
  });
  sized ??= new ResizeObserver((entries) => {
    for (const entry of entries) {
      const { width, height } = entry.contentRect;
      const { currentCSSZoom: zoom = 1 } = entry.target as { currentCSSZoom?: number };
      change(entry.target, { width: Math.floor(width), height: Math.floor(height), zoom });
    }
  });
  boxes.set(target, { box: { visible: false, width: 0, height: 0, zoom: 1 }, tell });
  seen.observe(target);
  observeSize(sized, target);
  return () => {
    boxes.delete(target);
    seen?.unobserve(target);
    sized?.unobserve(target);
    if (boxes.size > 0) return;
    seen?.disconnect();
    sized?.disconnect();
    seen = sized = undefined;
  };
}

/** In device pixels where that can be: it tells of another zoom too. */
function observeSize(observer: ResizeObserver, target: Element): void {
  try {
    observer.observe(target, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(target);
  }
}

function change(target: Element, part: Partial<ChartBox>): void {
  const place = boxes.get(target);
  if (!place) return;
  place.box = { ...place.box, ...part };
  place.tell(place.box);
}
