/** Test-runner plugin: serves TypeScript as Node reads it, types blanked out and every position kept. */
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
