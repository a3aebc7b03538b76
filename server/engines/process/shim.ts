/** The life of one instance: started, watched, stopped, and its end written down. Runs in the shim's process. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceExit } from '../../../src/protocol/index.ts';
import { Family, MARK } from './family.ts';
import type { ProcessIdentity } from './identity.ts';
import { identifyChild } from './identity.ts';
import { listeningInodes, socketsOf } from './listening.ts';
import { LOGS } from './messages.ts';
import type { Order, Tell, Usage } from './messages.ts';
import { Output } from './output.ts';
import { residentBytes } from './proc.ts';
import { SYSTEM_PATH, findProgram, limitCommand } from './program.ts';
import { hasRun, isOver, writeRun } from './record.ts';
import type { RunRecord } from './record.ts';

/** Where instances listen. */
const HOST = '127.0.0.1';
/** How long pipes may stay open once nobody is left to write to them, ms. */
const PIPES_MS = 1_000;
/** Between two tries to write what happened on a full disk, ms. */
const SAVE_AGAIN_MS = 1_000;
/** Of so many looks at the memory, one looks for processes that left the tree. */
const LOOKS_PER_SCAN = 10;
/** Rounds in which processes are halted that were forked in the round before. */
const HALT_ROUNDS = 10;

/** What it is made from. */
export interface ShimOptions {
  /** The instance's. */
  readonly folder: string;
  readonly order: Order;
  /** Who runs this. */
  readonly shim: ProcessIdentity;
  /** Hears each change, and of new lines. */
  readonly tell: (tell: Tell) => void;
  /** Where `nice` and `prlimit` are looked for. */
  readonly path: string;
}

/** One instance, from its start to its end. */
export class Shim {
  /** Resolves once it has ended, nothing of it runs, and that is written down. */
  readonly ended: Promise<void>;
  readonly #options: ShimOptions;
  #record: RunRecord;
  #family: Family | undefined;
  #output: Output | undefined;
  #reason: InstanceExit['reason'];
  /** When it is ended by force, ms of the monotonic clock. */
  #forceAt = Infinity;
  #forcing: NodeJS.Timeout | undefined;
  #memory: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #saving: NodeJS.Timeout | undefined;
  /** Of processes that have ended. */
  #cpuSeconds = 0;
  #end: () => void = () => undefined;

  constructor(options: ShimOptions) {
    const { spec, run, mark, port } = options.order;
    this.#options = options;
    this.#record = {
      form: 1,
      name: spec.name,
      run,
      mark,
      labels: spec.labels,
      state: 'starting',
      startedAt: Date.now(),
      shim: options.shim,
      ...(port !== undefined && { port }),
      stop: spec.stop,
    };
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** @throws Error saying why the program cannot be started. */
  async start(): Promise<void> {
    const { folder, order, path, tell } = this.#options;
    const { spec, port, memoryCheckMs, recordCheckMs } = order;
    const [program = '', ...rest] = spec.command;
    if (!isFolder(spec.workingFolder)) throw new Error(`its folder ${spec.workingFolder} is not there`);
    const found = findProgram(program, spec.env['PATH'] ?? SYSTEM_PATH, spec.workingFolder);
    if (!found) throw new Error(`${program} is not there, or may not be executed`);
    const args = port === undefined ? rest : rest.map((part) => part.replaceAll('{port}', String(port)));
    const { command, missing } = limitCommand([found, ...args], spec.resources, path);
    const output = new Output({
      folder: join(folder, LOGS),
      rotation: spec.logs,
      bytesPerSecond: order.logBytesPerSecond,
      onLogged: (last) => tell({ logged: last }),
    });
    this.#output = output;
    for (const tool of missing) output.say(`${tool} is not installed: its limits are not kept`);

    const [first = '', ...others] = command;
    const child = spawn(first, others, {
      cwd: spec.workingFolder,
      env: {
        ...spec.env,
        ...(port !== undefined && { PORT: String(port), HOST }),
        WAOOAW_INSTANCE: spec.name,
        [MARK]: order.mark,
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const begun = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    // At once: it may end before anything else is done, and is not reaped before this turn is over.
    this.#watch(child, output);
    await begun;
    if (spec.resources.memoryBytes !== undefined)
      this.#watchMemory(spec.resources.memoryBytes, memoryCheckMs);
    this.#watchRecord(recordCheckMs);
    if (!isOver(this.#record)) this.#save({ ...this.#record, state: 'running' });
  }

  /** Asks it to end, and forces it after `graceMs`. Asked again, the earlier time counts. */
  stop(graceMs = this.#options.order.spec.stop.graceMs): void {
    if (!this.#family || isOver(this.#record)) return;
    this.#endWith('stopped', graceMs);
  }

  /** Halts all its processes. */
  suspend(): void {
    if (this.#record.state !== 'running' || !this.#family) return;
    let before = 0;
    for (let round = 0; round < HALT_ROUNDS; round++) {
      const halted = this.#family.signal('SIGSTOP').length;
      if (halted === before) break;
      before = halted;
    }
    this.#save({ ...this.#record, state: 'suspended' });
  }

  /** Lets them go on. */
  resume(): void {
    if (this.#record.state !== 'suspended') return;
    this.#family?.signal('SIGCONT');
    this.#save({ ...this.#record, state: 'running' });
  }

  usage(): Usage {
    const near = this.#family?.near() ?? [];
    const cpuSeconds = near.reduce((sum, stat) => sum + stat.cpuSeconds, 0);
    // What an orphan used goes with it; what was told once is not taken back.
    this.#cpuSeconds = Math.max(this.#cpuSeconds, cpuSeconds);
    return { memoryBytes: memoryOf(near), cpuSeconds: this.#cpuSeconds };
  }

  /** True when whoever listens on its port is of its own; undefined where that cannot be told. */
  listens(): boolean | undefined {
    const { port } = this.#record;
    const inodes = port === undefined ? undefined : listeningInodes(port);
    if (inodes === undefined || !this.#family) return undefined;
    const held = new Set(this.#family.near().flatMap(({ pid }) => [...socketsOf(pid)]));
    return inodes.length > 0 && inodes.every((inode) => held.has(inode));
  }

  /** Need not write its end down any more. */
  leave(): void {
    if (!isOver(this.#record)) return;
    clearTimeout(this.#saving);
    this.#end();
  }

  #watch(child: ChildProcess, output: Output): void {
    const { pid, stdout, stderr } = child;
    // It was not started: `error` says why.
    if (pid === undefined || !stdout || !stderr) return;
    const identity = identifyChild(pid);
    const { mark } = this.#record;
    this.#family = new Family(identity ?? { pid, startTime: 0, bootId: '' }, mark, true);
    this.#record = { ...this.#record, pid, ...(identity && { process: identity }) };
    output.take('stdout', stdout);
    output.take('stderr', stderr);
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.once('exit', (code, signal) => {
      this.#family?.reaped();
      void this.#finish(
        {
          at: Date.now(),
          ...(code !== null && { code }),
          ...(signal !== null && { signal }),
        },
        closed,
      );
    });
  }

  #endWith(reason: InstanceExit['reason'], graceMs: number): void {
    const isFirst = this.#forceAt === Infinity;
    this.#reason ??= reason;
    this.#forceAt = Math.min(this.#forceAt, performance.now() + graceMs);
    if (isFirst && graceMs > 0) this.#ask();
    clearTimeout(this.#forcing);
    const force = (): void => void this.#family?.kill();
    if (graceMs > 0) this.#forcing = setTimeout(force, Math.max(0, this.#forceAt - performance.now()));
    else force();
  }

  /** Those that are halted have to go on to hear it. */
  #ask(): void {
    this.#family?.signal(this.#options.order.spec.stop.signal, 'SIGCONT');
  }

  /** The program has ended: what it left behind goes as well, in the same way. */
  async #finish(exit: InstanceExit, closed: Promise<void>): Promise<void> {
    const { spec } = this.#options.order;
    clearInterval(this.#memory);
    clearInterval(this.#looking);
    clearTimeout(this.#forcing);
    if (this.#forceAt === Infinity) this.#forceAt = performance.now() + spec.stop.graceMs;
    if (performance.now() < this.#forceAt && (this.#family?.members().length ?? 0) > 0) {
      this.#ask();
      for (let waitMs = 2; performance.now() < this.#forceAt; waitMs = Math.min(waitMs * 2, 50)) {
        if (this.#family?.near().length === 0) break;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    for (const { pid } of (await this.#family?.kill()) ?? []) {
      this.#output?.say(`process ${pid} is left, and cannot be ended from here`);
    }
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, PIPES_MS))]);
    this.#output?.close();
    this.#save({
      ...this.#record,
      state: 'exited',
      exit: { ...exit, ...(this.#reason && { reason: this.#reason }) },
    });
  }

  /** Without its record nobody finds the instance again: it would run for ever, and for nobody. */
  #watchRecord(everyMs: number): void {
    const { folder, order } = this.#options;
    this.#looking = setInterval(() => {
      if (!hasRun(folder, order.run)) this.stop();
    }, everyMs);
    if (isOver(this.#record)) clearInterval(this.#looking);
  }

  #watchMemory(limitBytes: number, everyMs: number): void {
    let looks = 0;
    this.#memory = setInterval(() => {
      const family = this.#family!;
      const bytes = memoryOf(++looks % LOOKS_PER_SCAN === 0 ? family.members() : family.near());
      if (bytes <= limitBytes) return;
      clearInterval(this.#memory);
      this.#output?.say(`it uses ${bytes} bytes of memory, and may use ${limitBytes}: it is ended`);
      this.#endWith('memory', 0);
    }, everyMs);
  }

  /** Told even where it cannot be written; and then written as soon as that is possible. */
  #save(record: RunRecord): void {
    this.#record = record;
    clearTimeout(this.#saving);
    const isSaved = this.#write();
    this.#options.tell({ record });
    if (isSaved && isOver(record)) this.#end();
  }

  /** @returns true when there is nothing more to write. */
  #write(): boolean {
    try {
      writeRun(this.#options.folder, this.#record);
      return true;
    } catch (error) {
      // The instance's folder was taken away: nobody will ask how it ended.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
      this.#saving = setTimeout(() => {
        if (this.#write() && isOver(this.#record)) this.#end();
      }, SAVE_AGAIN_MS);
      return false;
    }
  }
}

function memoryOf(processes: readonly { readonly pid: number }[]): number {
  return processes.reduce((sum, { pid }) => sum + residentBytes(pid), 0);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
