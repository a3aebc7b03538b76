import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryDoor } from '../../../testing/memory-door.ts';
import { random } from '../../../testing/random.ts';
import { KIND, agentOf, labelsOf, specOf, supervise, without } from '../../../testing/supervising.ts';
import { instanceName } from '../resources.ts';

const AGENTS = ['a', 'b', 'c'];
const STEPS = 60;
const HOUR_MS = 3_600_000;

describe('supervision', () => {
  it('comes to what is meant, whatever ends, fails, is held or restarted in whatever order', async (t) => {
    for (let seed = 1; seed <= 12; seed++) {
      const chance = random(seed);
      const pick = <T>(of: readonly T[]): T => of[Math.floor(chance() * of.length)]!;
      const door = new MemoryDoor();
      const kind = { ...KIND, hasPort: true, restart: { ...KIND.restart, maxInWindow: 4 } };
      const records = AGENTS.map((agent, i) =>
        agentOf({ agent, port: 20_000 + i, live: specOf({ replicas: i + 1 }) }),
      );
      let server = supervise(t, { records, kind, door, seed });
      const { machine, book, clock } = server;
      let epoch = 1;
      let releases: (() => void)[] = [];
      await server.supervisor.adopt();

      for (let step = 0; step < STEPS; step++) {
        const agent = pick(AGENTS);
        const running = Object.entries(machine.states).filter(([, state]) => state === 'running');
        switch (Math.floor(chance() * 9)) {
          case 0:
          case 1:
            if (running.length > 0)
              machine.end(
                pick(running)[0],
                pick([{ code: 0 }, { code: 1 }, { signal: 'SIGKILL' }]),
                chance() < 0.7,
              );
            break;
          case 2:
            releases.push(server.supervisor.hold(agent));
            break;
          case 3: {
            // What an operation does: it holds, waits, and commits what is live from then on.
            const release = server.supervisor.hold(agent);
            await server.supervisor.idle(agent);
            const now = book.get(agent)!;
            const generation = (now.live ?? now.spec).generation + 1;
            const live = specOf({ generation, replicas: 1 + Math.floor(chance() * 3) });
            const rest = without(without(now, 'reason'), 'live');
            const state = pick(['running', 'running', 'stopped', 'suspended'] as const);
            book.records.set(agent, { ...rest, state, spec: live, ...(state !== 'stopped' && { live }) });
            releases.push(release);
            break;
          }
          case 4:
            for (const release of releases.splice(0, 2)) release();
            break;
          case 5:
            machine.refused.set(pick(['start', 'stop', 'list']), new Error('not now'));
            break;
          case 6:
            machine.refused.clear();
            break;
          case 7:
            // A stray that a broken operation left.
            machine.put(`${agent}-1.99.0`, labelsOf({ agent, incarnation: 1 }, 99));
            break;
          default:
            releases = [];
            machine.refused.clear();
            await server.supervisor.close();
            epoch += 1;
            server = supervise(t, { kind, door, clock, machine, book, epoch, seed: seed + epoch });
            await server.supervisor.adopt();
        }
        await server.pass(pick([0, 100, 1_500, 20_000]));
      }

      machine.refused.clear();
      for (const release of releases) release();
      for (let waited = 0; waited < HOUR_MS / 10; waited += 10_000) await server.pass(10_000);
      for (const record of book.list()) {
        const { agent, state, live, restarts } = record;
        const isUp = (name: string): boolean => machine.states[name] === 'running';
        const wanted = Array.from({ length: live?.replicas ?? 0 }, (_, index) =>
          instanceName(record, live!.generation, index),
        );
        const said = `seed ${seed}, ${agent} is ${state}: ${JSON.stringify(machine.states)}`;
        const own = Object.keys(machine.states).filter((name) => name.startsWith(`${agent}-`));
        if (state === 'running') assert.ok(wanted.every(isUp), said);
        if (state === 'errored') assert.equal(record.reason, 'crashed', said);
        const strays = own.filter((name) => isUp(name) && !(wanted.includes(name) && state !== 'suspended'));
        assert.deepEqual(strays, [], said);
        const serving = door.routes.get(agent)?.targets.map(({ instance }) => instance) ?? [];
        const expected = state === 'running' || state === 'errored' ? wanted.filter(isUp) : [];
        assert.deepEqual(serving.sort(), expected.sort(), said);
        const counted = book.events.filter(
          ({ action, result, resource }) =>
            action === 'restart' && result === 'success' && resource.id === agent,
        );
        assert.equal(restarts, counted.length, said);
      }
      await server.supervisor.close();
    }
  });
});
