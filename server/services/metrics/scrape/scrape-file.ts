/** The file that names what to scrape, as YAML or JSON: checked whole, each mistake named by its line and field. */
import { dirname, resolve } from 'node:path';
import { LineCounter, isMap, isSeq, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { z } from 'zod';
import { TAG_NAME, WaooawError } from '../../../../src/protocol/index.ts';
import { SCRAPE_DEFAULTS, targetUrl } from './job.ts';
import type { ScrapeJob } from './job.ts';

/** Mistakes that are named at once. */
const MAX_SHOWN = 10;

/** Headers that a scrape sets itself. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);
/** Headers that carry what is secret. */
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

const whole = (min: number, max: number) =>
  z
    .int({ error: `expected a whole number from ${min} to ${max}` })
    .min(min, { error: `expected at least ${min}` })
    .max(max, { error: `expected at most ${max}` });
const text = (max: number, expected: string) =>
  z
    .string({ error: `expected ${expected}` })
    .min(1, { error: `expected ${expected}` })
    .max(max, { error: `expected at most ${max} characters` });

const Target = text(2_048, 'an address such as http://host:9100/metrics').superRefine((target, context) => {
  const problem = problemOfTarget(target);
  // Never the address itself: what is refused here may hold a password.
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const Headers = z.record(z.string(), text(4_096, 'a text')).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const problem = problemOfHeader(name.toLowerCase(), value);
    if (problem) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
});

const Tags = z.record(z.string(), text(1_024, 'a text')).superRefine((tags, context) => {
  for (const name of Object.keys(tags)) {
    if (TAG_NAME.test(name) && name !== 'job' && name !== 'instance') continue;
    const message = TAG_NAME.test(name) ? 'is set by the scrape itself' : 'is not a tag name';
    context.addIssue({ code: 'custom', path: [name], message });
  }
});

const Job = z
  .strictObject({
    job: text(128, 'a name'),
    targets: z
      .array(Target, { error: 'expected a list of addresses' })
      .min(1, { error: 'expected at least one address' }),
    intervalMs: whole(100, 3_600_000).default(SCRAPE_DEFAULTS.intervalMs),
    timeoutMs: whole(10, 3_600_000).optional(),
    maxBytes: whole(1_024, 1_073_741_824).default(SCRAPE_DEFAULTS.maxBytes),
    maxSamples: whole(1, 10_000_000).default(SCRAPE_DEFAULTS.maxSamples),
    tags: Tags.default({}),
    honorTags: z.boolean({ error: 'expected true or false' }).default(false),
    headers: Headers.default({}),
    bearerTokenFile: text(4_096, 'a file').optional(),
    basicAuth: z.strictObject({ user: text(256, 'a name'), passwordFile: text(4_096, 'a file') }).optional(),
  })
  .superRefine(({ intervalMs, timeoutMs, targets, bearerTokenFile, basicAuth }, context) => {
    if (timeoutMs !== undefined && timeoutMs > intervalMs) {
      context.addIssue({
        code: 'custom',
        path: ['timeoutMs'],
        message: `expected at most intervalMs, which is ${intervalMs}`,
      });
    }
    if (bearerTokenFile !== undefined && basicAuth) {
      context.addIssue({
        code: 'custom',
        path: ['basicAuth'],
        message: 'expected one of bearerTokenFile and basicAuth',
      });
    }
    for (const index of repeated(targets.map((target) => targetUrl(target).href))) {
      context.addIssue({ code: 'custom', path: ['targets', index], message: 'is there twice' });
    }
  });

const File = z
  .strictObject({ scrape: z.array(Job, { error: 'expected a list of jobs' }) })
  .superRefine(({ scrape }, context) => {
    for (const index of repeated(scrape.map(({ job }) => job))) {
      context.addIssue({ code: 'custom', path: ['scrape', index, 'job'], message: 'is there twice' });
    }
  });

/**
 * Reads a scrape file. Files that it names are sought from its own folder.
 * @param fileName for messages, and for that folder.
 * @throws WaooawError `bad_config` naming the file and, of each mistake, its line and field.
 */
export function readScrapeFile(content: string, fileName: string): readonly ScrapeJob[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken) throw bad([`${fileName}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`]);

  const result = File.safeParse(plain(document, fileName));
  if (!result.success) {
    throw bad(
      result.error.issues.map(({ path, message, ...issue }) => {
        const at = issue.code === 'unrecognized_keys' ? [...path, ...issue.keys.slice(0, 1)] : path;
        const said = issue.code === 'unrecognized_keys' ? 'is no setting of this' : message;
        return `${fileName}:${lineOf(document, lines, at)}: ${fieldOf(at)}: ${said}`;
      }),
    );
  }
  const folder = dirname(resolve(fileName));
  return result.data.scrape.map(({ timeoutMs, bearerTokenFile, basicAuth, ...job }) => ({
    ...job,
    timeoutMs: timeoutMs ?? Math.min(SCRAPE_DEFAULTS.timeoutMs, job.intervalMs),
    bearerTokenFile: bearerTokenFile && resolve(folder, bearerTokenFile),
    basicAuth: basicAuth && { ...basicAuth, passwordFile: resolve(folder, basicAuth.passwordFile) },
  }));
}

function plain(document: Document, fileName: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch (cause) {
    // Aliases of aliases, which would grow without bound.
    throw bad([`${fileName}:1: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}

function bad(mistakes: readonly string[]): WaooawError {
  const more = mistakes.length - MAX_SHOWN;
  return new WaooawError(
    'bad_config',
    [...mistakes.slice(0, MAX_SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
  );
}

function problemOfTarget(target: string): string | undefined {
  if (!URL.canParse(target)) return 'expected an address such as http://host:9100/metrics';
  const { protocol, username, password, hash } = new URL(target);
  if (protocol !== 'http:' && protocol !== 'https:') return 'expected http:// or https://';
  if (username !== '' || password !== '') {
    return 'holds a user or a password; set basicAuth, with the password in a file';
  }
  return hash === '' ? undefined : 'has a fragment, which no server gets to see';
}

function problemOfHeader(name: string, value: string): string | undefined {
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) return 'is not a header name';
  if (SECRET_HEADERS.has(name)) return 'is secret; set bearerTokenFile or basicAuth';
  if (OWN_HEADERS.has(name)) return 'is set by the scrape itself';
  return /^[\t\x20-\x7e]*$/.test(value) ? undefined : 'holds a character that a header may not';
}

/** Places of what was there before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

/** The line of a field, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let at = document.contents?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(part));
      if (!pair) break;
      at = pair.key.range?.[0] ?? at;
      node = pair.value;
    } else if (isSeq<Node>(node) && typeof part === 'number') {
      node = node.items[part];
      at = (node as Node | undefined)?.range?.[0] ?? at;
    } else break;
  }
  return lines.linePos(at).line;
}

/** `scrape[0].targets[1]`. */
function fieldOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
}
