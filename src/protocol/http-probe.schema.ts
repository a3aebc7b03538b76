/** What a probe over HTTP asks and expects. `optional` and not `exactOptional`, which the OpenAPI generator takes for required. */
import { z } from 'zod';
import {
  MAX_READ_BYTES,
  ca,
  certificateDays,
  daysInOrder,
  daysIssue,
  expectedText,
  pattern,
} from './probe-parts.schema.ts';

/** Headers of one probe, of each sort. */
const MAX_HEADERS = 32;
/** Headers that belong to the connection: whoever set them could make one request look like two. */
const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Headers that are secret whoever sets them. */
const SECRET_HEADERS = new Set(['authorization', 'cookie']);

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const NONE: ReadonlySet<string> = new Set();

const url = z
  .url({ protocol: /^https?$/, error: 'expected an address such as https://host/health' })
  .max(2_048)
  .refine(
    (text) => /^https?:\/\/[^/?#\\@]+([/?]|$)/i.test(text),
    'holds a user or a password; set a secret header',
  )
  .refine((text) => !text.includes('#'), 'has a fragment, which no server gets to see')
  .describe('http: or https:, without user and password');

const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e]*$/, 'holds a character that a header may not');
const few = (record: object): boolean => Object.keys(record).length <= MAX_HEADERS;

const headers = z
  .record(z.string(), headerValue)
  .superRefine(checkNames(OWN_HEADERS, SECRET_HEADERS))
  .refine(few, `expected at most ${MAX_HEADERS}`)
  .default({})
  .describe('Sent with every request; nothing secret');

const secretHeaders = z
  .record(z.string(), headerValue)
  .superRefine(checkNames(OWN_HEADERS))
  .refine(few, `expected at most ${MAX_HEADERS}`)
  .default({})
  .describe(
    'Such as authorization: sent to the origin of `url` alone, never told again. Read back as empty texts; an empty text keeps the value that is there',
  );

const headerFiles = z
  .record(z.string(), z.string().min(1).max(4_096))
  .superRefine(checkNames(OWN_HEADERS))
  .refine(few, `expected at most ${MAX_HEADERS}`)
  .default({})
  .describe(
    'Headers such as authorization, each with the file that holds its value, sought from the folder of this file',
  );

const statusRange = z.union(
  [z.int().min(100).max(599), z.string().regex(/^[1-5]\d\d-[1-5]\d\d$/, 'expected a range such as 200-299')],
  { error: 'expected a status such as 200, or a range such as "200-299"' },
);

const expectedAnswer = z
  .strictObject({
    status: z
      .array(statusRange)
      .min(1)
      .max(32)
      .default(['200-299'])
      .describe('One of them. Default ["200-299"]'),
    headers: z
      .record(z.string(), pattern())
      .superRefine(checkNames())
      .refine(few, `expected at most ${MAX_HEADERS}`)
      .default({})
      .describe(
        'Headers that must be there, each with a pattern (RE2) that must match somewhere in its value',
      ),
    ...expectedText,
    json: z
      .array(z.string().min(1).max(512))
      .max(32)
      .default([])
      .describe(
        'What must hold of a JSON body: `$.status == "up"`, `$.queues[0].depth < 100`, `$.version` (is there)',
      ),
  })
  .meta({ id: 'ExpectedHttpAnswer' });

const http = {
  kind: z.literal('http'),
  url,
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers,
  body: z.string().max(65_536).optional().describe('Sent as UTF-8; nothing secret'),
  redirects: z
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('Followed at most. Default 0: an answer that points elsewhere is judged itself'),
  maxBodyBytes: z
    .int()
    .min(1)
    .max(MAX_READ_BYTES)
    .default(1_048_576)
    .describe('Of the answer, read at most, and only where its body is judged. Default 1 MiB'),
  keepAlive: z
    .boolean()
    .default(false)
    .describe(
      'True keeps the connection for the next run, which then says nothing of name, connection and handshake',
    ),
  ca,
  certificate: z
    .strictObject(certificateDays)
    .refine(daysInOrder, daysIssue)
    .prefault({})
    .describe('Of an https: address'),
  expect: expectedAnswer.prefault({}),
};

/** Asks over HTTP. */
export const httpProbe = z
  .strictObject({ ...http, secretHeaders })
  .superRefine(noBodyToGet)
  .meta({ id: 'HttpProbe' });

/** Asks over HTTP, as the file of checks says it: secrets are in files of their own. */
export const fileHttpProbe = z.strictObject({ ...http, headerFiles }).superRefine(noBodyToGet);

/** An HTTP probe with its defaults filled in. */
export type HttpProbe = z.output<typeof httpProbe>;
/** What an HTTP probe expects. */
export type ExpectedAnswer = z.output<typeof expectedAnswer>;
function noBodyToGet(
  { method, body }: { method: string; body?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (body !== undefined && (method === 'GET' || method === 'HEAD'))
    context.addIssue({ code: 'custom', path: ['body'], message: `is not sent with ${method}; set method` });
}

/** Names are looked at with their record, so that what is said of one is said at its place. */
function checkNames(own: ReadonlySet<string> = NONE, secret: ReadonlySet<string> = NONE) {
  return (record: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const name of Object.keys(record)) {
      const lower = name.toLowerCase();
      const message = !HEADER_NAME.test(name)
        ? 'is not a header name'
        : own.has(lower)
          ? 'is set by the probe itself'
          : secret.has(lower)
            ? 'is secret; set it as a secret header'
            : seen.has(lower)
              ? 'is there twice'
              : undefined;
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
      seen.add(lower);
    }
  };
}
