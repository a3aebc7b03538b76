import { expect } from '@open-wc/testing';
import { CODES } from './codes.ts';
import type { CodeInfo } from './codes.ts';

const entries: [string, CodeInfo][] = Object.entries(CODES);

describe('the registry of codes', () => {
  it('names every code in snake_case', () => {
    expect(entries.length).to.be.greaterThan(0);
    for (const [code] of entries) expect(code).to.match(/^[a-z]+(_[a-z0-9]+)*$/);
  });

  it('answers each with a client or server error of HTTP', () => {
    for (const [code, { status }] of entries) {
      expect(Number.isInteger(status), code).to.equal(true);
      expect(status, code).to.be.within(400, 599);
    }
  });

  it('titles each in one line of its own, without a full stop', () => {
    const titles = entries.map(([, { title }]) => title);
    for (const title of titles) expect(title).to.match(/^[A-Z][^\n]*[^.\n]$/);
    expect(new Set(titles).size).to.equal(titles.length);
  });

  it('calls a request to wait or to come back later retryable, except a limit of the client’s own making', () => {
    const late = entries.filter(([, { status }]) => [408, 429, 503, 507].includes(status));
    const final = late.filter(([, { retryable }]) => !retryable).map(([code]) => code);
    expect(final).to.deep.equal(['subscription_limit']);
  });

  it('calls what the client sent wrong final', () => {
    const wrong = entries.filter(([, { status }]) => [400, 403, 405, 413, 415, 421].includes(status));
    expect(wrong.filter(([, { retryable }]) => retryable)).to.deep.equal([]);
  });
});
