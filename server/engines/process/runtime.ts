/** Engine: agents as processes of this machine. Each has a shim beside it, which outlives this process. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceExit, LogLine, LogPage } from '../../../src/protocol/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { AgentRuntime, Instance, InstanceSpec, LogRead } from '../../ports/agent-runtime.ts';
import type { Clock } from '../../ports/clock.ts';
import { Follower } from './follower.ts';
import { freePort } from './free-port.ts';
import { Held } from './held.ts';
import { launch } from './launch.ts';
import { PROCESS_RUNTIME_LIMITS } from './limits.ts';
import type { ProcessRuntimeLimits } from './limits.ts';
import { readLog } from './log-reader.ts';
import { LOGS } from './messages.ts';
import type { Usage } from './messages.ts';
import { lastRun, toInstance } from './record.ts';
import { Slots } from './slots.ts';

const NAME = /^[a-z0-9][a-z0-9.-]{0,127}$/;
/** Folders of instances that are being forgotten. */
const GONE = '.gone-';

/** What it is made from. */
export interface ProcessRuntimeOptions {
  /** Everything of the instances is in there; made if need be, for this user only. */
  readonly folder: string;
  readonly clock: Clock;
  /** Hears of what nobody else is told. */
  readonly onError: (error: unknown, what: string) => void;
  readonly limits?: Partial<ProcessRuntimeLimits>;
}

/** Agents as processes. Nothing is done before the first call. */
export function createProcessRuntime(options: ProcessRuntimeOptions): AgentRuntime {
  return new ProcessRuntime(options);
}

class ProcessRuntime implements AgentRuntime {
  readonly #options: ProcessRuntimeOptions;
  readonly #limits: ProcessRuntimeLimits;
  readonly #slots: Slots;
  readonly #held = new Map<string, Held>();
  /** Names that are worked on: by start, remove and adoption, one after the other. */
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #listeners = new Set<(instance: Instance) => void>();
  /** Ends that were told. */
  readonly #told = new WeakSet<Held>();
  /** Given to instances that may not listen yet. */
  readonly #ports = new Set<number>();
  #isClosed = false;
  #isCleared = false;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    this.#limits = { ...PROCESS_RUNTIME_LIMITS, ...options.limits };
    this.#slots = new Slots(this.#limits.maxStarting);
  }

  start(spec: InstanceSpec): Promise<Instance> {
    if (!NAME.test(spec.name)) {
      return Promise.reject(new WaooawError('bad_request', `${spec.name} is no name of an instance`));
    }
    return this.#alone(spec.name, async () => {
      for (;;) {
        const held = await this.#adopt(spec.name);
        if (held?.isEnding) await held.ended();
        if (held && !held.isOver) return toInstance(held.record);
        if (held?.mayRun) {
          const said = `What is left of ${spec.name} may still run, and cannot be told from others`;
          throw new WaooawError('agent_start_failed', said);
        }
        const begun = await this.#begin(spec, held);
        if (begun) return toInstance(begun.record);
      }
    });
  }

  async stop(name: string, graceMs?: number): Promise<InstanceExit | undefined> {
    const known = this.#held.get(name);
    // It may be starting anew just now.
    const held = known?.isOver === false && !this.#isClosed ? known : await this.#find(name, true);
    return await held?.stop(graceMs, this.#limits.stopMs);
  }

  async suspend(name: string): Promise<void> {
    await (await this.#running(name)).call('suspend');
  }

  async resume(name: string): Promise<void> {
    await (await this.#running(name)).call('resume');
  }

  async find(name: string): Promise<Instance | undefined> {
    const held = await this.#find(name);
    return held && toInstance(held.record);
  }

  async list(): Promise<readonly Instance[]> {
    this.#clear();
    const all = await Promise.all(
      namesIn(this.#options.folder)
        .filter((name) => NAME.test(name))
        .map((name) => this.find(name)),
    );
    return all.filter((instance) => instance !== undefined);
  }

  remove(name: string): Promise<void> {
    return this.#alone(name, async () => {
      const held = await this.#adopt(name);
      if (!held) return;
      if (!held.isOver) throw new WaooawError('conflict', `${name} runs`);
      held.forget();
      this.#held.delete(name);
      // At once, and not file by file: a crash leaves all of it, or nothing that has a name.
      const gone = join(this.#options.folder, `${GONE}${randomBytes(8).toString('hex')}`);
      renameSync(this.#folderOf(name), gone);
      await rm(gone, { recursive: true, force: true });
    });
  }

  async logs(name: string, read: LogRead): Promise<LogPage> {
    await this.#get(name);
    return await readLog(join(this.#folderOf(name), LOGS), read);
  }

  follow(name: string, listener: (lines: readonly LogLine[]) => void): () => void {
    if (!NAME.test(name)) return () => undefined;
    const folder = join(this.#folderOf(name), LOGS);
    const follower = new Follower(folder, this.#limits.followBytes, listener, this.#onErrorOf(name));
    const all = this.#followers.get(name) ?? new Set();
    this.#followers.set(name, all.add(follower));
    return () => {
      follower.stop();
      all.delete(follower);
      if (all.size === 0 && this.#followers.get(name) === all) this.#followers.delete(name);
    };
  }

  onChange(listener: (instance: Instance) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async usage(): Promise<ReadonlyMap<string, Usage>> {
    const used = new Map<string, Usage>();
    const running = (await this.list()).filter(({ state }) => state === 'running' || state === 'suspended');
    await Promise.all(
      running.map(async ({ name }) => {
        // One that ends meanwhile uses nothing any more.
        const usage = await this.#held
          .get(name)
          ?.usage()
          .catch(() => undefined);
        if (usage) used.set(name, usage);
      }),
    );
    return used;
  }

  async listens(name: string): Promise<boolean | undefined> {
    return await (await this.#running(name)).listens();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#busy.values());
    for (const held of this.#held.values()) held.letGo();
    for (const followers of this.#followers.values()) for (const follower of followers) follower.stop();
    this.#followers.clear();
    this.#listeners.clear();
  }

  /** @returns undefined when somebody else began it at the same time. */
  async #begin(spec: InstanceSpec, last: Held | undefined): Promise<Held | undefined> {
    const { clock } = this.#options;
    const { memoryCheckMs, recordCheckMs, logBytesPerSecond, startMs } = this.#limits;
    const folder = this.#folderOf(spec.name);
    const port = spec.hasPort ? await this.#reservePort(last?.record.port) : undefined;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const order = {
        spec,
        run: lastRun(folder) + 1,
        mark: randomBytes(16).toString('hex'),
        ...(port !== undefined && { port }),
        memoryCheckMs,
        recordCheckMs,
        logBytesPerSecond,
      };
      const isOurs = (await this.#slots.use(() => launch(folder, order, clock, startMs))) !== 'taken';
      last?.letGo();
      this.#held.delete(spec.name);
      if (!isOurs) return undefined;
      const held = await this.#adopt(spec.name);
      if (!held) throw new WaooawError('agent_start_failed', `${spec.name} was taken away as it started`);
      // It ended before it was listened to.
      if (held.isOver) this.#tell(held);
      return held;
    } catch (error) {
      await this.#afterFailure(spec.name, last);
      if (error instanceof WaooawError) throw error;
      throw new WaooawError('agent_start_failed', `${spec.name}: ${String(error)}`, { cause: error });
    } finally {
      if (port !== undefined) this.#ports.delete(port);
    }
  }

  /** A shim that was too slow may have begun all the same: what is left of it is ended like that of any other. */
  async #afterFailure(name: string, last: Held | undefined): Promise<void> {
    const folder = this.#folderOf(name);
    const run = lastRun(folder);
    if (run === 0) rmSync(folder, { recursive: true, force: true });
    if (run <= (last?.record.run ?? 0)) return;
    last?.letGo();
    this.#held.delete(name);
    await this.#adopt(name);
  }

  async #reservePort(preferred: number | undefined): Promise<number> {
    const taken = new Set(this.#ports);
    for (const { record, isOver } of this.#held.values()) {
      if (!isOver && record.port !== undefined) taken.add(record.port);
    }
    const port = await freePort(this.#limits.ports, preferred, taken);
    // Another may have found the same one meanwhile.
    if (this.#ports.has(port)) return await this.#reservePort(undefined);
    this.#ports.add(port);
    return port;
  }

  async #get(name: string): Promise<Held> {
    const held = await this.#find(name);
    if (!held) throw new WaooawError('not_found', `There is no instance ${name}`);
    return held;
  }

  async #running(name: string): Promise<Held> {
    const held = await this.#get(name);
    if (held.isOver) throw new WaooawError('not_found', `${name} does not run`);
    return held;
  }

  /** @param last waits for what is done with it. */
  async #find(name: string, last = false): Promise<Held | undefined> {
    const known = this.#held.get(name);
    if (known && !last && !this.#isClosed) return known;
    return NAME.test(name) ? await this.#alone(name, () => this.#adopt(name)) : undefined;
  }

  async #adopt(name: string): Promise<Held | undefined> {
    const known = this.#held.get(name);
    if (known) return known;
    const held = await Held.adopt({
      name,
      folder: this.#folderOf(name),
      clock: this.#options.clock,
      answerMs: this.#limits.answerMs,
      onOver: (ended) => this.#tell(ended),
      onLogged: () => this.#look(name),
      onError: this.#onErrorOf(name),
    });
    if (held) this.#held.set(name, held);
    this.#look(name);
    return held;
  }

  /** One after the other for each name. @throws WaooawError `unavailable` once closed. */
  async #alone<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#busy.get(name);
    const mine = (async () => {
      await before?.catch(() => undefined);
      if (this.#isClosed) throw new WaooawError('unavailable', 'The agent runtime is closed');
      return await work();
    })();
    this.#busy.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(name) === mine) this.#busy.delete(name);
    }
  }

  #tell(held: Held): void {
    if (this.#told.has(held)) return;
    this.#told.add(held);
    this.#look(held.record.name);
    for (const listener of this.#listeners) {
      try {
        listener(toInstance(held.record));
      } catch (error) {
        this.#options.onError(error, `the end of ${held.record.name}`);
      }
    }
  }

  #look(name: string): void {
    for (const follower of this.#followers.get(name) ?? []) follower.look();
  }

  /** What the last one did not come to remove. */
  #clear(): void {
    if (this.#isCleared) return;
    this.#isCleared = true;
    const left = namesIn(this.#options.folder).filter((name) => name.startsWith(GONE));
    for (const name of left) rmSync(this.#folderOf(name), { recursive: true, force: true });
  }

  #folderOf(name: string): string {
    return join(this.#options.folder, name);
  }

  #onErrorOf(name: string): (error: unknown) => void {
    return (error) => this.#options.onError(error, `instance ${name}`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
