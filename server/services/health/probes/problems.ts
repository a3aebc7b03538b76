/** What is wrong with a probe's settings that their schema, which knows no pattern and no certificate, cannot say. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type {
  ExecProbe,
  ExpectedAnswer,
  FileProbeSpec,
  ProbeSpec,
} from '../../../../src/protocol/probe.schema.ts';
import { compilePattern } from '../../../pattern.ts';
import { withoutBrackets } from './addresses.ts';
import { serverOf } from './dns-server.ts';
import { compileJsonExpectation } from './json-path.ts';
import { refusalOf } from './target-policy.ts';

/** One mistake. */
export interface Problem {
  /** Where, from the probe's own settings on. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/**
 * Looks at settings that follow their schema. Names are not looked up: that is done, and checked, at each run.
 * @param allowPrivate true where they may name this machine and private networks. Default true.
 */
export function problemsOf(
  spec: ProbeSpec | FileProbeSpec | ExecProbe,
  allowPrivate = true,
): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (path: Problem['path'], message: string): void => void problems.push({ path, message });
  const attempt = (path: Problem['path'], work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      say(path, error instanceof Error ? error.message : String(error));
    }
  };
  const reach = (path: Problem['path'], host: string): void => {
    const address = withoutBrackets(host);
    if (isIP(address) === 0) return;
    const refusal = refusalOf(address, allowPrivate);
    if (refusal !== undefined) say(path, `is ${refusal}, which this check may not reach`);
  };
  const pattern = (path: Problem['path'], text: string | undefined): void => {
    if (text !== undefined) attempt(path, () => compilePattern(text));
  };

  if ('ca' in spec && spec.ca !== undefined) attempt(['ca'], () => checkAuthorities(spec.ca!));
  switch (spec.kind) {
    case 'http':
      reach(['url'], new URL(spec.url).hostname);
      for (const [index, status] of spec.expect.status.entries()) {
        if (!inOrder(status)) say(['expect', 'status', index], 'expected the smaller status first');
      }
      for (const [name, text] of Object.entries(spec.expect.headers))
        pattern(['expect', 'headers', name], text);
      pattern(['expect', 'matches'], spec.expect.matches);
      for (const [index, text] of spec.expect.json.entries())
        attempt(['expect', 'json', index], () => compileJsonExpectation(text));
      break;
    case 'tcp':
      reach(['host'], spec.host);
      pattern(['expect', 'matches'], spec.expect?.matches);
      break;
    case 'tls':
      reach(['host'], spec.host);
      break;
    case 'dns':
      if (spec.server === undefined) break;
      attempt(['server'], () => serverOf(spec.server!));
      if (problems.length === 0) reach(['server'], serverOf(spec.server).address);
      break;
    case 'exec':
    case 'heartbeat':
    case 'metric':
      break;
  }
  return problems;
}

function inOrder(status: ExpectedAnswer['status'][number]): boolean {
  const [from = 0, to = from] = String(status).split('-').map(Number);
  return from <= to;
}

function checkAuthorities(ca: string): void {
  for (const block of ca.split(CERTIFICATE).slice(1)) {
    try {
      new X509Certificate(`${CERTIFICATE}${block}`);
    } catch (cause) {
      throw new RangeError('holds what is no certificate', { cause });
    }
  }
}
