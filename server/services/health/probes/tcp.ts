/** A probe that connects, and may say something and wait for what must come back. */
import type { Socket } from 'node:net';
import type { TcpProbe } from '../../../../src/protocol/probe.schema.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ProbeFailure } from './failure.ts';
import { open } from './open.ts';
import type { OpenDeps } from './open.ts';
import type { Probe } from './probe.ts';
import { running } from './run.ts';
import type { Run } from './run.ts';
import { compiled, matchesSomewhere, reachOf } from './text-expectation.ts';
import { TextSearch } from './text-search.ts';

/** Between two looks at what came so far, ms: a target that sends single bytes must not have each of them searched from the start. */
const LOOK_EVERY_MS = 50;
/** How many times as long as a look took nobody looks again: a costly pattern gets a tenth of the event loop at most. */
const REST = 9;

/** Makes one. @throws RangeError for a pattern that cannot be compiled. */
export function createTcpProbe(spec: TcpProbe, deps: OpenDeps & { readonly clock: Clock }): Probe {
  const { clock } = deps;
  const pattern = compiled(spec.expect?.matches);
  return {
    look: (signal) =>
      running(clock, signal, async (run) => {
        const socket = await open(spec, deps, run);
        const sent = sending(socket, spec.send, run);
        await (awaited(spec, pattern, clock, run, socket) ?? sent);
        return { state: 'up', timings: run.timings };
      }),
  };
}

/** Resolves once everything came that must; undefined where nothing must. */
function awaited(
  { expect = {}, maxBytes }: TcpProbe,
  pattern: ReturnType<typeof compiled>,
  clock: Clock,
  run: Run,
  socket: Socket,
): Promise<void> | undefined {
  const { contains } = expect;
  if (contains === undefined && !pattern) return undefined;
  const search = new TextSearch(contains ?? '');
  const parts: Buffer[] = [];
  let bytes = 0;
  let nextAt = 0;
  let matched = pattern === undefined;
  const came = (): boolean => {
    if (!search.found) return false;
    if (matched || !pattern) return true;
    const began = clock.monotonicMs();
    matched = matchesSomewhere(pattern, Buffer.concat(parts));
    const ended = clock.monotonicMs();
    nextAt = ended + Math.max(LOOK_EVERY_MS, REST * (ended - began));
    return matched;
  };
  const may = (): boolean => matched || clock.monotonicMs() >= nextAt;

  const done = run.begin('firstByteMs', 'waiting for the expected answer');
  const answered = new Promise<void>((resolve, reject) => {
    const end = (error?: Error): void => {
      looking.cancel();
      socket.pause();
      if (error === undefined || came()) resolve();
      else reject(error);
    };
    const looking = clock.every(LOOK_EVERY_MS, () => bytes > 0 && may() && came() && end());
    socket.on('data', (part: Buffer) => {
      if (bytes === 0) done();
      const taken = part.subarray(0, maxBytes - bytes);
      bytes += taken.length;
      search.take(taken);
      // Behind its reach a pattern is not sought.
      if (pattern && bytes - taken.length < reachOf(pattern)) parts.push(taken);
      if (bytes >= maxBytes)
        end(new ProbeFailure(`What was expected was not in the first ${maxBytes} bytes`));
      else if (may() && came()) end();
    });
    socket.on('error', end);
    socket.on('close', () =>
      end(new ProbeFailure('The connection was closed before what was expected came')),
    );
  });
  return run.within(answered);
}

/** Resolves once the system has taken it all. */
async function sending(socket: Socket, text: string | undefined, run: Run): Promise<void> {
  if (text === undefined) return;
  run.phase = 'sending';
  const sent = new Promise<void>((resolve, reject) => {
    socket.write(text, (error) => (error ? reject(error) : resolve()));
  });
  // Where an answer is expected nobody waits for this; the socket's own error says the same.
  sent.catch(() => undefined);
  await run.within(sent);
}
