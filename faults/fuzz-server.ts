/** Malformed frames thrown at a broadcaster: each is answered with a code, or ends the connection with one. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Json } from '../src/protocol/index.ts';
import { CLOSE, CODES, decodeFrame } from '../src/protocol/index.ts';
import { createManualClock } from '../server/engines/memory/clock.ts';
import { createMemoryBus } from '../server/engines/memory/bus.ts';
import { broadcasting } from '../server/testing/broadcasting.ts';
import { FakeReader, connected } from '../server/testing/fake-reader.ts';
import { Chance } from './chance.ts';
import type { Fuzzed } from './fuzz.ts';
import { mutated, nested } from './mutate.ts';

const POSITION = { e: 'k3Jq', o: 41, h: '0123456789abcdef' };

/** What a client may say. */
export const COMMANDS: readonly object[] = [
  {
    id: 1,
    connect: {
      client: { name: 'fuzz', version: '1' },
      subs: [{ ch: 'app/a' }, { ch: 'app/b', since: POSITION }],
    },
  },
  { id: 2, connect: { token: 'x', subs: [{ ch: 'live/a', everyMs: 100 }] } },
  { id: 3, subscribe: { ch: 'app/c', since: POSITION, everyMs: 500 } },
  { id: 4, subscribe: { ch: 'live/b' } },
  { id: 5, unsubscribe: { n: 1 } },
  { id: 6, demand: { n: 1, everyMs: 1_000 } },
  { id: 7, publish: { ch: 'app/a', data: { some: ['data', 1, null] }, key: 'k1' } },
  { id: 8, publish: { ch: 'user/x', data: 1 } },
  { id: 9, request: { method: 'echo', data: { a: [1, { b: 2 }] } } },
  { id: 10, refresh: { token: 'x' } },
  { pos: { 1: 5, 2: 7 } },
];

/** After so many turns of the event loop an answer is not coming. */
const TURNS = 200;
const PROVE_EVERY = 100;
/** How many of all frames are valid but for their depth. */
const DEEP_SHARE = 0.02;

/** Throws so many. */
export async function fuzzServer(seed: number, cases: number): Promise<Fuzzed> {
  const chance = new Chance(seed);
  const clock = createManualClock();
  const { broadcaster, errors } = broadcasting({ clock, bus: createMemoryBus(clock) });
  broadcaster.respond('echo', (data) => data ?? null);
  const outcomes: Record<string, number> = {};
  const problems: string[] = [];
  let reader = new FakeReader(broadcaster);

  for (let i = 0; i < cases; i += 1) {
    clock.advance(1_000);
    if (reader.closedWith !== undefined || chance.maybe(0.05)) {
      reader.connection.lost();
      reader = chance.maybe(0.8) ? await connected(broadcaster) : new FakeReader(broadcaster);
    }
    const command = chance.pick(COMMANDS);
    const frame = chance.maybe(DEEP_SHARE) ? nested(command, chance) : mutated(command, chance);
    const from = reader.inbox.frames.length;
    reader.say(frame);
    const owed = answersOwed(frame);
    for (let turns = 0; turns < TURNS; turns += 1) {
      if (reader.closedWith !== undefined || answersIn(reader, from).length >= owed) break;
      await turn();
    }
    const answers = answersIn(reader, from);
    for (const answer of answers) {
      const outcome = judge(answer);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (outcome === 'internal' || outcome.startsWith('?'))
        problems.push(`${outcome}: ${shown(frame)} ${errors.splice(0).map(String).join()}`);
    }
    if (reader.closedWith !== undefined) {
      if (!(reader.closedWith in CLOSE))
        problems.push(`closed with ${String(reader.closedWith)}: ${shown(frame)}`);
      outcomes[`closed: ${reader.closedWith}`] = (outcomes[`closed: ${reader.closedWith}`] ?? 0) + 1;
    } else if (answers.length < owed)
      problems.push(`${answers.length} answers to ${owed} messages: ${shown(frame)}`);
    reader.inbox.rest();
    reader.inbox.frames.length = 0;

    if (i % PROVE_EVERY === 0) {
      const other = await connected(broadcaster);
      const { ok } = await other.ask({ subscribe: { ch: 'app/proof' } });
      broadcaster.publish('app/proof', { proof: i });
      const { pubs } = await other.next();
      if (JSON.stringify(pubs) !== JSON.stringify([[(ok?.o ?? 0) + 1, { proof: i }]]))
        problems.push(`after ${i} a reader hears ${JSON.stringify(pubs)}`);
      other.connection.lost();
    }
  }
  if ('polluted' in {}) problems.push('Object.prototype was polluted');
  for (const [what, error] of errors) problems.push(`${what}: ${String(error)}`);
  reader.connection.lost();
  if (broadcaster.stats().connections > 0)
    problems.push(`${broadcaster.stats().connections} connections are left`);
  broadcaster.close();
  return { cases, outcomes, problems };
}

/** Answers, without what is said unasked. */
function answersIn(reader: FakeReader, from: number): Json[] {
  return reader.inbox.frames
    .slice(from)
    .flatMap((frame) => frame.split('\n').map((line) => JSON.parse(line) as Json))
    .filter((message) => typeof message === 'object' && message !== null && 'id' in message);
}

function judge(answer: Json): string {
  const { ok, err } = answer as { ok?: unknown; err?: { code?: string } };
  if (ok !== undefined) return 'ok';
  return err?.code !== undefined && err.code in CODES ? err.code : `? ${JSON.stringify(answer)}`;
}

/** One a message; one for a whole frame that cannot be read. A pong has none, unless it is wrong. */
function answersOwed(frame: string): number {
  try {
    return decodeFrame(frame).filter(
      (message) => !(typeof message === 'object' && message !== null && Object.hasOwn(message, 'pos')),
    ).length;
  } catch {
    return 1;
  }
}

function shown(frame: string): string {
  return frame.length > 300 ? `${frame.slice(0, 200)}… (${frame.length})` : frame;
}
