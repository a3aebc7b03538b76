/** The directions of docs/architecture.md, as errors. `scripts/directions.test.ts` proves that each bites. */
/** Tests, contract suites, and what only they use. */
const TEST = '\\.(test|contract)\\.ts$|^(src|server)/testing/';
const REGISTERS = '(^|/)(define|bundle)\\.ts$';
const SCHEMA = '^src/protocol/.*\\.schema\\.ts$';

/** One rule: what stands in `from` must not import what stands in `to`. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-cycles', 'Modules in a cycle are one module: split by noun.', {}, { circular: true }),
    forbid('resolvable', 'Every import exists.', {}, { couldNotResolve: true }),

    // Browser and server
    forbid(
      'browser-not-server',
      'src/ and demo/ reach the server over the wire only.',
      { path: '^(src|demo)/' },
      { path: '^(server|cli|e2e|bench|faults|scripts)/' },
    ),
    forbid(
      'browser-not-node',
      'What runs in a browser has no Node built-ins.',
      { path: '^(src|demo)/', pathNot: '^demo/agents/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'src-not-demo',
      'The demo uses the library, not the other way round.',
      { path: '^src/' },
      { path: '^demo/' },
    ),
    forbid(
      'server-from-src',
      'Of src/ the server knows only the protocol and the proofs.',
      { path: '^server/' },
      { path: '^src/', pathNot: '^src/(protocol|proof)/' },
    ),
    forbid(
      'server-not-outside',
      'The server stands alone.',
      { path: '^server/' },
      { path: '^(cli|demo|e2e|bench|faults)/' },
    ),

    // Inside src/
    forbid(
      'protocol-is-a-leaf',
      'The protocol imports nothing of ours.',
      { path: '^src/protocol/', pathNot: TEST },
      { path: '^(src|server|cli|demo|scripts|e2e)/', pathNot: '^src/protocol/' },
    ),
    forbid(
      'protocol-bare',
      'No package in the protocol; *.schema.ts alone may import zod.',
      { path: '^src/protocol/', pathNot: `${TEST}|${SCHEMA}` },
      { path: 'node_modules/' },
    ),
    forbid(
      'schemas-zod-only',
      'A schema file needs zod and nothing else.',
      { path: SCHEMA },
      { path: 'node_modules/', pathNot: 'node_modules/(@hono/zod-openapi|zod)/' },
    ),
    forbid(
      'zod-stays-at-the-edge',
      'Zod validates on the server: no browser module imports it.',
      { path: '^(src|demo)/', pathNot: `${TEST}|${SCHEMA}` },
      { path: 'node_modules/(@hono/zod-openapi|zod)/' },
    ),
    forbid(
      'schemas-as-types',
      'Browser code takes types from schema files, never their values.',
      { path: '^(src|demo)/', pathNot: `${TEST}|${SCHEMA}` },
      { path: SCHEMA, dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'proof-on-protocol',
      'Proofs are verified in browser, Node and CLI alike.',
      { path: '^src/proof/', pathNot: TEST },
      { path: '^src/', pathNot: '^src/(protocol|proof)/' },
    ),
    forbid(
      'client-on-protocol',
      'The client is usable without any element.',
      { path: '^src/client/', pathNot: TEST },
      { path: '^src/', pathNot: '^src/(protocol|client)/' },
    ),
    forbid(
      'api-on-protocol',
      'The HTTP client is usable without any element, connection or package.',
      { path: '^src/api/', pathNot: TEST },
      { path: '^src/|node_modules/', pathNot: '^src/(protocol|api)/|^src/client/token\\.ts$' },
    ),
    forbid(
      'client-framework-free',
      'The client never imports Lit, nor any other package.',
      { path: '^src/client/', pathNot: TEST },
      { path: 'node_modules/' },
    ),
    forbid(
      'contexts-on-protocol',
      'A page follows its context without any element, connection or package.',
      { path: '^src/context/', pathNot: TEST },
      { path: '^src/|node_modules/', pathNot: '^src/(protocol|context)/' },
    ),
    forbid(
      'below-elements',
      'Announcer, theme and messages know no element and no connection.',
      { path: '^src/(a11y|theme|i18n)/', pathNot: `${TEST}|^src/i18n/languages/catalogue` },
      { path: '^src/', pathNot: '^src/(protocol|a11y|theme|i18n)/' },
    ),
    forbid(
      'catalogue-on-words',
      'The catalogue of translations takes the types of texts from elements, and nothing else.',
      { path: '^src/i18n/languages/catalogue' },
      {
        path: '^src/',
        pathNot: '^src/(i18n/states|a11y/words|elements/[^/]+/[^/]*words)\\.ts$',
      },
    ),
    forbid(
      'catalogue-as-types',
      'What elements say is bundled with them, and not with a language.',
      { path: '^src/i18n/languages/', pathNot: TEST },
      { path: '^src/elements/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'registration-apart',
      'Importing a class registers nothing: only define files import define files.',
      { path: '^src/', pathNot: `${REGISTERS}|${TEST}` },
      { path: REGISTERS },
    ),

    // Inside server/
    forbid(
      'ports-alone',
      'A port is types over the protocol, without an engine or a package behind it.',
      { path: '^server/ports/', pathNot: TEST },
      { path: '.', pathNot: '^(server/ports|src/protocol)/' },
    ),
    forbid(
      'services-apart',
      'Services reach one another through ports that create.ts hands them.',
      { path: '^server/services/([^/]+)/' },
      { path: '^server/services/', pathNot: '^server/services/$1/' },
    ),
    forbid(
      'services-below-create',
      'create.ts knows the services, not the other way round.',
      { path: '^server/(services|ports|engines)/', pathNot: TEST },
      { path: '^server/(create|main|index|app)\\.ts$' },
    ),
    forbid(
      'engines-on-ports',
      'An engine knows its port, the protocol, the hashes of proofs and its own folder; and who a process is.',
      { path: '^server/engines/([^/]+)/', pathNot: TEST },
      {
        path: '^(server|src)/',
        pathNot:
          '^(server/ports|server/engines/$1|src/(protocol|proof))/|^server/engines/process/identity\\.ts$',
      },
    ),
    forbid(
      'engines-from-create',
      'Only the composition roots, the settings of what engines may take, and tests know an engine.',
      {
        path: '.',
        pathNot: `^server/engines/|^server/(create|agents|agent-settings|verify(-thread)?|maintenance/[a-z-]+)\\.ts$|^(e2e|bench|faults)/|${TEST}`,
      },
      { path: '^server/engines/' },
    ),

    // Command line, packages, tests
    forbid(
      'cli-on-doors',
      'The command line talks HTTP; `serve` starts the server by its doors.',
      { path: '^cli/', pathNot: TEST },
      {
        path: '^(src|server)/',
        pathNot: '^src/(protocol|proof|client)/|^server/(main|index|config|verify|maintenance/index)\\.ts$',
      },
    ),
    forbid(
      'cli-not-browser',
      'The command line needs neither demo nor tests.',
      { path: '^cli/' },
      { path: '^(demo|e2e|bench|faults)/' },
    ),
    forbid(
      'no-dev-packages',
      'What is published must be installed with it.',
      { path: '^(src|server|cli)/', pathNot: TEST },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    forbid('tests-are-leaves', 'Nothing but a test imports a test.', { pathNot: TEST }, { path: TEST }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Keeps `import type` in sight: a type may not point the wrong way either.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
