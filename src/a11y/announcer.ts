/** The page's one voice: a polite and an assertive live region in light DOM, shared by every widget of every copy. */
import { Sentences } from './sentences.ts';
import type { AnnounceOptions } from './sentences.ts';
import { announcerMessages } from './words.ts';

export type { AnnounceOptions } from './sentences.ts';

/** `assertive` interrupts; for what must be known now. */
export type Urgency = 'polite' | 'assertive';

/** How much is said, for the whole page. */
export interface AnnouncerOptions {
  /** What comes within this is said together, ms. Long enough for ten badges that turn red at once. Default 500. */
  readonly gatherMs: number;
  /** At most one polite utterance in so many ms, and none so soon after an assertive one. Default 1,500. */
  readonly politeEveryMs: number;
  /** What was said last is not said again within this, ms, unless something else waits. Default 1,500. */
  readonly repeatAfterMs: number;
  /** A region is emptied after this, ms: it has been read, and is not found again by browsing. Default 10,000. */
  readonly clearMs: number;
  /** Sentences in one utterance; more are counted. Default 3. */
  readonly most: number;
}

/** Speaks. */
export interface Announcer {
  /**
   * Says a sentence: at once, but for those that come with it, when it is assertive; when the budget allows it when it
   * is polite. Repetitions are said once.
   */
  announce(text: string, urgency: Urgency, options?: AnnounceOptions): void;
  /** Changes how much is said. */
  configure(options: Partial<AnnouncerOptions>): void;
}

interface Notifying {
  ariaNotify?: (text: string, options: { priority: 'high' | 'normal' }) => void;
  readonly featurePolicy?: { features(): string[]; allowsFeature(name: string): boolean };
}

// On globalThis under a registered symbol, so that two releases on one page still speak with one voice.
const KEY = Symbol.for('waooaw.announcer');
type Holder = { [KEY]?: Announcer };

/** The page's announcer, made on first use. */
export function pageAnnouncer(): Announcer {
  const holder = globalThis as Holder;
  return (holder[KEY] ??= createAnnouncer());
}

function createAnnouncer(): Announcer {
  let options: AnnouncerOptions = {
    gatherMs: 500,
    politeEveryMs: 1_500,
    repeatAfterMs: 1_500,
    clearMs: 10_000,
    most: 3,
  };
  const speaker = createSpeaker();
  const waiting = { polite: new Sentences(), assertive: new Sentences() };
  const last = { at: -Infinity, urgency: '', sentences: [] as string[] };
  const timers: Partial<Record<Urgency, ReturnType<typeof setTimeout>>> = {};

  /** How long ago something was said, ms. A clock that was set back must not silence the page. */
  const sinceMs = (): number => {
    const now = Date.now();
    if (now < last.at) last.at = -Infinity;
    return now - last.at;
  };
  /** How long polite speech has to wait for what was said before, ms. */
  const restMs = (): number => Math.max(0, options.politeEveryMs - sinceMs());
  const arm = (urgency: Urgency, ms: number): void => {
    timers[urgency] ??= setTimeout(speak, ms, urgency);
  };
  const speak = (urgency: Urgency): void => {
    clearTimeout(timers[urgency]);
    delete timers[urgency];
    // What interrupts goes first: said after it, the rest would be cut off.
    if (urgency === 'polite' && !waiting.assertive.none) speak('assertive');
    const rest = urgency === 'polite' ? restMs() : 0;
    if (rest > 0) return arm(urgency, rest);
    const sentences = waiting[urgency].take();
    if (sentences.length === 0) return;
    const said = sentences.slice(0, options.most);
    const more = sentences.length - said.length;
    Object.assign(last, { at: Date.now(), urgency, sentences: said });
    if (more > 0)
      said.push(announcerMessages.get(document.documentElement.lang || navigator.language).more(more));
    speaker(said.join('. '), urgency, options.clearMs);
  };

  return {
    announce(text, urgency, about = {}) {
      const other = urgency === 'polite' ? 'assertive' : 'polite';
      if (about.key !== undefined) waiting[other].drop(about.key);
      const isEcho =
        waiting.polite.none &&
        waiting.assertive.none &&
        last.urgency === urgency &&
        last.sentences.includes(text) &&
        sinceMs() < options.repeatAfterMs;
      if (!text || isEcho) return;
      waiting[urgency].add(text, about);
      arm(urgency, Math.max(options.gatherMs, urgency === 'polite' ? restMs() : 0));
    },
    configure(change) {
      options = { ...options, ...change };
    },
  };
}

/** Speaks in the best way there is; the regions stand ready from the start, because screen readers miss new ones. */
function createSpeaker(): (text: string, urgency: Urgency, clearMs: number) => void {
  const host = document.createElement('div');
  host.dataset['waooawAnnouncer'] = '';
  // Out of sight, not out of the accessibility tree. Set through the CSSOM, which a strict CSP allows.
  Object.assign(host.style, {
    position: 'absolute',
    inlineSize: '1px',
    blockSize: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  });
  const regions = { polite: region('polite'), assertive: region('assertive') };
  host.append(regions.polite, regions.assertive);
  document.body.append(host);
  return (text, urgency, clearMs) => {
    if (notify(text, urgency)) return;
    // A host that replaces its body takes the region with it.
    if (!host.isConnected) document.body.append(host);
    const spoken = regions[urgency];
    // What stands there already would not be read again.
    const shown = spoken.textContent === text ? `${text}\u{a0}` : text;
    spoken.textContent = shown;
    setTimeout(() => {
      if (spoken.textContent === shown) spoken.textContent = '';
    }, clearMs);
  };
}

/** Where the browser can speak without a region (ARIA 1.3, `ariaNotify`), and a frame's policy lets it. */
function notify(text: string, urgency: Urgency): boolean {
  const page = document as Notifying;
  const policy = page.featurePolicy;
  if (typeof page.ariaNotify !== 'function') return false;
  // A frame that is not allowed to is silent without a word.
  if (policy?.features().includes('aria-notify') && !policy.allowsFeature('aria-notify')) return false;
  try {
    page.ariaNotify(text, { priority: urgency === 'assertive' ? 'high' : 'normal' });
    return true;
  } catch {
    return false;
  }
}

function region(urgency: Urgency): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('aria-live', urgency);
  element.setAttribute('aria-atomic', 'true');
  return element;
}
