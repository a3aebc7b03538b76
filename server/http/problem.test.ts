import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRoute, z } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { pino } from 'pino';
import { CODES, WaooawError } from '../../src/protocol/index.ts';
import type { ErrorCode } from '../../src/protocol/index.ts';
import type { Problem } from '../testing/harness.ts';
import { api } from './api.ts';
import { answers, json } from './openapi.ts';
import { problem, schemaError } from './problem.ts';

/** An app whose one GET fails as told, and whose POST wants `{ "a/b~c": [number] }`. */
function failing(error: unknown) {
  const logged: { err?: { message: string } }[] = [];
  const log = pino(
    { level: 'error' },
    { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[0]) },
  );
  const app = api();
  app.use((c, next) => {
    c.set('log', log);
    c.set('requestId', 'request-1');
    return next();
  });
  app.get('/fails', () => {
    throw error;
  });
  const body = z.object({ 'a/b~c': z.array(z.number()) }).meta({ id: 'Body' });
  const route = createRoute({
    method: 'post',
    path: '/takes',
    request: { body: { required: true, ...json(body) } },
    responses: answers(body, 'What was sent', 400),
  });
  app.openapi(route, (c) => c.json(c.req.valid('json'), 200));
  const post = (text: string): Response | Promise<Response> =>
    app.request('/takes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
  return { logged, get: () => app.request('/fails'), post };
}

describe('problem+json', () => {
  it('tells every code of the registry with its status, in the documented shape', async () => {
    for (const code of Object.keys(CODES) as ErrorCode[]) {
      const response = await failing(new WaooawError(code, `about ${code}`)).get();
      assert.equal(response.status, CODES[code].status);
      assert.equal(response.headers.get('content-type'), 'application/problem+json');
      assert.deepEqual(problem.parse(await response.json()), {
        type: `urn:waooaw:error:${code}`,
        title: CODES[code].title,
        status: CODES[code].status,
        code,
        detail: `about ${code}`,
        retryable: CODES[code].retryable,
        requestId: 'request-1',
      });
    }
  });

  it('names each bad part, and says when to come back in whole seconds', async () => {
    const details = [{ pointer: '/samples/3', code: 'bad_name', message: 'no' } as const];
    const response = await failing(
      new WaooawError('rate_limited', undefined, { details, afterMs: 1_200 }),
    ).get();
    assert.equal(response.headers.get('retry-after'), '2');
    assert.deepEqual(((await response.json()) as Problem).errors, details);
  });

  it('tells nothing of an error that is not ours, and logs it', async () => {
    const { get, logged } = failing(new TypeError('a secret of the implementation'));
    const response = await get();
    assert.equal(response.status, 500);
    const text = await response.text();
    assert.equal((JSON.parse(text) as Problem).code, 'internal');
    assert.doesNotMatch(text, /secret/);
    assert.equal(logged[0]?.err?.message, 'a secret of the implementation');
  });

  it('tells nothing of an HTTP error of a library either, unless it is about the body', async () => {
    const { get, logged } = failing(new HTTPException(418, { message: 'teapot' }));
    assert.equal(((await (await get()).json()) as Problem).code, 'internal');
    assert.equal(logged.length, 1);
  });

  it('calls a body that is no JSON bad_json, before any schema sees it', async () => {
    const response = await failing(undefined).post('{"a/b~c":');
    assert.deepEqual([response.status, ((await response.json()) as Problem).code], [400, 'bad_json']);
  });

  it('points at what does not match the schema, escaped as RFC 6901 wants it', async () => {
    const { post } = failing(undefined);
    const bad = (await (await post('{"a/b~c":[1,"2"]}')).json()) as Problem;
    assert.equal(bad.code, 'bad_request');
    assert.deepEqual(
      bad.errors?.map(({ pointer }) => pointer),
      ['/a~1b~0c/1'],
    );
    assert.match(bad.detail, /^\/a~1b~0c\/1: /);
    assert.deepEqual(await (await post('{"a/b~c":[1]}')).json(), { 'a/b~c': [1] });
  });

  it('speaks of the body when the whole of it is wrong', async () => {
    const whole = (await (await failing(undefined).post('7')).json()) as Problem;
    assert.match(whole.detail, /^The body: /);
    assert.equal(schemaError([]).message, CODES.bad_request.title);
  });

  it('answers an address that is none', async () => {
    const app = api();
    const response = await app.request('/nowhere', { method: 'PUT' });
    const told = (await response.json()) as Problem;
    assert.deepEqual(
      [response.status, told.code, told.detail],
      [404, 'not_found', 'Nothing at PUT /nowhere'],
    );
  });
});
