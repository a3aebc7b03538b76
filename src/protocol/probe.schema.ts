/**
 * What a check looks at, and what it expects there: the probes that the file of checks and the API may define. `optional` and
 * not `exactOptional`, which the OpenAPI generator takes for required.
 */
import { z } from 'zod';
import { fileHttpProbe, httpProbe } from './http-probe.schema.ts';
import {
  MAX_READ_BYTES,
  ca,
  certificateDays,
  daysInOrder,
  daysIssue,
  expectedText,
} from './probe-parts.schema.ts';
import { ACROSS, AGGREGATIONS } from './queries.ts';
import { parseSelector } from './selector.ts';

export type { ExpectedAnswer, HttpProbe } from './http-probe.schema.ts';

/** 31 days, ms. */
const MAX_MS = 2_678_400_000;

const ms = (min = 0) => z.int().min(min).max(MAX_MS);
const host = z
  .string()
  .max(253)
  .regex(/^(?!-)[\w-]+(\.[\w-]+)*\.?$|^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/, 'expected a host name or an address')
  .describe(
    'A name or an address, without a port. Every address of a name must be one that checks may reach',
  );
const port = z.int().min(1).max(65_535);

/** Connects, and may talk. */
export const tcpProbe = z
  .strictObject({
    kind: z.literal('tcp'),
    host,
    port,
    send: z.string().max(65_536).optional().describe('Sent as UTF-8 once connected; nothing secret'),
    expect: z
      .strictObject(expectedText)
      .optional()
      .describe('What must come back. Default: a connection is enough'),
    maxBytes: z.int().min(1).max(MAX_READ_BYTES).default(65_536).describe('Read at most. Default 64 KiB'),
  })
  .meta({ id: 'TcpProbe' });

/** Looks at a certificate. */
export const tlsProbe = z
  .strictObject({
    kind: z.literal('tls'),
    host,
    port: port.default(443),
    serverName: host
      .optional()
      .describe('The name that is asked for and must be in the certificate. Default `host`'),
    ca,
    ...certificateDays,
  })
  .refine(daysInOrder, daysIssue)
  .meta({ id: 'TlsProbe' });

/** Looks a name up. */
export const dnsProbe = z
  .strictObject({
    kind: z.literal('dns'),
    name: z
      .string()
      .max(253)
      .regex(/^[\w-]+(\.[\w-]+)*\.?$/, 'expected a name'),
    type: z.enum(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT']).default('A'),
    values: z
      .array(z.string().min(1).max(1_024))
      .max(32)
      .default([])
      .describe(
        'Records that must be there. Default none: any record is enough. MX as `10 mail.example`, SRV as `10 5 443 host.example`',
      ),
    exact: z.boolean().default(false).describe('True: and no others'),
    server: z
      .string()
      .max(64)
      .regex(
        /^[0-9.]+(:\d{1,5})?$|^[0-9a-fA-F:.]+$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$/,
        'expected an address, with or without a port',
      )
      .optional()
      .describe(
        'Who is asked, by its address: `192.0.2.53`, `[2001:db8::53]:5353`. Default: those of this machine',
      ),
  })
  .meta({ id: 'DnsProbe' });

/** Runs a program. Only the file of checks may. */
export const execProbe = z
  .strictObject({
    kind: z.literal('exec'),
    command: z
      .array(
        z
          .string()
          .max(4_096)
          .regex(/^[^\0]*$/, 'expected no zero byte'),
      )
      .min(1)
      .max(64)
      .refine(([program = '']) => program.startsWith('/'), {
        path: [0],
        message: 'expected an absolute path',
      })
      .describe('The program by its absolute path, and its arguments. No shell sees them'),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, 'expected a variable'),
        z
          .string()
          .max(4_096)
          .regex(/^[^\0]*$/, 'expected no zero byte'),
      )
      .default({})
      .describe('Its environment, which is otherwise empty'),
    pass: z
      .array(z.string().regex(/^[A-Za-z_]\w*$/, 'expected a variable'))
      .max(64)
      .default([])
      .describe('Variables that it gets from the server’s own environment. What they hold is never told'),
    cwd: z
      .string()
      .max(4_096)
      .regex(/^\/[^\0]*$/, 'expected an absolute path')
      .default('/'),
    exitCodes: z
      .enum(['plain', 'nagios'])
      .default('plain')
      .describe(
        'plain: 0 is up, others are down. nagios: 0 up, 1 degraded, 2 down, 3 no result, others down',
      ),
    degradedCodes: z
      .array(z.int().min(1).max(255))
      .max(32)
      .default([])
      .describe('Exit codes that are degraded, of plain ones'),
    graceMs: ms()
      .default(2_000)
      .describe('Between asking it to end and killing it and all it started, ms. Default 2,000'),
    maxOutputBytes: z
      .int()
      .min(1)
      .max(MAX_READ_BYTES)
      .default(65_536)
      .describe('One that writes more is ended, and down. Default 64 KiB'),
  })
  .meta({ id: 'ExecProbe' });

/** Waits to be told. */
export const heartbeatProbe = z
  .strictObject({
    kind: z.literal('heartbeat'),
    everyMs: ms(1_000).describe('A last beat that is older than this is degraded, ms'),
    graceMs: ms().default(60_000).describe('One that is older by this is down, ms. Default 60,000'),
  })
  .meta({ id: 'HeartbeatProbe' });

/** Judges a metric that the server keeps. */
export const metricProbe = z
  .strictObject({
    kind: z.literal('metric'),
    metric: z.string().max(4_096).superRefine(checkSelector).describe('A selector, as in a metric query'),
    windowMs: ms(1_000).default(300_000).describe('How far back is looked, ms. Default 300,000'),
    stepMs: ms(1_000)
      .optional()
      .describe(
        'The span that is judged, ms: the newest complete step. Default 60,000, or half of a shorter window',
      ),
    aggregation: z.enum(AGGREGATIONS).optional(),
    across: z.enum(ACROSS).optional(),
    degradedAbove: z.number().optional(),
    downAbove: z.number().optional(),
    degradedBelow: z.number().optional(),
    downBelow: z.number().optional(),
    noData: z
      .enum(['none', 'down'])
      .default('none')
      .describe('What no sample in the window means: no result, which changes nothing; or down'),
  })
  .refine(({ windowMs, stepMs = 0 }) => windowMs >= 2 * stepMs, {
    path: ['windowMs'],
    message: 'expected at least two steps, so that one of them is complete at any time',
  })
  .superRefine((probe, context) => {
    const { degradedAbove, downAbove, degradedBelow, downBelow } = probe;
    const add = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ([degradedAbove, downAbove, degradedBelow, downBelow].every((limit) => limit === undefined))
      add('downAbove', 'expected at least one of degradedAbove, downAbove, degradedBelow and downBelow');
    if (degradedAbove !== undefined && downAbove !== undefined && downAbove < degradedAbove)
      add('downAbove', 'expected at least degradedAbove');
    if (degradedBelow !== undefined && downBelow !== undefined && downBelow > degradedBelow)
      add('downBelow', 'expected at most degradedBelow');
  })
  .meta({ id: 'MetricProbe' });

/** What the API may define: no program, and no file of the server's. */
export const apiProbe = z
  .discriminatedUnion('kind', [httpProbe, tcpProbe, tlsProbe, dnsProbe, heartbeatProbe, metricProbe])
  .describe('What is looked at');

/** What the file of checks may define. */
export const probe = z.discriminatedUnion('kind', [
  fileHttpProbe,
  tcpProbe,
  tlsProbe,
  dnsProbe,
  heartbeatProbe,
  metricProbe,
  execProbe,
]);

/** A TCP probe with its defaults filled in. */
export type TcpProbe = z.output<typeof tcpProbe>;
/** A TLS probe with its defaults filled in. */
export type TlsProbe = z.output<typeof tlsProbe>;
/** A DNS probe with its defaults filled in. */
export type DnsProbe = z.output<typeof dnsProbe>;
/** An exec probe with its defaults filled in. */
export type ExecProbe = z.output<typeof execProbe>;
/** A heartbeat with its defaults filled in. */
export type HeartbeatProbe = z.output<typeof heartbeatProbe>;
/** A metric's probe with its defaults filled in. */
export type MetricProbe = z.output<typeof metricProbe>;
/** As the API takes it. */
export type ApiProbeSpec = z.output<typeof apiProbe>;
/** As it stands in the file: `headerFiles` are still to be read into `secretHeaders`. */
export type FileProbeSpec = z.output<typeof probe>;
/** As it is run, wherever it came from. */
export type ProbeSpec = ApiProbeSpec | ExecProbe;

function checkSelector(text: string, context: z.RefinementCtx): void {
  try {
    parseSelector(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
}
