/** A probe that asks over HTTP, follows as many redirects as it may, and compares the answer. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ProbeFailure, clean } from './failure.ts';
import { ProbeAgent } from './http-agent.ts';
import { HttpExpectation } from './http-answer.ts';
import { BadCertificate, ask } from './http-request.ts';
import type { Answered, Asked } from './http-request.ts';
import type { OpenDeps } from './open.ts';
import type { Probe, ProbeResult } from './probe.ts';
import { running } from './run.ts';
import type { Run } from './run.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** After these a request that brought something is asked again without it, as browsers do (RFC 9110 §15.4). */
const TO_GET = new Set([301, 302, 303]);
/** Never sent to another origin, though they are not marked secret: they say who or what is asked for. */
const OF_ORIGIN = new Set(['host', 'origin', 'referer']);

/** Makes one. @throws RangeError for an expectation that cannot be read. */
export function createHttpProbe(spec: HttpProbe, deps: OpenDeps & { readonly clock: Clock }): Probe {
  const expectation = new HttpExpectation(spec);
  const agent = new ProbeAgent(spec.keepAlive);
  const { clock } = deps;

  const look = async (run: Run): Promise<ProbeResult> => {
    try {
      const answered = await following(first(spec), spec, agent, deps, run);
      const result = await judged(answered, run);
      return { ...result, timings: run.timings };
    } catch (error) {
      if (error instanceof BadCertificate) return { ...error.result, timings: run.timings };
      throw error;
    }
  };

  const judged = async ({ response, socket, certificate }: Answered, run: Run): Promise<ProbeResult> => {
    const expires = certificate && { certificateExpiresAt: certificate.certificateExpiresAt! };
    const refusal =
      refusalOf(response, expectation, spec) ??
      (expectation.needsBody ? await expectation.refusesBody(response, run) : undefined);
    if (spec.keepAlive) await kept(response, socket, run, spec.maxBodyBytes);
    if (refusal !== undefined) return { state: 'down', reason: refusal, ...expires };
    if (certificate?.state === 'degraded') return certificate;
    return { state: 'up', reason: `HTTP ${response.statusCode}`, ...expires };
  };

  return {
    look: (signal) => running(clock, signal, look),
    close: () => agent.destroy(),
  };
}

function first({ url, method, headers, secretHeaders, body }: HttpProbe): Asked {
  return { url: new URL(url), method, headers: { ...lower(headers), ...lower(secretHeaders) }, body };
}

async function following(
  asked: Asked,
  spec: HttpProbe,
  agent: ProbeAgent,
  deps: OpenDeps & { readonly clock: Clock },
  run: Run,
): Promise<Answered> {
  let next = asked;
  for (let followed = 0; ; followed++) {
    const answered = await ask(next, spec, agent, deps, run);
    const { response } = answered;
    const to = spec.redirects === 0 ? undefined : targetOf(response, next.url);
    if (!to) return answered;
    if (followed === spec.redirects)
      throw new ProbeFailure(
        `More than ${spec.redirects} ${spec.redirects === 1 ? 'redirect' : 'redirects'}, the last to ${shown(to)}`,
      );
    // Its body is nobody's concern.
    response.destroy();
    next = redirected(next, to, response.statusCode!, spec);
  }
}

function targetOf({ statusCode = 0, headers: { location } }: IncomingMessage, from: URL): URL | undefined {
  if (!REDIRECTS.has(statusCode) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) throw new ProbeFailure('A redirect to what is no address');
  const to = new URL(location, from.href);
  if (to.protocol !== 'http:' && to.protocol !== 'https:')
    throw new ProbeFailure(`A redirect to ${clean(to.protocol)}, which is not followed`);
  return to;
}

/** @throws ProbeFailure rather than to hand what is sent to somebody else. */
function redirected({ url, method, headers, body }: Asked, to: URL, status: number, spec: HttpProbe): Asked {
  const turns = TO_GET.has(status) && method !== 'GET' && method !== 'HEAD';
  const asked = turns
    ? {
        url: to,
        method: 'GET',
        headers: without(headers, (name) => name.startsWith('content-')),
        body: undefined,
      }
    : { url: to, method, headers, body };
  // Once dropped they stay so, also should it lead back.
  if (to.origin === url.origin) return asked;
  if (asked.body !== undefined)
    throw new ProbeFailure(`A redirect of a ${method} with its body to ${shown(to)}, which is not followed`);
  const secret = new Set(Object.keys(lower(spec.secretHeaders)));
  return { ...asked, headers: without(asked.headers, (name) => secret.has(name) || OF_ORIGIN.has(name)) };
}

function refusalOf(
  response: IncomingMessage,
  expectation: HttpExpectation,
  { url, redirects }: HttpProbe,
): string | undefined {
  const refusal = expectation.refuses(response);
  const { statusCode = 0, headers } = response;
  if (refusal === undefined || redirects > 0 || !REDIRECTS.has(statusCode)) return refusal;
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, url)) return refusal;
  return `${refusal}, a redirect to ${shown(new URL(location, url))}; this check follows none`;
}

/** Reads what is left, so that the connection can be used again; one with more left than is worth it is closed with the run. */
async function kept(response: IncomingMessage, socket: Socket, run: Run, maxBytes: number): Promise<void> {
  if (response.destroyed && !response.complete) return;
  let bytes = 0;
  const read = async (): Promise<void> => {
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > maxBytes) return;
    }
  };
  run.phase = 'reading the rest of the answer';
  if (!response.readableEnded) await run.within(read()).catch(() => undefined);
  run.signal.throwIfAborted();
  if (response.complete && bytes <= maxBytes) run.keeps(socket);
}

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function without(
  headers: Readonly<Record<string, string>>,
  drops: (name: string) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !drops(name)));
}

/** An address without what may be secret in it: user information and query. */
function shown({ origin, pathname }: URL): string {
  return clean(`${origin}${pathname}`);
}
