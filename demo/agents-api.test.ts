import { expect } from '@open-wc/testing';
import type { AgentStatus } from '../src/protocol/index.ts';
import { ApiProblem, agentsApi } from './agents-api.ts';

interface Sent {
  readonly url: string;
  readonly method: string | undefined;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

const realFetch = globalThis.fetch;
let sent: Sent[] = [];

/** The next requests are answered so; undefined: there is no answer. */
function answering(status?: number, body: unknown = {}): void {
  globalThis.fetch = (url, { method, headers, body: text } = {}) => {
    sent.push({
      url: url as string,
      method,
      headers: headers as Record<string, string>,
      body: typeof text === 'string' ? JSON.parse(text) : undefined,
    });
    if (status === undefined) return Promise.reject(new TypeError('Failed to fetch'));
    return Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }));
  };
}

function apiOf(token?: string) {
  const client = { url: 'wss://ops.example/base/ws', token: () => token };
  return agentsApi({ client: client as never });
}

async function problemOf(asked: Promise<unknown>): Promise<ApiProblem> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(ApiProblem);
  return error as ApiProblem;
}

describe('the API, as the console asks it', () => {
  beforeEach(() => (sent = []));
  afterEach(() => (globalThis.fetch = realFetch));

  it('is the socket’s server, and whoever the socket is', async () => {
    answering(200, { kinds: [] });
    expect(await apiOf('secret').kinds()).to.deep.equal([]);
    expect(sent).to.deep.equal([
      {
        url: 'https://ops.example/base/api/kinds',
        method: 'GET',
        headers: { accept: 'application/json', authorization: 'Bearer secret' },
        body: undefined,
      },
    ]);
  });

  it('creates under a key, and commands the generation that was seen', async () => {
    answering(202, { operation: 'op-1' });
    const api = apiOf();
    const seen = { agent: 'a/b', generation: 7 } as AgentStatus;
    expect((await api.create({ agent: 'ada', kind: 'prober' }, 'key-1')).operation).to.equal('op-1');
    await api.command(seen, 'stop');
    await api.command(seen, 'upgrade', { version: '2.0.0' });
    await api.command(seen, 'scale', { replicas: 3 });
    await api.command(seen, 'delete');
    expect(sent.map(({ method, url, body }) => [method, new URL(url).pathname, body])).to.deep.equal([
      ['POST', '/base/api/agents', { agent: 'ada', kind: 'prober' }],
      ['POST', '/base/api/agents/a%2Fb/stop', {}],
      ['POST', '/base/api/agents/a%2Fb/upgrade', { version: '2.0.0' }],
      ['POST', '/base/api/agents/a%2Fb/scale', { replicas: 3 }],
      ['DELETE', '/base/api/agents/a%2Fb', undefined],
    ]);
    expect(sent[0]?.headers['idempotency-key']).to.equal('key-1');
    for (const { headers } of sent.slice(1)) expect(headers['if-match']).to.equal('"7"');
    for (const { headers } of sent) expect(headers['content-type']).to.equal('application/json');
  });

  it('reads incidents, and says that somebody is at one', async () => {
    answering(200, { incidents: [{ id: 'one' }] });
    expect(await apiOf().incidents()).to.deep.equal([{ id: 'one' }]);
    answering(200, { id: 'a/b' });
    expect(await apiOf().acknowledge('a/b')).to.deep.equal({ id: 'a/b' });
    expect(sent.map(({ method, url, body }) => [method, url, body])).to.deep.equal([
      ['GET', 'https://ops.example/base/api/health/incidents?limit=50', undefined],
      ['POST', 'https://ops.example/base/api/health/incidents/a%2Fb/acknowledge', {}],
    ]);
  });

  it('tells problems by their code, with each bad part', async () => {
    const parts = [{ pointer: '/agent', code: 'bad_request', message: 'is taken' }];
    answering(400, { title: 'Bad', detail: 'Two are bad', code: 'bad_parameters', errors: parts });
    const problem = await problemOf(apiOf().kinds());
    expect([problem.message, problem.code, problem.parts]).to.deep.equal([
      'Two are bad',
      'bad_parameters',
      parts,
    ]);
    answering(409, { title: 'Taken' });
    expect((await problemOf(apiOf().kinds())).message).to.equal('Taken');
    answering(502, '<html>');
    expect((await problemOf(apiOf().kinds())).message).to.equal('The server answered 502');
  });

  it('says so where nobody answers, and where there is nobody to ask', async () => {
    answering();
    expect((await problemOf(apiOf().kinds())).message).to.contain('does not answer');
    expect((await problemOf(agentsApi({ client: undefined }).kinds())).message).to.contain('no server');
  });
});
