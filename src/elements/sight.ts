/** Which elements somebody may see: one observer for all of them, and the page's own visibility. */

/** Somebody scrolls by: an element is out of sight only after this, at most twice as long, ms. */
const LINGER_MS = 500;
/** What is about to be scrolled into view is seen already. */
const MARGIN = '200px';

/** One element that is watched. */
interface Place {
  readonly watchers: Set<(seen: boolean) => void>;
  /** In the viewport, as far as is known; the page may be hidden all the same. */
  near: boolean;
  /** As told last. */
  seen: boolean;
}

const places = new Map<Element, Place>();
/** Out of sight when the timer runs out, and when it runs out again: crowds are told together. */
let leaving = new Set<Place>();
let later = new Set<Place>();
/** What leaves in the same moment is one crowd. */
let gathering = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let observer: IntersectionObserver | undefined;

/**
 * Watches an element, which counts as seen at first.
 * @param tell is told at once when it comes into sight, and a while after it went out of it.
 * @returns stops watching.
 */
export function watchSight(element: Element, tell: (seen: boolean) => void): () => void {
  if (places.size === 0) document.addEventListener('visibilitychange', judgeAll);
  let place = places.get(element);
  if (!place) {
    places.set(element, (place = { watchers: new Set(), near: true, seen: true }));
    observer ??= new IntersectionObserver(intersected, { rootMargin: MARGIN });
    observer.observe(element);
    judge(place);
  } else if (!place.seen) tell(false);
  const { watchers } = place;
  const watcher = (seen: boolean): void => tell(seen);
  watchers.add(watcher);
  return () => {
    if (watchers.delete(watcher) && watchers.size === 0) forget(element, place);
  };
}

function forget(element: Element, place: Place): void {
  places.delete(element);
  leaving.delete(place);
  later.delete(place);
  observer?.unobserve(element);
  if (places.size > 0) return;
  document.removeEventListener('visibilitychange', judgeAll);
  observer?.disconnect();
  clearTimeout(timer);
  timer = observer = undefined;
}

function intersected(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    const place = places.get(target);
    if (!place) continue;
    place.near = isIntersecting;
    judge(place);
  }
}

function judgeAll(): void {
  places.forEach(judge);
}

function judge(place: Place): void {
  const seen = place.near && document.visibilityState !== 'hidden';
  if (seen !== place.seen && !seen) return leave(place);
  leaving.delete(place);
  later.delete(place);
  if (seen !== place.seen) settle(place, seen);
}

function leave(place: Place): void {
  if (leaving.has(place) || later.has(place)) return;
  if (timer === undefined) {
    timer = setTimeout(sweep, LINGER_MS);
    gathering = true;
    queueMicrotask(() => (gathering = false));
  }
  (gathering ? leaving : later).add(place);
}

function sweep(): void {
  const gone = leaving;
  leaving = later;
  later = new Set();
  timer = leaving.size > 0 ? setTimeout(sweep, LINGER_MS) : undefined;
  for (const place of gone) settle(place, false);
}

function settle(place: Place, seen: boolean): void {
  place.seen = seen;
  for (const tell of [...place.watchers]) tell(seen);
}
