/**
 * Preloaded into every process of `npm test`: takes each source file as `scripts/strip.ts` has left it, without its
 * types, instead of taking them off anew in each of a thousand processes.
 *
 * Plain JavaScript, and silent where it is not understood: an older Node may be among what a test starts.
 */
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { URL } from 'node:url';

const folder = new URL('../coverage/stripped/', import.meta.url);
const root = new URL('../', import.meta.url).href;

nodeModule.registerHooks?.({
  load(url, context, next) {
    if (!url.startsWith(root) || !url.endsWith('.ts')) return next(url, context);
    try {
      const source = readFileSync(new URL(`${url.slice(root.length)}.js`, folder), 'utf8');
      return { format: 'module', source, shortCircuit: true };
    } catch {
      return next(url, context);
    }
  },
});
