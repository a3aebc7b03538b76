/** The steps of `npm run check`. Each says how much it saw: a step that saw nothing proved nothing. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative, sep } from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';
import { checkApiTypes } from './api-types.ts';
import { checkDirections } from './directions.ts';
import { checkManifest } from './manifest.ts';
import { checkOtlpCodec } from './otlp-codec.ts';
import { root, runNode, tool } from './run.ts';
import { measureSizes, table } from './size.ts';
import { checkTokens } from './tokens.ts';

/** What a step saw and what it objects to. */
export interface Finding {
  readonly saw: number;
  /** What was counted, in the plural. */
  readonly what: string;
  readonly problems: readonly string[];
  /** Shown even when all is well. */
  readonly note?: string;
}

/** A step by its name. `fix` repairs what a machine can: format, manifest, and what is made from the tokens and from .proto files. */
export type Step = readonly [name: string, run: (fix: boolean) => Promise<Finding>];

const SOURCES = '{src,server,cli,demo,e2e,bench,faults,scripts}/**/*.ts';

/** All steps; the slowest first, as two run at a time. Add generated documents' freshness here. */
export const steps: readonly Step[] = [
  ['lint', lint],
  ['types', types],
  ['format', format],
  ['directions', directions],
  ['manifest', manifest],
  ['tokens', tokens],
  ['codec', codec],
  ['api', api],
  ['sizes', sizes],
  ['lockfile', lockfile],
];

async function lint(): Promise<Finding> {
  const { stdout, stderr } = await runNode([
    ...tool('eslint'),
    '--max-warnings',
    '0',
    '--format',
    'json',
    '.',
  ]);
  if (!stdout.startsWith('[')) throw new Error(stderr || stdout);
  const results = JSON.parse(stdout) as {
    filePath: string;
    messages: { line?: number; column?: number; ruleId: string | null; message: string }[];
  }[];
  const problems = results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line = 0, column = 0, ruleId, message }) =>
        `${toPath(filePath)}:${line}:${column} ${message.split('\n')[0] ?? ''} (${ruleId ?? 'parser'})`,
    ),
  );
  return { saw: results.length, what: 'files', problems };
}

async function types(): Promise<Finding> {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [config, project] of readProjects()) {
    if (project.fileNames.length === 0) problems.push(`${config} holds no file`);
    if (!project.options.erasableSyntaxOnly) problems.push(`${config} allows syntax that Node cannot erase`);
    project.fileNames.forEach((file) => seen.add(toPath(file)));
  }
  for (const file of globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**'] }).map(slashes)) {
    if (!seen.has(file)) problems.push(`${file} is in no TypeScript project`);
    try {
      stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'), { mode: 'strip' });
    } catch (error) {
      problems.push(`${file}: Node cannot run this: ${String(error)}`);
    }
  }
  const { code, stdout, stderr } = await runNode([
    ...tool('typescript', 'tsc'),
    '--build',
    '--pretty',
    'false',
  ]);
  const output = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '');
  if (code !== 0) problems.push(...(output.length > 0 ? output : [`tsc ended with ${code}`]));
  return { saw: seen.size, what: 'files', problems };
}

async function format(fix: boolean): Promise<Finding> {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const problems: string[] = [];
  let saw = 0;
  for (const file of list.split('\0').filter((name) => name !== '')) {
    const path = join(root, file);
    const { ignored, inferredParser } = await prettier.getFileInfo(path, {
      ignorePath: join(root, '.prettierignore'),
    });
    const text = ignored || !inferredParser ? undefined : readIfPresent(path);
    if (text === undefined) continue;
    saw++;
    const options = { ...(await prettier.resolveConfig(path)), filepath: path };
    try {
      const formatted = await prettier.format(text, options);
      if (formatted === text) continue;
      if (fix) writeFileSync(path, formatted);
      else problems.push(`${file} is not formatted: npm run format`);
    } catch (error) {
      problems.push(`${file}: ${String(error)}`);
    }
  }
  return { saw, what: 'files', problems };
}

async function directions(): Promise<Finding> {
  const { modules, imports, violations, unread } = await checkDirections();
  const problems = [
    ...violations.map(({ rule, from, to }) => `${from} → ${to} (${rule})`),
    ...unread.map((file) => `${file} was not read`),
    ...(imports === 0 ? ['no import was read'] : []),
  ];
  return { saw: modules.length, what: 'modules', problems };
}

async function manifest(fix: boolean): Promise<Finding> {
  const { tags, fresh } = await checkManifest(fix);
  const problems = fresh ? [] : ['custom-elements.json is stale: npm run analyze'];
  return { saw: tags.length, what: 'elements', problems };
}

async function codec(fix: boolean): Promise<Finding> {
  const { stale, messages } = await checkOtlpCodec(fix);
  const problems = stale
    ? ['the OTLP codec is not what its .proto files say: node scripts/otlp-codec.ts --write']
    : [];
  return { saw: messages, what: 'OTLP messages', problems };
}

async function api(fix: boolean): Promise<Finding> {
  const { stale, operations } = await checkApiTypes(fix);
  const problems = stale
    ? ['src/api/paths.ts is not what the API says of itself: node scripts/api-types.ts --write']
    : [];
  return { saw: operations, what: 'operations', problems };
}

async function tokens(fix: boolean): Promise<Finding> {
  const { stale, tokens: saw } = await checkTokens(fix);
  const problems = stale.map((file) => `${file} is not what src/theme/tokens.json says: npm run tokens`);
  return { saw, what: 'tokens', problems };
}

async function sizes(): Promise<Finding> {
  const measured = await measureSizes();
  const problems = measured.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));
  return { saw: measured.length, what: 'entries', problems, note: table(measured) };
}

interface Locked {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

function lockfile(): Promise<Finding> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  const problems = installed.flatMap(([path, { resolved, integrity, link, optionalDependencies = {} }]) => [
    ...(resolved !== undefined && !link ? [`${path} names the host it came from`] : []),
    ...(integrity === undefined && !link ? [`${path} has no integrity hash`] : []),
    // npm leaves out what its registry lacked that day, and `npm ci` then refuses the file.
    ...Object.keys(optionalDependencies)
      .filter((name) => !isLocked(name, path, packages))
      .map((name) => `${name}, an option of ${path}, is missing: npm ci would fail`),
  ]);
  return Promise.resolve({ saw: installed.length, what: 'packages', problems });
}

/** Looks where Node would: in the package's own node_modules, then in each folder above. */
function isLocked(name: string, from: string, packages: Record<string, Locked>): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

/** The projects that tsconfig.json references, as TypeScript reads them. */
function readProjects(): Map<string, ts.ParsedCommandLine> {
  const { references } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
    .config as {
    references: { path: string }[];
  };
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }: ts.Diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
  return new Map(
    references.map(({ path }) => {
      const config = join(path, 'tsconfig.json');
      const project = ts.getParsedCommandLineOfConfigFile(join(root, config), {}, host);
      if (!project) throw new Error(`cannot read ${config}`);
      return [config, project];
    }),
  );
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // listed by git and deleted since
  }
}

function toPath(file: string): string {
  return slashes(relative(root, file));
}

function slashes(file: string): string {
  return file.split(sep).join('/');
}
