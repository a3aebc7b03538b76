/** A probe that shakes hands and reads the certificate. */
import type { TlsProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { judgeCertificate } from './certificate.ts';
import { openSecurely } from './open.ts';
import type { OpenDeps } from './open.ts';
import type { Probe } from './probe.ts';
import { running } from './run.ts';

/** Makes one. Nothing is sent but the handshake. */
export function createTlsProbe(spec: TlsProbe, deps: OpenDeps & { readonly clock: Clock }): Probe {
  const { host, serverName = host } = spec;
  const { clock } = deps;
  return {
    look: (signal) =>
      running(clock, signal, async (run) => {
        const socket = await openSecurely(spec, spec, deps, run);
        const result = judgeCertificate(socket, serverName, spec, clock.now());
        return { ...result, timings: run.timings };
      }),
  };
}
