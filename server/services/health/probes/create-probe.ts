/** From what a check's settings say to the probe that does it. */
import { WaooawError } from '../../../../src/protocol/index.ts';
import type { ProbeSpec } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { MetricReader } from '../../../ports/metric-reader.ts';
import { resolveBySystem, withoutBrackets } from './addresses.ts';
import type { Resolve } from './addresses.ts';
import { createDnsProbe } from './dns.ts';
import { createExecProbe } from './exec.ts';
import { createHeartbeatProbe } from './heartbeat.ts';
import { createHttpProbe } from './http.ts';
import { createMetricProbe } from './metric.ts';
import type { Probe } from './probe.ts';
import { problemsOf } from './problems.ts';
import { createTcpProbe } from './tcp.ts';
import { createTlsProbe } from './tls.ts';

/** What probes take. */
export interface ProbeDeps {
  readonly clock: Clock;
  readonly reader: MetricReader;
  /** True: this machine and private networks may be reached. Link-local and metadata addresses never may. */
  readonly allowPrivate: boolean;
  /** Finds the addresses of a name. Default: as the system does. */
  readonly resolve?: Resolve | undefined;
  /** Where programs get from what is passed on to them. Default: this process's environment. */
  readonly env?: Readonly<NodeJS.ProcessEnv> | undefined;
}

/** Makes a probe. @throws WaooawError `bad_request` naming the setting. */
export function createProbe(spec: ProbeSpec, deps: ProbeDeps): Probe {
  const [problem] = problemsOf(spec, deps.allowPrivate);
  if (problem) throw new WaooawError('bad_request', `probe.${problem.path.join('.')}: ${problem.message}`);
  const { clock, reader, allowPrivate, resolve = resolveBySystem, env } = deps;
  const opening = { clock, allowPrivate, resolve };
  switch (spec.kind) {
    case 'http':
      return createHttpProbe(spec, opening);
    case 'tcp':
      return createTcpProbe(spec, opening);
    case 'tls':
      return createTlsProbe(spec, opening);
    case 'dns':
      return createDnsProbe(spec, clock);
    case 'exec':
      return createExecProbe(spec, { clock, env });
    case 'heartbeat':
      return createHeartbeatProbe(spec, clock);
    case 'metric':
      return createMetricProbe(spec, { clock, reader });
  }
}

/** What is looked at, for the cap of runs at once against one host; undefined where nothing is connected to. */
export function hostOf(spec: ProbeSpec): string | undefined {
  switch (spec.kind) {
    case 'http':
      return withoutBrackets(new URL(spec.url).hostname);
    case 'tcp':
    case 'tls':
      return spec.host.toLowerCase();
    case 'dns':
      return spec.server;
    case 'exec':
    case 'heartbeat':
    case 'metric':
      return undefined;
  }
}
