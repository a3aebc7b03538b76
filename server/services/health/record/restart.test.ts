import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { CheckTransition, Incident } from '../../../../src/protocol/index.ts';
import { checkInput } from '../../../../src/protocol/health.schema.ts';
import { openRecord } from './index.ts';
import { recording } from '../../../testing/health-recording.ts';
import type { Recording } from '../../../testing/health-recording.ts';
import { Program } from '../../../testing/program.ts';
import { random } from '../../../testing/random.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';

const definition = (check: string, title = check) =>
  checkInput.parse({ check, title, probe: { kind: 'tcp', host: 'db.example', port: 5_432 } });

/** Stops, lets time pass, and starts again. */
async function again(t: TestContext, run: Recording, awayMs = 0): Promise<Recording> {
  await run.stop();
  run.clock.advance(awayMs);
  return recording(t, { clock: run.clock, folder: run.folder });
}

/** Changes as `from>to@second`, oldest first. */
async function changes({ record, clock }: Recording, start: number): Promise<string> {
  const { transitions } = await record.history('api', 90, clock.now());
  return transitions
    .toReversed()
    .map(({ from, to, at }) => `${from}>${to}@${(at - start) / 1_000}`)
    .join(' ');
}

describe('after a restart', () => {
  it('what was known, paused, defined and open is there', async (t) => {
    const run = await recording(t);
    const { record, show, clock } = run;
    assert.deepEqual(run.kept, {
      definitions: [],
      judged: new Map(),
      paused: new Map(),
      incidents: new Map(),
    });
    await record.saveDefinition(definition('web'), 'ana');
    clock.advance(1);
    await record.saveDefinition(definition('api'), 'ana');
    clock.advance(1);
    await record.saveDefinition(definition('web', 'The web'), 'ben');
    await record.saveDefinition(definition('gone'), 'ana');
    await record.deleteDefinition('gone');
    record.judged('api', { hard: 'up' });
    record.judged('api', { hard: 'down', runs: [1, 2] });
    const incident = show({ state: 'down' })!;
    const pause = await record.pause('web', 'ana');
    await record.pause('api', 'ana');
    await record.resume('api');
    const next = await again(t, run, 60_000);
    assert.deepEqual(next.kept, {
      definitions: [definition('web', 'The web'), definition('api')],
      judged: new Map([['api', { hard: 'down', runs: [1, 2] }]]),
      paused: new Map([['web', pause]]),
      incidents: new Map([['api', incident]]),
    });
    assert.deepEqual(pause, { by: 'ana', at: clock.now() - 60_000 });
    assert.deepEqual(next.record.openIncident('api'), incident);
    assert.deepEqual(next.errors, []);
  });

  it('a definition that is not understood is left as it is, and told', async (t) => {
    const run = await recording(t);
    await run.record.saveDefinition(definition('api'), 'ana');
    const odd = JSON.stringify({ check: 'odd', probe: { kind: 'telepathy' } });
    await run.database.transaction([
      { sql: `INSERT INTO health_check VALUES ('odd', ?, 1, 1, 'x')`, params: [odd] },
    ]);
    const next = await again(t, run);
    assert.deepEqual(
      next.kept.definitions.map(({ check }) => check),
      ['api'],
    );
    assert.match(next.errors.join(), /^check odd, which the API defined, is not understood/);
    assert.deepEqual(await next.column('SELECT count(*) FROM health_check'), [2]);
  });

  it('the time in which nobody looked is unknown, up to the first result', async (t) => {
    const run = await recording(t);
    const start = run.clock.now();
    run.show({ state: 'up' });
    run.clock.advance(10_000);
    const next = await again(t, run, 60_000);
    // What was kept says nothing of now.
    assert.equal(next.show({ state: 'up', since: start, at: start + 9_000 }), undefined);
    next.clock.advance(5_000);
    assert.equal(await changes(next, start), 'unknown>up@0 up>unknown@10');
    next.show({ state: 'up', since: start });
    assert.equal(await changes(next, start), 'unknown>up@0 up>unknown@10 unknown>up@75');
    const { uptime } = await next.record.history('api', 1, next.clock.now());
    assert.deepEqual([uptime.day.upMs, uptime.day.downMs, uptime.day.ratio], [10_000, 0, 1]);
  });

  it('what was kept opens and ends no incident, and the first result does', async (t) => {
    const run = await recording(t);
    const start = run.clock.now();
    const incident = run.show({ state: 'down' })!;
    const kept = { at: start, since: start };
    const next = await again(t, run, 60_000);
    assert.deepEqual(next.show({ state: 'up', ...kept }), incident);
    assert.deepEqual(next.show({ state: 'up', word: 'maintenance', ...kept }), incident);
    assert.equal(next.show({ check: 'web', state: 'down', ...kept }), undefined);
    assert.equal(next.show({ check: 'web', state: 'down', at: undefined, since: start } as never), undefined);
    next.clock.advance(1_000);
    assert.equal(next.show({ state: 'up', since: next.clock.now() }), undefined);
    const opened = next.show({ check: 'web', state: 'down', since: start }, { at: start });
    assert.equal(opened?.startedAt, start, 'the failure began before the restart');
    assert.equal((await next.record.incidents({ check: 'api' }))[0]?.endedAt, start + 61_000);
  });

  it('a check whose results stand in the past, by a clock that was put back, is believed at its second', async (t) => {
    const run = await recording(t);
    const start = run.clock.now();
    run.show({ state: 'up' });
    const next = await again(t, run, 60_000);
    next.show({ state: 'down', at: start + 1_000, since: start });
    assert.equal(next.record.openIncident('api'), undefined);
    next.show({ state: 'down', at: start + 2_000, since: start });
    assert.notEqual(next.record.openIncident('api'), undefined);
  });

  it('that was paused, in a window, or behind its parent is shown so at once', async (t) => {
    const run = await recording(t);
    const start = run.clock.now();
    run.show({ state: 'up', word: 'paused' });
    const next = await again(t, run, 60_000);
    next.show({ state: 'up', word: 'paused', at: start, since: start });
    assert.equal(await changes(next, start), 'unknown>paused@0 paused>unknown@0 unknown>paused@60');
  });

  it('nothing comes of nothing', async (t) => {
    const run = await recording(t);
    const next = await again(t, run);
    assert.equal(await changes(next, 0), '');
    assert.deepEqual(next.errors, []);
  });
});

describe('a record', () => {
  it('that was never loaded closes, and writes nothing', async (t) => {
    const run = await recording(t);
    const { clock, database, tried, errors } = run;
    await run.record.close();
    tried.length = 0;
    const onError = (error: unknown): void => void errors.push(String(error));
    await openRecord({ database, clock, onError }).close();
    assert.deepEqual([tried, errors], [[], []]);
    assert.equal(clock.pending, 0);
  });

  it('whose database refuses at the start says so, and can be closed', async (t) => {
    const run = await recording(t);
    const { clock, database, refuse } = run;
    await run.record.close();
    const errors: string[] = [];
    const record = openRecord({ database, clock, onError: (_, what) => void errors.push(what) });
    refuse.next = 1;
    await assert.rejects(record.load(), { code: 'database_failed' });
    await record.close();
    assert.deepEqual(errors, ['the health record cannot be written, and waits']);
    assert.equal(clock.pending, 0);
  });

  it('says when a pause or a definition cannot be kept', async (t) => {
    const { record, refuse, column } = await recording(t);
    refuse.next = 4;
    const failed = { code: 'database_failed' };
    await assert.rejects(record.pause('api', 'ana'), failed);
    await assert.rejects(record.resume('api'), failed);
    await assert.rejects(record.saveDefinition(definition('api'), 'ana'), failed);
    await assert.rejects(record.deleteDefinition('api'), failed);
    assert.deepEqual(await column('SELECT check_id FROM health_paused'), []);
  });

  it('writes what is known of a thousand checks in one go, and only their last', async (t) => {
    const { record, clock, tried, column } = await recording(t);
    for (let result = 0; result < 3; result++)
      for (let i = 0; i < 1_000; i++) record.judged(`check-${i}`, { result });
    assert.deepEqual(tried, []);
    clock.advance(1_000);
    await record.flush();
    assert.deepEqual(tried, [1_000]);
    assert.deepEqual(await column('SELECT DISTINCT known FROM health_judged'), ['{"result":2}']);
  });

  it('costs nothing where nothing changes', async (t) => {
    const { record, show, tried, clock } = await recording(t);
    show({ state: 'up' });
    show({ check: 'web', state: 'down' });
    await record.flush();
    const [first] = tried.splice(0);
    assert.equal(first, 3, 'two changes and an incident');
    for (let i = 0; i < 100; i++) {
      show({ state: 'up' });
      show({ check: 'web', state: 'down' });
    }
    await record.flush();
    assert.deepEqual(tried, []);
    assert.ok(clock.pending > 0);
  });
});

interface Begins {
  readonly startedAt: number;
  readonly judged: { readonly n: number };
  readonly paused?: string;
  readonly incidents: readonly Incident[];
  readonly windows: readonly string[];
  readonly ended: readonly string[];
  readonly transitions: readonly CheckTransition[];
}

interface Shown {
  readonly n: number;
  readonly state: string;
  readonly at: number;
  readonly incident?: string;
}

describe('after kill -9', () => {
  for (const seed of [1, 2, 3]) {
    it(`nothing is lost that was said to be kept (seed ${seed})`, { timeout: 60_000 }, async (t) => {
      const chance = random(seed);
      const folder = temporaryFolder();
      const start = (): Program => new Program(t, 'server/testing/health-recorder-program.ts', {}, [folder]);
      const begins = async (program: Program): Promise<Begins> =>
        JSON.parse((await program.line(/^begins /)).slice('begins '.length)) as Begins;
      let program = start();
      let n = (await begins(program)).judged.n;
      const said: string[] = [];
      for (let kill = 0; kill < 3; kill++) {
        const until = n + 1 + Math.floor(chance() * 40);
        await program.line(new RegExp(`^shown {"n":${until},`));
        program.kill('SIGKILL');
        const lines = (await program.ended).stdout.split('\n').slice(0, -1);
        said.push(...lines);
        const of = <T>(what: string, all = said): T[] =>
          all
            .filter((line) => line.startsWith(`${what} `))
            .map((line) => JSON.parse(line.slice(what.length)) as T);
        const shown = of<Shown>('shown', lines);
        const last = shown.at(-1)!;
        program = start();
        const kept = await begins(program);

        assert.ok(kept.judged.n >= last.n && kept.judged.n <= last.n + 1, `${kept.judged.n} after ${last.n}`);
        // Each change that was said stands, and the last one leads to unknown, no sooner than it was and no later than now.
        const found = new Set(kept.transitions.map(({ to, at }) => `${to} ${at}`));
        for (const { state, at } of shown) assert.ok(found.has(`${state} ${at}`), `${state} at ${at}`);
        const away = kept.transitions.at(-1)!;
        assert.equal(away.to, 'unknown');
        assert.ok(away.at >= last.at && away.at <= kept.startedAt);
        kept.transitions.reduce((one, next) => {
          assert.ok(one.to === next.from && one.at <= next.at, 'no hole');
          return next;
        });
        // At most the one thing more that was under way.
        const state = kept.judged.n % 2 === 0 ? 'up' : 'down';
        assert.equal(kept.incidents.length, state === 'down' ? 1 : 0);
        const ids = new Set(of<Shown>('shown').flatMap(({ incident }) => incident ?? []));
        const known = new Set([...kept.ended, ...kept.incidents.map(({ id }) => id)]);
        for (const id of ids) assert.ok(known.has(id), `incident ${id}`);
        assert.ok(known.size <= ids.size + 1 + kill);
        const acknowledged = of<{ id: string; by: string }>('acknowledged').at(-1);
        const [open] = kept.incidents;
        if (open && open.id === acknowledged?.id) assert.equal(open.acknowledged?.by, acknowledged.by);
        for (const { id } of of<{ id: string }>('window')) assert.ok(kept.windows.includes(id));
        const paused = of<{ by: string }>('paused').at(-1);
        if (paused) assert.match(String(kept.paused), /^ana \d+$/);
        assert.deepEqual(of('error'), []);
        n = kept.judged.n;
      }
      program.kill('SIGKILL');
      await program.ended;
    });
  }
});
