/** The browser's files: the bundle that other sites embed, and the console. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import { BUNDLE_HEADERS, CONSOLE_HEADERS } from './headers.ts';
import type { AppEnv } from './env.ts';

/** A year, for files whose name carries a hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable';
/** Asked for anew each time; who has the same already gets 304 and no body. */
const REVALIDATE = 'no-cache';

/**
 * Serves `dist/`: the bundle and its chunks to every site (module scripts need CORS, and secure headers would keep
 * them same-origin), the console to its own.
 * @param folder the built files.
 * @param basePath what every route begins with; no folder of the files. Routes are whole, because one of `/` in an
 *   app that is mounted below `/ops` answers `/ops` and not `/ops/`.
 */
export function assets(folder: string, basePath: string): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  if (!existsSync(folder)) return app;
  const served = (root: string, hashed: string, headers: Readonly<Record<string, string>>) =>
    serveStatic<AppEnv>({
      root,
      rewriteRequestPath: (path) => path.slice(basePath.length),
      onFound: (path, c) => {
        c.header('cache-control', path.startsWith(join(root, hashed)) ? FOREVER : REVALIDATE);
        c.set('ownHeaders', headers);
      },
    });

  const bundle = served(folder, 'chunks', BUNDLE_HEADERS);
  for (const path of ['/waooaw.js', '/waooaw.js.map', '/waooaw.css']) {
    app.get(`${basePath}${path}`, compress(), etag(), bundle);
  }
  app.get(`${basePath}/chunks/*`, compress(), bundle);

  const consoleFolder = join(folder, 'demo');
  if (!existsSync(consoleFolder)) return app;
  const page = served(consoleFolder, 'assets', CONSOLE_HEADERS);
  // Relative links of the console need the slash at the base path's end.
  if (basePath !== '') app.get(basePath, (c) => c.redirect(`${basePath}/`, 308));
  app.get(`${basePath}/`, compress(), etag(), page);
  app.get(`${basePath}/assets/*`, compress(), page);
  return app;
}
