/** The file that names what to scrape, as YAML or JSON: checked whole, each mistake named by its line and field. */
import { z } from 'zod';
import { TAG_NAME } from '../../../../src/protocol/index.ts';
import { parseConfigFile } from '../../../config-file.ts';
import { SCRAPE_DEFAULTS, targetUrl } from './job.ts';
import type { ScrapeJob } from './job.ts';

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
  const file = parseConfigFile(fileName, content);
  return file.check(File).scrape.map(({ timeoutMs, bearerTokenFile, basicAuth, ...job }) => ({
    ...job,
    timeoutMs: timeoutMs ?? Math.min(SCRAPE_DEFAULTS.timeoutMs, job.intervalMs),
    bearerTokenFile: bearerTokenFile && file.beside(bearerTokenFile),
    basicAuth: basicAuth && { ...basicAuth, passwordFile: file.beside(basicAuth.passwordFile) },
  }));
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
