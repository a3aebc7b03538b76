/** Lint rules: the recommended sets, and what docs/decisions and the style ask for beyond them. */
import js from '@eslint/js';
import { configs as lit } from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import { configs as wc } from 'eslint-plugin-wc';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

const noRegistration = {
  selector: 'CallExpression[callee.object.name="customElements"][callee.property.name="define"]',
  message: 'Register through src/elements/register.ts, from a define.ts: classes stay free of side effects.',
};
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: the name then is the same everywhere.',
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.cache/', '.waooaw/', 'bench/results/', 'bench/node_modules/']),
  js.configs.recommended,
  {
    files: ['*.{js,mjs,cjs}'],
    languageOptions: { globals: { process: 'readonly', module: 'writable', console: 'readonly' } },
  },
  {
    files: ['**/*.ts'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/parameter-properties': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSEnumDeclaration',
          message: 'Use an `as const` union: Node runs the source as it stands.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'demo/**/*.ts'],
    extends: [lit['flat/recommended'], litA11y.configs.recommended, wc['flat/best-practice']],
    settings: { wc: { elementBaseClasses: ['LitElement'] } },
    rules: {
      'lit/lifecycle-super': 'error',
      'lit/no-classfield-shadowing': 'error',
      'lit/no-this-assign-in-render': 'error',
      'lit/no-useless-template-literals': 'error',
      'lit/prefer-static-styles': 'error',
      // LitElement always has the callbacks that the rule wants guarded.
      'wc/guard-super-call': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'server/**/*.ts', 'cli/**/*.ts', 'demo/**/*.ts'],
    rules: {
      // An element warns once of bad data or of a second version; anything else goes through the log.
      'no-console': ['error', { allow: ['warn'] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSEnumDeclaration',
          message: 'Use an `as const` union: Node runs the source as it stands.',
        },
        noRegistration,
        noDefaultExport,
      ],
    },
  },
  { files: ['server/main.ts', 'cli/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['src/elements/register.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.test.ts', '**/*.contract.ts'],
    rules: {
      // chai asserts by property; node:test returns promises that the runner awaits itself.
      '@typescript-eslint/no-unused-expressions': 'off',
      // Contract suites take fixtures apart; ports are declared with methods.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
            // A plug-in's types say that `equal` is a promise; it is not.
            { from: 'package', package: '@open-wc/semantic-dom-diff', name: 'Equal' },
            { from: 'package', package: 'chai', name: 'Equal' },
          ],
        },
      ],
      'no-restricted-syntax': 'off',
      'no-console': 'off',
    },
  },
);
