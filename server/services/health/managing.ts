/** What may be changed while the service runs: checks of the file and of the API, pauses, incidents, windows. */
import { isDeepStrictEqual } from 'node:util';
import { WaooawError } from '../../../src/protocol/index.ts';
import type { CheckHistory, CheckStatus, Incident, MaintenanceWindow } from '../../../src/protocol/index.ts';
import type { CheckInput, NewMaintenance } from '../../../src/protocol/health.schema.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Serial } from '../../serial.ts';
import type { Beginning, Checker } from './checker.ts';
import { readChecksFile } from './checks-file.ts';
import type { ChecksFile } from './checks-file.ts';
import { watchChecksFile } from './checks-file-watch.ts';
import type { ChecksFileWatch } from './checks-file-watch.ts';
import { definitionOf } from './definitions.ts';
import type { HealthLimits } from './limits.ts';
import type { ProbeDeps } from './probes/create-probe.ts';
import { keepSecrets, withoutSecrets } from './probes/secrets.ts';
import type { HealthRecord, Kept } from './record/record.ts';
import { restore } from './restoring.ts';
import { keptCheck } from './watched.ts';
import type { Definition, Watched } from './watched.ts';

/** What it takes. */
export interface ManagingDeps {
  readonly clock: Clock;
  readonly checker: Checker;
  readonly record: HealthRecord;
  readonly limits: HealthLimits;
  /** Path of the file of checks; absent: none. */
  readonly file: string | undefined;
  /** Between two looks at it where its folder does not tell, ms. */
  readonly filePollMs: number | undefined;
  readonly probes: Omit<ProbeDeps, 'allowPrivate'>;
  /** Checks of the API may look at loopback and private addresses; those of the file always may. */
  readonly allowPrivateApiChecks: boolean;
  readonly onError: (error: unknown, what: string) => void;
}

/** Timers hold 31 bits of milliseconds. */
const LONGEST_WAIT_MS = 86_400_000;

/** Manages. What changes definitions happens one after another. */
export class Managing {
  readonly #deps: ManagingDeps;
  readonly #serial = new Serial();
  #watch: ChecksFileWatch | undefined;
  #windowTimer: Timer | undefined;
  #closed = false;

  constructor(deps: ManagingDeps) {
    this.#deps = deps;
  }

  /** Goes on with what was kept, and with what the file says now. @throws WaooawError `bad_config`. */
  async start(): Promise<void> {
    const { record, checker, file, filePollMs, clock, onError } = this.#deps;
    const read = file === undefined ? undefined : await readChecksFile(file);
    const kept = await record.load();
    if (this.#closed) return;
    this.#restore(kept, read);
    for (const [check, pause] of kept.paused)
      if (checker.find(check)?.settings.source === 'service') checker.setPaused(check, pause);
    checker.keepIn(record, kept.incidents.values());
    this.#forgetOthers(kept);
    this.#judgeWindows();
    if (!read) return;
    this.#watch = watchChecksFile(read, {
      clock,
      ...(filePollMs !== undefined && { pollMs: filePollMs }),
      changed: (changed) => this.#serial.run(() => Promise.resolve(this.#applyFile(changed))),
      onError: (error) => onError(error, 'the file of checks was changed, and what stood before stands'),
    });
  }

  definitions(): readonly CheckInput[] {
    return this.#ofSource('api').map(({ input }) => {
      const { probe, ...common } = input as CheckInput;
      return { ...common, probe: withoutSecrets(probe) };
    });
  }

  create(input: CheckInput, by: string): Promise<CheckStatus> {
    return this.#serial.run(async () => {
      const { checker, limits, record } = this.#deps;
      if (checker.has(input.check))
        throw new WaooawError('conflict', `There is a check "${input.check}" already`);
      if (this.#count() >= limits.maxChecks)
        throw new WaooawError('check_limit', `There are ${limits.maxChecks} checks (maxChecks)`);
      const definition = this.#definitionOf(input, undefined);
      checker.verify([definition]);
      await record.saveDefinition(definition.input as CheckInput, by);
      return this.#put(definition);
    });
  }

  replace(input: CheckInput, by: string): Promise<CheckStatus> {
    return this.#serial.run(async () => {
      const { checker, record } = this.#deps;
      const before = this.#changeable(input.check).input as CheckInput;
      const definition = this.#definitionOf(input, before);
      checker.verify([definition]);
      await record.saveDefinition(definition.input as CheckInput, by);
      return this.#put(definition);
    });
  }

  remove(check: string): Promise<void> {
    return this.#serial.run(async () => {
      const { checker, record } = this.#deps;
      this.#changeable(check);
      for (const { settings } of checker.all()) {
        const { dependsOn, parent } = settings;
        if (parent === check || dependsOn.some((one) => one.check === check))
          throw new WaooawError('conflict', `Check "${settings.check}" stands on "${check}"`);
      }
      await record.deleteDefinition(check);
      checker.remove(check);
    });
  }

  pause(check: string, by: string): Promise<CheckStatus> {
    return this.#serial.run(async () => {
      const { checker, record } = this.#deps;
      const { paused } = checker.get(check);
      const pause = paused ?? (await record.pause(check, by));
      // It may have gone meanwhile: those of services come and go as these do.
      return checker.setPaused(check, pause);
    });
  }

  resume(check: string): Promise<CheckStatus> {
    return this.#serial.run(async () => {
      const { checker, record } = this.#deps;
      if (checker.get(check).paused) await record.resume(check);
      return checker.setPaused(check, undefined);
    });
  }

  history(check: string, days: number): Promise<CheckHistory> {
    const { checker, record, clock } = this.#deps;
    return record.history(checker.get(check).settings.check, days, clock.now());
  }

  async acknowledge(incident: string, by: string, note?: string): Promise<Incident> {
    const { record, checker } = this.#deps;
    const changed = await record.acknowledge(incident, by, note);
    if (checker.has(changed.check)) checker.show(changed.check);
    return changed;
  }

  addNote(incident: string, by: string, text: string): Promise<Incident> {
    return this.#deps.record.addNote(incident, by, text);
  }

  async addWindow(window: NewMaintenance, by: string): Promise<MaintenanceWindow> {
    const added = await this.#deps.record.addWindow(window, by);
    this.#judgeWindows();
    return added;
  }

  async endWindow(id: string): Promise<MaintenanceWindow> {
    const ended = await this.#deps.record.endWindow(id);
    this.#judgeWindows();
    return ended;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#windowTimer?.cancel();
    await this.#watch?.close();
    await this.#serial.idle();
  }

  /** What the file says now, against what it said before. @throws WaooawError `bad_config`, `bad_request`. */
  #changeOf({ checks }: ChecksFile) {
    const { checker, limits, probes } = this.#deps;
    const before = new Map(this.#ofSource('file').map((watched) => [watched.settings.check, watched]));
    const others = this.#count() - before.size;
    if (checks.length + others > limits.maxChecks)
      throw new WaooawError('bad_config', `More than ${limits.maxChecks} checks (maxChecks)`);
    const taken = checks.find(({ check }) => checker.has(check) && !before.has(check));
    if (taken) throw new WaooawError('bad_config', `There is a check "${taken.check}" already`);
    const ids = new Set(checks.map(({ check }) => check));
    const same: Definition[] = [];
    const definitions: Definition[] = [];
    for (const input of checks) {
      const known = before.get(input.check);
      if (known && isDeepStrictEqual(known.input, input)) same.push(known);
      else definitions.push(definitionOf(input, 'file', { ...probes, allowPrivate: true }));
    }
    return { definitions, same, removed: [...before.keys()].filter((check) => !ids.has(check)) };
  }

  /** Everything is checked before anything changes. What is the same goes on undisturbed. */
  #applyFile(file: ChecksFile): void {
    const { checker, record, onError } = this.#deps;
    const { definitions, same, removed } = this.#changeOf(file);
    checker.verify([...definitions, ...same], removed);
    record.setFileWindows(file.windows);
    checker.put(definitions, removed);
    this.#judgeWindows();
    for (const { settings } of this.#ofSource('api')) {
      const { check, parent, dependsOn } = settings;
      const lost = [parent, ...dependsOn.map((one) => one.check)].filter(
        (id) => id !== undefined && !checker.has(id),
      );
      if (lost.length > 0)
        onError(new WaooawError('bad_config', lost.join(', ')), `check ${check} stands on what is gone`);
    }
  }

  /** @throws WaooawError `bad_config` when the file alone cannot be. */
  #restore(kept: Kept, read: ChecksFile | undefined): void {
    const { checker, record, file, onError } = this.#deps;
    const leave = (check: string, error: unknown): void =>
      onError(error, `check ${check}, which the API defined, is left out`);
    const api = kept.definitions.flatMap((input) => {
      try {
        return [definitionOf(input, 'api', this.#apiProbes())];
      } catch (error) {
        leave(input.check, error);
        return [];
      }
    });
    const begin = (check: string): Beginning => ({
      kept: keptCheck(kept.judged.get(check)),
      paused: kept.paused.get(check),
    });
    try {
      const written = read ? this.#changeOf(read).definitions : [];
      if (read) record.setFileWindows(read.windows);
      for (const [{ settings }, error] of restore(checker, { file: written, api, begin }))
        leave(settings.check, error);
    } catch (error) {
      throw error instanceof WaooawError && error.code === 'bad_request'
        ? new WaooawError('bad_config', `${file}: ${error.message}`, { cause: error })
        : error;
    }
  }

  /** Of what is watched no more nothing stays open. Those of services may yet come. */
  #forgetOthers({ judged, paused, incidents, definitions }: Kept): void {
    const { checker, record } = this.#deps;
    const left = new Set(definitions.map(({ check }) => check));
    for (const check of new Set([...judged.keys(), ...paused.keys(), ...incidents.keys()])) {
      const known = keptCheck(judged.get(check));
      if (checker.has(check) || left.has(check) || known?.source === 'service') continue;
      if (known) checker.forgetAlert(check, known, 'The check was removed');
      record.forget(check);
    }
  }

  #definitionOf(asked: CheckInput, before: CheckInput | undefined): Definition {
    const input = { ...asked, probe: keepSecrets(asked.probe, before?.probe) };
    return definitionOf(input, 'api', this.#apiProbes());
  }

  #put(definition: Definition): CheckStatus {
    this.#deps.checker.put([definition]);
    return this.#deps.checker.get(definition.settings.check).status;
  }

  #apiProbes(): ProbeDeps {
    return { ...this.#deps.probes, allowPrivate: this.#deps.allowPrivateApiChecks };
  }

  #changeable(check: string): Watched {
    const watched = this.#deps.checker.get(check);
    if (watched.settings.source !== 'api')
      throw new WaooawError('read_only', `Check "${check}" is not one that the API defined`);
    return watched;
  }

  #ofSource(source: 'file' | 'api'): Watched[] {
    return [...this.#deps.checker.all()].filter(({ settings }) => settings.source === source);
  }

  #count(): number {
    return [...this.#deps.checker.all()].filter(({ settings }) => settings.source !== 'service').length;
  }

  /** Shows what begins and ends by windows, now and whenever one does. */
  #judgeWindows(): void {
    const { clock, checker, record } = this.#deps;
    this.#windowTimer?.cancel();
    if (this.#closed) return;
    checker.showAll();
    const now = clock.now();
    const next = record.nextChangeAt(now);
    if (next === undefined) return;
    const waitMs = Math.min(Math.max(next - now, 1), LONGEST_WAIT_MS);
    this.#windowTimer = clock.after(waitMs, () => this.#judgeWindows());
  }
}
