/** The page's one voice: a polite and an assertive live region in light DOM, shared by every widget of every copy. */

/** `assertive` interrupts; for what must be known now. */
export type Urgency = 'polite' | 'assertive';

/** Speaks. */
export interface Announcer {
  /** Says a sentence. Sentences of the same urgency within `COALESCE_MS` are said together; repetitions once. */
  announce(text: string, urgency: Urgency): void;
}

/** Long enough for ten badges that turn red at once to be one announcement, ms. */
const COALESCE_MS = 500;
/** Screen readers have read the region by then; emptied, it is not found again by browsing, ms. */
const CLEAR_MS = 10_000;
/** Sentences said at once; more are counted. */
const MOST = 3;

// On globalThis under a registered symbol, so that two releases on one page still speak with one voice.
const KEY = Symbol.for('waooaw.announcer');
type Holder = { [KEY]?: Announcer };

/** The page's announcer, made on first use. */
export function pageAnnouncer(): Announcer {
  const holder = globalThis as Holder;
  return (holder[KEY] ??= createAnnouncer());
}

function createAnnouncer(): Announcer {
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

  const waiting: Record<Urgency, Set<string>> = { polite: new Set(), assertive: new Set() };
  const speak = (urgency: Urgency): void => {
    const sentences = [...waiting[urgency]];
    waiting[urgency].clear();
    const more = sentences.length - MOST;
    const text = [...sentences.slice(0, MOST), ...(more > 0 ? [`${more} more`] : [])].join('. ');
    // A host that replaces its body takes the region with it.
    if (!host.isConnected) document.body.append(host);
    regions[urgency].textContent = text;
    setTimeout(() => {
      if (regions[urgency].textContent === text) regions[urgency].textContent = '';
    }, CLEAR_MS);
  };

  return {
    announce(text, urgency) {
      if (waiting[urgency].size === 0) setTimeout(speak, COALESCE_MS, urgency);
      waiting[urgency].add(text);
    },
  };
}

function region(urgency: Urgency): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('aria-live', urgency);
  element.setAttribute('aria-atomic', 'true');
  return element;
}
