import { expect } from '@open-wc/testing';
import { intlTimeZone, pageTimeZone, setPageTimeZone } from './page-time-zone.ts';

afterEach(() => setPageTimeZone('local'));

describe('the page’s time zone', () => {
  it('is the reader’s own, or UTC, and known to Intl', () => {
    expect([pageTimeZone().timeZone, intlTimeZone()]).to.deep.equal(['local', undefined]);
    setPageTimeZone('UTC');
    expect([pageTimeZone().timeZone, intlTimeZone()]).to.deep.equal(['UTC', 'UTC']);
  });

  it('tells everyone who listens, once a change, also while some leave', () => {
    const { listeners } = pageTimeZone();
    const told: string[] = [];
    const first = (): void => {
      told.push('first');
      listeners.delete(first);
    };
    const second = (): void => void told.push('second');
    listeners.add(first).add(second);
    setPageTimeZone('UTC');
    setPageTimeZone('UTC');
    setPageTimeZone('local');
    listeners.delete(second);
    expect(told).to.deep.equal(['first', 'second', 'second']);
  });

  it('is one for every copy of the module', async () => {
    const copy = (await import(new URL('./page-time-zone.ts?copy', import.meta.url).href)) as {
      setPageTimeZone: typeof setPageTimeZone;
    };
    copy.setPageTimeZone('UTC');
    expect(pageTimeZone().timeZone).to.equal('UTC');
  });
});
