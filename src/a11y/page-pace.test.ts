import { expect } from '@open-wc/testing';
import { pagePace, setPagePace } from './page-pace.ts';

afterEach(() => setPagePace({ everyMs: 0, paused: false }));

describe('the page’s pace', () => {
  it('is full at first, and changed in part', () => {
    expect(pagePace().pace).to.deep.equal({ everyMs: 0, paused: false });
    setPagePace({ paused: true });
    setPagePace({ everyMs: 5_000 });
    expect(pagePace().pace).to.deep.equal({ everyMs: 5_000, paused: true });
  });

  it('tells everyone who listens, also while some leave', () => {
    const { listeners } = pagePace();
    const told: string[] = [];
    const first = (): void => {
      told.push('first');
      listeners.delete(first);
    };
    const second = (): void => void told.push('second');
    listeners.add(first).add(second);
    setPagePace({ paused: true });
    setPagePace({ paused: false });
    listeners.delete(second);
    expect(told).to.deep.equal(['first', 'second', 'second']);
  });

  it('is one for every copy of the module', async () => {
    const copy = (await import(new URL('./page-pace.ts?copy', import.meta.url).href)) as {
      pagePace: typeof pagePace;
      setPagePace: typeof setPagePace;
    };
    expect(copy.pagePace).not.to.equal(pagePace);
    copy.setPagePace({ paused: true });
    expect(pagePace().pace.paused).to.equal(true);
  });
});
