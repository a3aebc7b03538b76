import { expect } from '@open-wc/testing';
import { countWindowListeners } from '../testing/listeners.ts';
import { pageSignals } from './wake.ts';
import type { PageSignal } from './wake.ts';

/** What is heard while something happens. */
function heard(happen: () => void): PageSignal[] {
  const signals: PageSignal[] = [];
  const stop = pageSignals.listen((signal) => signals.push(signal));
  happen();
  stop();
  return signals;
}

const transition = (type: string, persisted: boolean): PageTransitionEvent =>
  new PageTransitionEvent(type, { persisted });

describe('pageSignals', () => {
  it('tells of the network', () => {
    expect(pageSignals.online).to.equal(navigator.onLine);
    const signals = heard(() => {
      window.dispatchEvent(new Event('offline'));
      window.dispatchEvent(new Event('online'));
    });
    expect(signals).to.deep.equal(['offline', 'online']);
  });

  it('tells of the back-forward cache, and of nothing else that hides a page', () => {
    const signals = heard(() => {
      window.dispatchEvent(transition('pagehide', false));
      window.dispatchEvent(transition('pagehide', true));
      window.dispatchEvent(transition('pageshow', true));
      window.dispatchEvent(transition('pageshow', false));
    });
    expect(signals).to.deep.equal(['freeze', 'resume']);
  });

  it('tells of being frozen and woken', () => {
    const signals = heard(() => {
      document.dispatchEvent(new Event('freeze'));
      document.dispatchEvent(new Event('resume'));
    });
    expect(signals).to.deep.equal(['freeze', 'resume']);
  });

  it('tells of being seen, not of being hidden', () => {
    const signals = heard(() => {
      for (const value of ['hidden', 'visible']) {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        expect(pageSignals.hidden).to.equal(value === 'hidden');
        document.dispatchEvent(new Event('visibilitychange'));
      }
      Reflect.deleteProperty(document, 'visibilityState');
    });
    expect(signals).to.deep.equal(['visible']);
  });

  it('leaves no listener behind', () => {
    const listeners = countWindowListeners();
    const stop = pageSignals.listen(() => undefined);
    expect(listeners.count()).to.equal(4);
    stop();
    expect(listeners.count()).to.equal(0);
    listeners.restore();
  });
});
