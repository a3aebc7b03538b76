/** Streams from one process to the next, through a file: a restart on purpose loses no publication. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../ports/clock.ts';
import type { Streams } from './bus.ts';

const hash = z.string().regex(/^[0-9a-f]{16}$/);
const offset = z.int().min(0);
/** What is kept without end: JSON has no Infinity, and writes null. */
const bound = z
  .number()
  .min(0)
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY);

const stored = z.object({
  version: z.literal(1),
  /** ms since 1970. */
  at: z.int(),
  streams: z.array(
    z.tuple([
      z.string(),
      z.object({
        epoch: z.string().min(1),
        offset,
        tail: hash,
        retention: z.object({ size: bound, ageMs: bound }),
        kept: z.array(
          z.object({ epoch: z.string(), offset, prev: hash, tail: hash, data: z.string(), at: z.number() }),
        ),
        keys: z.array(z.object({ key: z.string(), offset, prev: hash, tail: hash, at: z.number() })),
      }),
    ]),
  ),
});

/** Writes the streams, whole or not at all; times become ages. */
export async function writeStreams(file: string, streams: Streams, clock: Clock): Promise<void> {
  const now = clock.monotonicMs();
  const aged = <T extends { readonly at: number }>(one: T): T => ({ ...one, at: now - one.at });
  const content: z.infer<typeof stored> = {
    version: 1,
    at: clock.now(),
    streams: streams.map(([channel, state]) => [
      channel,
      { ...state, retention: { ...state.retention }, kept: state.kept.map(aged), keys: state.keys.map(aged) },
    ]),
  };
  await writeFile(`${file}.new`, JSON.stringify(content), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

/**
 * Takes the streams over, once: the file is gone before anybody is served from it, so that a later crash cannot begin
 * from a past that was gone on from.
 * @param refused told why a file cannot be used. New epochs begin then, and readers are told so.
 */
export async function takeStreams(
  file: string,
  clock: Clock,
  refused: (error: unknown) => void,
): Promise<Streams> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
    await rm(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') refused(error);
    return [];
  }
  try {
    const { at, streams } = stored.parse(JSON.parse(text));
    const awayMs = Math.max(0, clock.now() - at);
    const now = clock.monotonicMs();
    const young = <T extends { at: number }>(one: T): T => ({ ...one, at: now - awayMs - one.at });
    return streams.map(([channel, state]) => [
      channel,
      { ...state, kept: state.kept.map(young), keys: state.keys.map(young) },
    ]);
  } catch (error) {
    refused(error);
    return [];
  }
}
