/** A runtime that remembers what went through it, so that what runs can be told without asking again. */
import type { InstanceExit, LogLine, LogPage } from '../../../../src/protocol/index.ts';
import type { AgentRuntime, Instance, InstanceSpec, LogRead } from '../../../ports/agent-runtime.ts';
import { hasEnded, lifeOf } from './survey.ts';

interface Entry {
  readonly instance: Instance;
  /** What was begun later says more. */
  readonly order: number;
}

/** Hears that an instance is seen otherwise; `undefined` when it is no longer known. */
export type SeenListener = (agent: string, name: string, instance: Instance | undefined) => void;

/** Hands every call on, and keeps the last that it saw of each instance. */
export class SeenRuntime implements AgentRuntime {
  readonly #runtime: AgentRuntime;
  readonly #entries = new Map<string, Entry>();
  /** Names of each agent's instances. */
  readonly #names = new Map<string, Set<string>>();
  readonly #listeners = new Set<SeenListener>();
  readonly #stopHearing: () => void;
  #order = 0;

  constructor(runtime: AgentRuntime) {
    this.#runtime = runtime;
    this.#stopHearing = runtime.onChange((instance) => this.#saw(instance, ++this.#order));
  }

  /** As it was last seen. */
  seen(name: string): Instance | undefined {
    return this.#entries.get(name)?.instance;
  }

  /** All of an agent, or of all agents, in the order in which they were first seen. */
  instances(agent?: string): Instance[] {
    const names = agent === undefined ? this.#entries.keys() : (this.#names.get(agent) ?? []);
    return [...names].map((name) => this.#entries.get(name)!.instance);
  }

  /** Hears of everything that is seen otherwise than before. @returns stops listening. */
  onSeen(listener: SeenListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async start(spec: InstanceSpec): Promise<Instance> {
    const order = ++this.#order;
    const instance = await this.#runtime.start(spec);
    // One that it found may have been seen to end since.
    this.#saw(instance, Math.max(order, this.#entries.get(instance.name)?.order ?? 0));
    return this.seen(instance.name) ?? instance;
  }

  async stop(name: string, graceMs?: number): Promise<InstanceExit | undefined> {
    const exit = await this.#runtime.stop(name, graceMs);
    const instance = this.seen(name);
    if (exit && instance && !hasEnded(instance))
      this.#saw({ ...instance, state: 'exited', exit }, ++this.#order);
    return exit;
  }

  async suspend(name: string): Promise<void> {
    await this.#runtime.suspend(name);
    this.#moved(name, 'running', 'suspended');
    this.#moved(name, 'starting', 'suspended');
  }

  async resume(name: string): Promise<void> {
    await this.#runtime.resume(name);
    this.#moved(name, 'suspended', 'running');
  }

  async find(name: string): Promise<Instance | undefined> {
    const order = ++this.#order;
    const instance = await this.#runtime.find(name);
    if (instance) this.#saw(instance, order);
    else this.#lost(name, order);
    return this.seen(name);
  }

  async list(): Promise<readonly Instance[]> {
    const order = ++this.#order;
    const listed = await this.#runtime.list();
    const names = new Set(listed.map(({ name }) => name));
    for (const instance of listed) this.#saw(instance, order);
    for (const name of [...this.#entries.keys()]) if (!names.has(name)) this.#lost(name, order);
    return this.instances();
  }

  async remove(name: string): Promise<void> {
    await this.#runtime.remove(name);
    this.#lost(name, ++this.#order);
  }

  logs(name: string, read: LogRead): Promise<LogPage> {
    return this.#runtime.logs(name, read);
  }

  follow(name: string, listener: (lines: readonly LogLine[]) => void): () => void {
    return this.#runtime.follow(name, listener);
  }

  onChange(listener: (instance: Instance) => void): () => void {
    return this.#runtime.onChange(listener);
  }

  /** As the runtime's own, which need not know. */
  listens(name: string): Promise<boolean | undefined> {
    return this.#runtime.listens?.(name) ?? Promise.resolve(undefined);
  }

  usage(): ReturnType<AgentRuntime['usage']> {
    return this.#runtime.usage();
  }

  async close(): Promise<void> {
    this.#stopHearing();
    this.#listeners.clear();
    await this.#runtime.close();
  }

  #saw(instance: Instance, order: number): void {
    const { name } = instance;
    const known = this.#entries.get(name);
    if (known && known.order > order) return;
    const before = known?.instance;
    // One process ends once, whoever says so first.
    if (before && lifeOf(before) === lifeOf(instance) && hasEnded(before) && !hasEnded(instance)) return;
    this.#entries.set(name, { instance, order });
    if (!before) this.#index(instance);
    if (before && isSame(before, instance)) return;
    this.#tell(instance.labels['agent'], name, instance);
  }

  #lost(name: string, order: number): void {
    const known = this.#entries.get(name);
    if (!known || known.order > order) return;
    this.#entries.delete(name);
    const agent = known.instance.labels['agent'] ?? '';
    const names = this.#names.get(agent);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(agent);
    this.#tell(known.instance.labels['agent'], name, undefined);
  }

  #index({ name, labels }: Instance): void {
    const agent = labels['agent'] ?? '';
    const names = this.#names.get(agent) ?? new Set();
    this.#names.set(agent, names.add(name));
  }

  #moved(name: string, from: Instance['state'], to: Instance['state']): void {
    const instance = this.seen(name);
    if (instance?.state === from) this.#saw({ ...instance, state: to }, ++this.#order);
  }

  #tell(agent: string | undefined, name: string, instance: Instance | undefined): void {
    if (agent === undefined) return;
    for (const listener of [...this.#listeners]) listener(agent, name, instance);
  }
}

function isSame(a: Instance, b: Instance): boolean {
  return lifeOf(a) === lifeOf(b) && a.state === b.state && a.port === b.port && a.exit?.at === b.exit?.at;
}
