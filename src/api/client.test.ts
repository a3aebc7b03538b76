import { expect } from '@open-wc/testing';
import { WaooawError, createApi } from './index.ts';

/** A client whose server is a function. */
function calling(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = [];
  const api = createApi({
    url: '/base/',
    token: 'a-key',
    fetch: (request) => {
      requests.push(request);
      return answer(request);
    },
  });
  return { api, requests };
}

describe('the HTTP client in a page', () => {
  it('finds a server by a path on the page’s origin, and sends what was said, and nothing else', async () => {
    const { api, requests } = calling(() => Response.json({ id: 'k1', name: 'shop', key: 'x' }));
    await api.post('/api/keys', { body: { name: 'shop', role: 'viewer' } });
    const [request] = requests;
    expect(request?.url).to.equal(`${location.origin}/base/api/keys`);
    expect(request?.method).to.equal('POST');
    expect(request?.headers.get('authorization')).to.equal('Bearer a-key');
    expect(request?.headers.get('content-type')).to.equal('application/json');
    expect([request?.credentials, request?.redirect]).to.deep.equal(['omit', 'error']);
    expect(await request?.json()).to.deep.equal({ name: 'shop', role: 'viewer' });
  });

  it('sends no content type with what only reads, and a query without what is not there', async () => {
    const { api, requests } = calling(() => Response.json({ items: [] }));
    await api.get('/api/audit', { query: { actor: ['a&b', 'c'], limit: 5, q: undefined as never } });
    expect(requests[0]?.url).to.equal(`${location.origin}/base/api/audit?actor=a%26b&actor=c&limit=5`);
    expect(requests[0]?.headers.has('content-type')).to.equal(false);
  });

  it('answers nothing where there is nothing, and rejects with the code of a problem', async () => {
    let answer = new Response(undefined, { status: 204 });
    const { api } = calling(() => answer);
    expect(await api.delete('/api/health/checks/{check}', { path: { check: 'c' } })).to.equal(undefined);
    answer = Response.json(
      { code: 'forbidden', detail: 'It takes the role admin', requestId: 'r1', retryable: false },
      { status: 403, headers: { 'content-type': 'application/problem+json' } },
    );
    const error: unknown = await api.get('/api/keys').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(WaooawError);
    expect((error as WaooawError).code).to.equal('forbidden');
  });

  it('ends when it is told to', async () => {
    const ending = new AbortController();
    const { api } = calling(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    const call = api.get('/livez', { signal: ending.signal }).catch((reason: unknown) => reason);
    ending.abort();
    expect(((await call) as WaooawError).code).to.equal('aborted');
  });
});
