/** For tests: the AgentRuntime port in memory. Instances live as long as the test wants, and outlive whoever started them. */
import { WaooawError } from '../../src/protocol/index.ts';
import type { InstanceExit, LogLine, LogPage } from '../../src/protocol/index.ts';
import { LINES_PER_MS } from '../ports/agent-runtime.ts';
import type { AgentRuntime, Instance, InstanceSpec, LogRead } from '../ports/agent-runtime.ts';
import type { Clock } from '../ports/clock.ts';

interface Kept {
  instance: Instance;
  readonly lines: LogLine[];
}

/** A machine: what runs there is the same for every runtime that looks at it. */
export class MemoryMachine {
  readonly instances = new Map<string, Kept>();
  /** Every call that changed something, in order: `start a-1.1.0`. */
  readonly calls: string[] = [];
  /** What a call is refused with, by the call: `start a-1.1.0`, or `start` for all. */
  readonly refused = new Map<string, Error>();
  /** What a call waits for, likewise. */
  readonly waits = new Map<string, Promise<void>>();
  /** What instances use. */
  readonly used = new Map<string, { readonly memoryBytes: number; readonly cpuSeconds: number }>();
  readonly clock: Clock;
  /** Where instances listen that are started with a port. */
  portOf: (name: string) => number = () => 1;
  readonly listeners = new Set<(instance: Instance) => void>();
  readonly followers = new Map<string, Set<(lines: readonly LogLine[]) => void>>();
  #pids = 100;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Calls since the last time it was asked. */
  take(): string[] {
    return this.calls.splice(0);
  }

  /** The states of all that are known, by name. */
  get states(): Record<string, string> {
    return Object.fromEntries([...this.instances].map(([name, { instance }]) => [name, instance.state]));
  }

  /** Puts an instance there, as an earlier server left it. */
  put(name: string, labels: Readonly<Record<string, string>>, more: Partial<Instance> = {}): Instance {
    const instance: Instance = {
      name,
      labels,
      state: 'running',
      externalId: `pid:${this.#pids++}`,
      startedAt: this.clock.now(),
      ...more,
    };
    this.instances.set(name, { instance, lines: this.instances.get(name)?.lines ?? [] });
    return instance;
  }

  /** It ends by itself. @param told false: nobody hears of it, as nobody was there. */
  end(name: string, exit: Partial<InstanceExit> = { code: 1 }, told = true): void {
    const kept = this.instances.get(name);
    if (!kept) throw new Error(`${name} is not there`);
    kept.instance = {
      ...kept.instance,
      state: exit.reason === undefined && exit.code === undefined && !exit.signal ? 'lost' : 'exited',
      exit: { at: this.clock.now(), ...exit },
    };
    if (told) for (const listener of [...this.listeners]) listener(kept.instance);
  }

  /** It writes a line. */
  write(name: string, text: string): void {
    const { lines } = this.instances.get(name)!;
    const at = this.clock.now();
    const line = {
      n: Math.max((lines.at(-1)?.n ?? 0) + 1, at * LINES_PER_MS),
      at,
      stream: 'stdout',
      text,
    } as const;
    lines.push(line);
    for (const follower of this.followers.get(name) ?? []) follower([line]);
  }

  async called(call: string, name: string): Promise<void> {
    const what = `${call} ${name}`;
    await (this.waits.get(what) ?? this.waits.get(call));
    const error = this.refused.get(what) ?? this.refused.get(call);
    if (error) throw error;
    this.calls.push(what);
  }
}

/** One server's runtime on a machine. */
export class MemoryRuntime implements AgentRuntime {
  readonly #machine: MemoryMachine;
  readonly #own = new Set<(instance: Instance) => void>();

  constructor(machine: MemoryMachine) {
    this.#machine = machine;
  }

  async start({ name, labels, hasPort }: InstanceSpec): Promise<Instance> {
    await this.#machine.called('start', name);
    const known = this.#machine.instances.get(name)?.instance;
    if (known && known.state !== 'exited' && known.state !== 'lost') return known;
    return this.#machine.put(name, labels, hasPort ? { port: this.#machine.portOf(name) } : {});
  }

  async stop(name: string, graceMs?: number): Promise<InstanceExit | undefined> {
    await this.#machine.called(graceMs === 0 ? 'kill' : 'stop', name);
    const instance = this.#machine.instances.get(name)?.instance;
    if (instance && instance.state !== 'exited' && instance.state !== 'lost')
      this.#machine.end(name, { signal: 'SIGTERM', reason: 'stopped' });
    return this.#machine.instances.get(name)?.instance.exit;
  }

  async suspend(name: string): Promise<void> {
    await this.#machine.called('suspend', name);
    this.#move(name, 'suspended');
  }

  async resume(name: string): Promise<void> {
    await this.#machine.called('resume', name);
    this.#move(name, 'running');
  }

  async find(name: string): Promise<Instance | undefined> {
    await this.#machine.waits.get('find');
    return this.#machine.instances.get(name)?.instance;
  }

  async list(): Promise<readonly Instance[]> {
    const error = this.#machine.refused.get('list');
    if (error) throw error;
    const all = [...this.#machine.instances.values()].map(({ instance }) => instance);
    // An answer may be older than what is heard before it comes.
    await this.#machine.waits.get('list');
    return all;
  }

  async remove(name: string): Promise<void> {
    await this.#machine.called('remove', name);
    const kept = this.#machine.instances.get(name);
    if (kept && kept.instance.state !== 'exited' && kept.instance.state !== 'lost')
      throw new WaooawError('conflict', `${name} runs`);
    this.#machine.instances.delete(name);
  }

  async logs(name: string, { after = -1, before = Infinity, limit }: LogRead): Promise<LogPage> {
    const kept = this.#machine.instances.get(name);
    const error = this.#machine.refused.get(`logs ${name}`);
    if (error) throw error;
    await this.#machine.waits.get(`logs ${name}`);
    if (!kept) throw new WaooawError('not_found', `There is no instance ${name}`);
    const all = kept.lines.filter(({ n }) => n > after && n < before);
    const lines = after < 0 ? all.slice(-limit) : all.slice(0, limit);
    return { lines, more: lines[0] !== undefined && lines[0] !== kept.lines[0] };
  }

  follow(name: string, listener: (lines: readonly LogLine[]) => void): () => void {
    const all = this.#machine.followers.get(name) ?? new Set();
    this.#machine.followers.set(name, all.add(listener));
    return () => all.delete(listener);
  }

  onChange(listener: (instance: Instance) => void): () => void {
    this.#own.add(listener);
    this.#machine.listeners.add(listener);
    return () => this.#machine.listeners.delete(listener);
  }

  usage(): ReturnType<AgentRuntime['usage']> {
    const error = this.#machine.refused.get('usage');
    return error ? Promise.reject(error) : Promise.resolve(this.#machine.used);
  }

  close(): Promise<void> {
    for (const listener of this.#own) this.#machine.listeners.delete(listener);
    return Promise.resolve();
  }

  #move(name: string, state: Instance['state']): void {
    const kept = this.#machine.instances.get(name);
    if (!kept) throw new WaooawError('not_found', `There is no instance ${name}`);
    kept.instance = { ...kept.instance, state };
  }
}
