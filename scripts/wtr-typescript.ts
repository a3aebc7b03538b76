/** Test-runner plugins: TypeScript as Node reads it, types blanked out and every position kept; packages as bundlers read them. */
import { stripTypeScriptTypes } from 'node:module';
import type { TestRunnerPlugin } from '@web/test-runner';

/** Because nothing moves, stack traces and coverage need no source maps. */
export function typescriptPlugin(): TestRunnerPlugin {
  return {
    name: 'typescript',
    resolveMimeType(context) {
      return context.path.endsWith('.ts') ? 'js' : undefined;
    },
    transform(context) {
      if (!context.path.endsWith('.ts') || typeof context.body !== 'string') return undefined;
      return stripTypeScriptTypes(context.body, { mode: 'strip' });
    },
  };
}

/** What every bundler does for packages that ask for `process.env.NODE_ENV`, which a browser does not have. */
export function nodeEnvPlugin(): TestRunnerPlugin {
  return {
    name: 'node-env',
    transform(context) {
      if (!context.path.includes('/node_modules/@tanstack/') || typeof context.body !== 'string')
        return undefined;
      return context.body.replaceAll('process.env.NODE_ENV', '"production"');
    },
  };
}
