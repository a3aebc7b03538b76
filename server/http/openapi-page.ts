/** `GET /docs/api`: the API for people, from the description that is served to programs. */
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import type { AppEnv } from './env.ts';
import type { ApiDocument } from './openapi-document.ts';
import { ApiPage } from './openapi-html.ts';
import { API_STYLE } from './openapi-style.ts';

/** Style sheets of our own and a form that asks us: there is no script on this page. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

/** Anybody may read it, as anybody may read the description. @param describe is called once, for the first reader. */
export function apiPageRoutes(describe: () => ApiDocument): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  let page: ApiPage | undefined;
  app.get('/docs/api', compress(), (c) => {
    page ??= new ApiPage(describe());
    c.set('ownHeaders', HEADERS);
    return c.html(page.html(c.req.query('q') ?? ''), 200, { 'cache-control': 'no-cache' });
  });
  app.get('/docs/api.css', compress(), (c) =>
    c.body(API_STYLE, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' }),
  );
  return app;
}
