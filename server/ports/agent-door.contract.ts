/** Contract suite of the AgentDoor port. Every engine runs it with real sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { describe, it } from 'node:test';
import type { WaooawError } from '../../src/protocol/index.ts';
import { TestInstance, ask, openSocket } from '../testing/agent-instances.ts';
import type { AgentDoor } from './agent-door.ts';

/** A door under test. */
export interface DoorFixture {
  readonly door: AgentDoor;
  /** The door as the next server finds it. */
  next(): AgentDoor;
  close(): Promise<void>;
}

interface Stage extends DoorFixture {
  /** An instance that runs until the test ends. */
  start(name: string): Promise<TestInstance>;
}

/** Long enough never to be what ends a test, ms. */
const LONG_MS = 60_000;

/** Declares the suite for one engine. */
export function agentDoorContract(engine: string, create: () => Promise<DoorFixture>): void {
  const withDoor = (test: (stage: Stage) => Promise<void>) => async () => {
    const fixture = await create();
    const instances: TestInstance[] = [];
    const start = async (name: string): Promise<TestInstance> => {
      const instance = await TestInstance.start(name);
      instances.push(instance);
      return instance;
    };
    try {
      await test({ ...fixture, start });
    } finally {
      await fixture.close();
      await Promise.all(instances.map((instance) => instance.stop()));
    }
  };

  describe(`AgentDoor contract: ${engine}`, () => {
    it(
      'opens a port that is free, and leads its requests to the target',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        const { agent, host, port, targets } = await door.point({ agent: 'a', targets: [one.target] });
        assert.deepEqual([agent, host, targets], ['a', '127.0.0.1', [one.target]]);
        assert.equal((await ask(port)).body, 'one');
      }),
    );

    it(
      'keeps the port that it has, also without targets, and doing the same again changes nothing',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        const reserved = await door.point({ agent: 'a', targets: [] });
        const again = await door.point({ agent: 'a', targets: [] });
        const led = await door.point({ agent: 'a', port: reserved.port, targets: [one.target] });
        assert.deepEqual([again.port, led.port], [reserved.port, reserved.port]);
        assert.deepEqual(
          (await door.list()).map(({ agent, port }) => [agent, port]),
          [['a', reserved.port]],
        );
      }),
    );

    it(
      'opens the port that is asked for, and gives up the one before',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        const { port: first } = await door.point({ agent: 'a', targets: [one.target] });
        const { port: second } = await door.point({ agent: 'b', targets: [] });
        await door.close('b');
        const moved = await door.point({ agent: 'a', port: second, targets: [one.target] });
        assert.equal(moved.port, second);
        assert.equal((await ask(second)).body, 'one');
        await assert.rejects(ask(first), { code: 'ECONNREFUSED' });
      }),
    );

    it(
      'refuses a port that somebody else has, and what was open stays',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        for (const agent of ['a', 'b'])
          await assert.rejects(
            door.point({ agent, port: one.target.port, targets: [] }),
            (error: WaooawError) => error.code === 'port_in_use',
          );
        assert.equal((await ask(port)).body, 'one');
        assert.equal((await door.list()).length, 1);
      }),
    );

    it(
      'leads every request that begins later elsewhere, on connections that were open too, and answers what is under way',
      withDoor(async ({ door, start }) => {
        const [one, two] = [await start('one'), await start('two')];
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        assert.equal((await ask(port, { agent })).body, 'one');
        const under = ask(port, { path: '/hold' });
        const held = await one.held();
        await door.point({ agent: 'a', targets: [two.target] });
        assert.equal((await ask(port, { agent })).body, 'two');
        assert.equal((await ask(port)).body, 'two');
        held.end('late');
        assert.equal((await under).body, 'late');
        agent.destroy();
      }),
    );

    it(
      'asks its targets in turns',
      withDoor(async ({ door, start }) => {
        const [one, two] = [await start('one'), await start('two')];
        const { port } = await door.point({ agent: 'a', targets: [one.target, two.target] });
        const asked = [];
        for (let i = 0; i < 4; i += 1) asked.push((await ask(port)).body);
        assert.deepEqual(asked.slice().sort(), ['one', 'one', 'two', 'two']);
        assert.notEqual(asked[0], asked[1]);
      }),
    );

    it(
      'says when to come again while it has no target, and counts that as failed',
      withDoor(async ({ door }) => {
        const { port } = await door.point({ agent: 'a', targets: [] });
        const { status, headers } = await ask(port);
        assert.deepEqual([status, headers['retry-after']], [503, '1']);
        const [open] = await door.list();
        assert.deepEqual([open?.counts.requests, open?.counts.failed], [1, 1]);
      }),
    );

    it(
      'asks another target, and then the fallback, where one cannot be reached',
      withDoor(async ({ door, start }) => {
        const [gone, other, warm] = [await start('gone'), await start('other'), await start('warm')];
        await gone.stop();
        const { port } = await door.point({
          agent: 'a',
          targets: [gone.target, other.target],
          fallback: [warm.target],
        });
        for (let i = 0; i < 4; i += 1) assert.equal((await ask(port)).body, 'other');
        await other.stop();
        assert.equal((await ask(port, { method: 'POST', body: 'x' })).body, 'warm');
        await warm.stop();
        assert.equal((await ask(port)).status, 502);
        const [open] = await door.list();
        assert.equal(open?.counts.failed, 1);
        assert.ok(open.counts.retried >= 4);
      }),
    );

    it(
      'drains: waits for what is under way',
      withDoor(async ({ door, start }) => {
        const [one, two] = [await start('one'), await start('two')];
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        const under = ask(port, { path: '/hold' });
        const held = await one.held();
        await door.point({ agent: 'a', targets: [two.target] });
        let drained = false;
        const drain = door.drain('a', ['one'], LONG_MS).then((report) => {
          drained = true;
          return report;
        });
        assert.equal((await ask(port)).body, 'two');
        assert.equal(drained, false);
        held.end('late');
        assert.deepEqual(await drain, { drained: 1, socketsClosed: 0, cut: 0 });
        assert.equal((await under).body, 'late');
        assert.equal((await door.list())[0]?.counts.drained, 1);
        assert.deepEqual(await door.drain('a', ['one'], LONG_MS), { drained: 0, socketsClosed: 0, cut: 0 });
      }),
    );

    it(
      'cuts what is under way after the time of a drain',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        const under = assert.rejects(ask(port, { path: '/hold' }), { code: 'ECONNRESET' });
        await one.held();
        await door.point({ agent: 'a', targets: [] });
        assert.deepEqual(await door.drain('a', ['one'], 0), { drained: 0, socketsClosed: 0, cut: 1 });
        await under;
        assert.equal((await door.list())[0]?.counts.cut, 1);
      }),
    );

    it(
      'passes WebSockets, and closes those of drained instances with 1012, and no other',
      withDoor(async ({ door, start }) => {
        const [one, two] = [await start('one'), await start('two')];
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        const old = await openSocket(port);
        old.send('hello');
        assert.equal(String((await once(old, 'message'))[0]), 'hello');
        await door.point({ agent: 'a', targets: [two.target] });
        const young = await openSocket(port);
        const closed = once(old, 'close');
        assert.deepEqual(await door.drain('a', ['one'], LONG_MS), { drained: 0, socketsClosed: 1, cut: 0 });
        assert.equal((await closed)[0], 1012);
        young.send('still');
        assert.equal(String((await once(young, 'message'))[0]), 'still');
        const [open] = await door.list();
        assert.deepEqual([open?.counts.sockets, open?.counts.socketsClosed], [2, 1]);
        young.terminate();
      }),
    );

    it(
      'does not drain who takes requests',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        await door.point({ agent: 'a', targets: [one.target] });
        await assert.rejects(
          door.drain('a', ['one'], LONG_MS),
          (error: WaooawError) => error.code === 'conflict',
        );
      }),
    );

    it(
      'closes a port, and closing, draining and listing what is not there is harmless',
      withDoor(async ({ door, start }) => {
        assert.deepEqual(await door.list(), []);
        await door.close('a');
        assert.deepEqual(await door.drain('a', ['one'], LONG_MS), { drained: 0, socketsClosed: 0, cut: 0 });
        const one = await start('one');
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        await door.close('a');
        await door.close('a');
        await assert.rejects(ask(port), { code: 'ECONNREFUSED' });
        assert.deepEqual(await door.list(), []);
      }),
    );

    it(
      'stays open when it is let go, and the next server finds it as it was',
      withDoor(async ({ door, next, start }) => {
        const [one, two] = [await start('one'), await start('two')];
        const { port } = await door.point({ agent: 'a', targets: [one.target], fallback: [two.target] });
        const socket = await openSocket(port);
        await door.release();
        await assert.rejects(door.list(), (error: WaooawError) => error.code === 'unavailable');
        assert.equal((await ask(port)).body, 'one');
        const later = next();
        const [open] = await later.list();
        assert.deepEqual(
          [open?.agent, open?.port, open?.targets, open?.fallback, open?.counts.requests],
          ['a', port, [one.target], [two.target], 2],
        );
        await later.point({ agent: 'a', targets: [two.target] });
        assert.equal((await ask(port)).body, 'two');
        socket.send('still');
        assert.equal(String((await once(socket, 'message'))[0]), 'still');
        socket.terminate();
        await later.end();
      }),
    );

    it(
      'ends with all its ports',
      withDoor(async ({ door, start }) => {
        const one = await start('one');
        const { port } = await door.point({ agent: 'a', targets: [one.target] });
        await door.end();
        await assert.rejects(ask(port), { code: 'ECONNREFUSED' });
      }),
    );
  });
}
