/** What the page says aloud, whichever way it takes to the screen reader. */
import type { Urgency } from '../a11y/announcer.ts';

/** One thing that was said. */
export interface Utterance {
  readonly text: string;
  readonly urgency: Urgency;
}

/** A transcript. */
export interface SpeechRecord {
  /** Everything since, oldest first. */
  readonly said: readonly Utterance[];
  stop(): void;
}

interface Notifying {
  ariaNotify?: ((text: string, options?: { priority?: 'high' | 'normal' }) => void) | undefined;
}

/**
 * Records what is spoken from now on: by `ariaNotify` of the document or of an element, and in live regions in light
 * DOM, the page's own as well as any that a component should not have.
 */
export function recordSpeech(): SpeechRecord {
  const said: Utterance[] = [];
  const observer = new MutationObserver((records) => hear(records, said));
  observer.observe(document, { subtree: true, childList: true, characterData: true });
  const restores = [wrap(document, said), wrap(Element.prototype, said)];
  return {
    get said() {
      hear(observer.takeRecords(), said);
      return said;
    },
    stop() {
      hear(observer.takeRecords(), said);
      observer.disconnect();
      for (const restore of restores) restore();
    },
  };
}

/** Takes `ariaNotify` away from the page, or gives it one that says nothing. @returns gives back what was there. */
export function withAriaNotify(exists: boolean): () => void {
  const notify = exists ? () => undefined : undefined;
  Object.defineProperty(document, 'ariaNotify', { value: notify, configurable: true, writable: true });
  return () => delete (document as Notifying).ariaNotify;
}

function wrap(target: object, said: Utterance[]): () => void {
  const notifying = target as Notifying;
  const real = notifying.ariaNotify;
  if (typeof real !== 'function') return () => undefined;
  const own = Object.getOwnPropertyDescriptor(target, 'ariaNotify');
  Object.defineProperty(target, 'ariaNotify', {
    configurable: true,
    writable: true,
    value(this: unknown, text: string, options?: { priority?: 'high' | 'normal' }) {
      said.push({ text, urgency: options?.priority === 'high' ? 'assertive' : 'polite' });
      real.call(this as Notifying, text, options);
    },
  });
  return () => {
    if (own) Object.defineProperty(target, 'ariaNotify', own);
    else delete notifying.ariaNotify;
  };
}

function hear(records: readonly MutationRecord[], said: Utterance[]): void {
  for (const { target, addedNodes, type } of records) {
    const element = target instanceof Element ? target : target.parentElement;
    const region = element?.closest('[aria-live]');
    const urgency = region?.getAttribute('aria-live');
    if (urgency !== 'polite' && urgency !== 'assertive') continue;
    const nodes = type === 'characterData' ? [target] : [...addedNodes];
    const text = nodes
      .map((node) => node.textContent ?? '')
      .join('')
      .trim();
    if (text) said.push({ text, urgency });
  }
}
