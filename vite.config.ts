/** `vite build --mode bundle` → dist/waooaw.js; `--mode demo` → dist/demo; `vite demo` serves the demo. */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, defineConfig, type Plugin, type UserConfig } from 'vite';

const root = import.meta.dirname;
/** Offered as they stand: the sheet that reserves space before the elements are defined, and the tokens' source. */
const asTheyStand = ['waooaw.css', 'tokens.json', 'tokens.resolver.json'];

/** Chunk names hold hashes, so those of an earlier build would stay for ever. */
const freshChunks: Plugin = {
  name: 'waooaw-fresh-chunks',
  apply: 'build',
  buildStart() {
    rmSync(join(root, 'dist/chunks'), { recursive: true, force: true });
  },
  writeBundle() {
    for (const file of asTheyStand) cpSync(join(root, 'src/theme', file), join(root, 'dist', file));
  },
};

/** Minifiers leave template literals alone, so style sheets would travel with their indentation and comments. */
const tightStyles: Plugin = {
  name: 'waooaw-tight-styles',
  transform: {
    filter: { id: /\/src\/[^?]*\.ts$/, code: 'css`' },
    handler: (code) => ({
      code: code.replace(/css`[^`$]*`/g, tightenCss),
      // Nothing in a style sheet is debugged in the source.
      map: { mappings: '' },
    }),
  },
};

/** Library mode leaves this to a later bundler, and there is none: a browser has no `process`. */
const forProduction: Plugin = {
  name: 'waooaw-for-production',
  transform: {
    filter: { id: /\/node_modules\/@tanstack\//, code: 'process.env.NODE_ENV' },
    handler: (code) => ({ code: code.replaceAll('process.env.NODE_ENV', '"production"'), map: null }),
  },
};

/** Takes out of a style sheet what CSS does not need. A space before a colon is a selector's, and stays. */
export function tightenCss(css: string): string {
  return css
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>`]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/(?<![\w.])0\.(?=\d)/g, '.')
    .replace(/='([\w-]+)'\]/g, '=$1]')
    .replaceAll(';}', '}');
}

/**
 * Builds one minified module for browsers, lazy parts in chunks beside it. The size check builds the
 * elements' entries the same way.
 *
 * @param entry the source, absolute
 * @param fileName of the module
 */
export function moduleBuild(entry: string, fileName: string) {
  return {
    target: 'es2023',
    emptyOutDir: false,
    // Library mode leaves `import()` as it is: no preload helper, nothing that a strict CSP objects to.
    lib: { entry, formats: ['es'], fileName: () => fileName },
    // It would also keep white space for a later bundler; this is the last step.
    rolldownOptions: {
      plugins: [tightStyles, forProduction],
      output: {
        chunkFileNames: 'chunks/[name]-[hash].js',
        minify: true,
        // What is needed at once comes as one: twenty small files are more to send, and each is compressed by itself.
        codeSplitting: { groups: [{ name: 'core', tags: ['$initial'] }] },
      },
    },
  } satisfies BuildOptions;
}

const bundle = {
  plugins: [freshChunks],
  publicDir: false,
  build: {
    ...moduleBuild(join(root, 'src/bundle.ts'), 'waooaw.js'),
    outDir: join(root, 'dist'),
    sourcemap: true,
    // Lit's and uPlot's licences ask to travel with their code.
    license: { fileName: 'waooaw.licenses.md' },
  },
} satisfies UserConfig;

/** `sideEffects` in package.json speaks of the library; a demo module may be imported for its effect. */
const demoSideEffects: Plugin = {
  name: 'waooaw-demo-side-effects',
  transform: {
    filter: { id: /\/demo\/[^?]*\.ts$/ },
    handler: () => ({ moduleSideEffects: true }),
  },
};

const earlyTheme = 'early-theme.js';

/** Vite leaves classic scripts alone. This one must run before the first paint, and be served from where the others are. */
const demoEarlyTheme: Plugin = {
  name: 'waooaw-demo-early-theme',
  apply: 'build',
  buildStart() {
    const source = readFileSync(join(root, 'demo', earlyTheme));
    this.emitFile({ type: 'asset', name: earlyTheme, source });
  },
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const file = Object.values(bundle).find(
        (output) => output.type === 'asset' && output.names.includes(earlyTheme),
      );
      if (!file || !html.includes(`./${earlyTheme}`)) throw new Error(`the demo lacks its ${earlyTheme}`);
      return html.replace(`./${earlyTheme}`, `./${file.fileName}`);
    },
  },
};

const demo = {
  root: join(root, 'demo'),
  plugins: [demoSideEffects, demoEarlyTheme, tightStyles],
  // Relative addresses: the page works under whatever path a host mounts it.
  base: './',
  build: {
    target: 'es2023',
    // These have light-dark(). For older ones it would be rewritten, and follow no `color-scheme` that is a variable.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    outDir: join(root, 'dist/demo'),
    emptyOutDir: true,
    sourcemap: true,
    // The polyfill is an inline script, which `default-src 'self'` refuses; all supported browsers preload.
    modulePreload: { polyfill: false },
    // Data: URLs need a wider CSP than 'self'.
    assetsInlineLimit: 0,
  },
} satisfies UserConfig;

/** The demo with the sources behind it, the API from a server that runs beside. */
const server = {
  root: join(root, 'demo'),
  server: {
    host: '127.0.0.1',
    fs: { allow: [root] },
    proxy: Object.fromEntries(
      ['/api', '/ws', '/livez', '/readyz', '/openapi.json'].map((path) => [
        path,
        { target: process.env.WAOOAW_URL ?? 'http://127.0.0.1:8787', ws: path === '/ws' },
      ]),
    ),
  },
} satisfies UserConfig;

export default defineConfig(({ command, mode }): UserConfig => {
  if (command === 'serve') return server;
  if (mode === 'bundle') return bundle;
  if (mode === 'demo') return demo;
  throw new Error(`vite build --mode is "${mode}"; expected bundle or demo`);
});
