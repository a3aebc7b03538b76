/** The service once it has its database: rules, alerts, silences and outbox put together. */
import type { Alert } from '../../../src/protocol/index.ts';
import { WaooawError } from '../../../src/protocol/index.ts';
import type {
  AlertRule,
  NewSilence,
  NoticeList,
  RuleStatus,
  RuleTest,
  Silence,
} from '../../../src/protocol/alerts.schema.ts';
import type { AlertSignal } from '../../ports/alert-sink.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Database, Row, Statement } from '../../ports/database.ts';
import type { MetricReader } from '../../ports/metric-reader.ts';
import type { Publisher } from '../../ports/publisher.ts';
import { Serial } from '../../serial.ts';
import { dryRun, find } from './evaluation.ts';
import { Ledger } from './ledger.ts';
import type { AlertsLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import type { AlertRecord } from './record.ts';
import type { AlertsFile } from './rules-file.ts';
import { Rules, dropRule, keepRule, noCounts, noteError, statusOf } from './rules.ts';
import type { KeptRule } from './rules.ts';
import { Schedule, within } from './schedule.ts';
import { Silences } from './silences.ts';
import type { SilenceState } from './silences.ts';
import { Silencing } from './silencing.ts';
import type { AlertsStats } from './stats.ts';
import { Tells, tellStatements } from './tells.ts';
import { Watch } from './watch.ts';
import type { Send } from './webhook.ts';

/** Between two looks for what may be forgotten, ms. */
const SWEEP_MS = 60_000;

/** What it is made of. */
export interface RunningDeps {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly reader: MetricReader;
  readonly database: Database;
  readonly limits: AlertsLimits;
  readonly file: AlertsFile;
  readonly send: Send;
  readonly random: () => number;
  readonly externalUrl: string;
  readonly onError: (error: unknown, what: string) => void;
}

/** Everything that `createAlerts` promises, from `start` on. */
export class Running {
  readonly #deps: RunningDeps;
  readonly #serial = new Serial();
  readonly #rules: Rules;
  readonly #tells: Tells;
  readonly #ledger: Ledger;
  readonly #watch: Watch;
  readonly #silences = new Silences();
  readonly #silencing: Silencing;
  readonly #outbox: Outbox;
  readonly #schedule: Schedule;
  #sweepTimer: Timer | undefined;
  #closed = false;

  constructor(deps: RunningDeps) {
    const { clock, publisher, database, limits, file, onError } = deps;
    this.#deps = deps;
    this.#rules = new Rules(limits.maxRules);
    const tells = (this.#tells = new Tells(file.receivers));
    const ledger = (this.#ledger = new Ledger({
      clock,
      publisher,
      database,
      silences: this.#silences,
      tells,
    }));
    this.#watch = new Watch({ ledger, tells, limits, startedAt: clock.now() });
    this.#silencing = new Silencing({
      clock,
      database,
      ledger,
      limits,
      silences: this.#silences,
      due: () => this.#background(() => this.#silencing.judge()),
    });
    this.#outbox = new Outbox({
      clock,
      database,
      tells,
      limits,
      onError,
      serial: this.#serial,
      receivers: file.receivers,
      send: deps.send,
      random: deps.random,
      externalUrl: deps.externalUrl,
      record: (id) => ledger.get(id),
      isSilenced: (id) => ledger.isSilenced(id),
    });
    this.#schedule = new Schedule({
      clock,
      concurrency: limits.evaluationConcurrency,
      evaluate: (kept) => this.#evaluate(kept),
    });
  }

  /** Reads what was kept, and settles what changed while nobody looked: rules, receivers, silences. */
  async load(): Promise<void> {
    const { file } = this.#deps;
    this.#rules.load(file.rules, await this.#rows('alert_rules')).forEach((left) => this.#note(left));
    this.#silences.load(await this.#rows('alert_silences'));
    this.#ledger.load(await this.#rows('alerts'));
    const statements = await this.#loadTells();
    await this.#ledger.commit(this.#overNow(), { statements });
    await this.#tellNewReceivers();
  }

  /** Begins to look and to tell. */
  begin(): void {
    for (const kept of this.#rules.list()) this.#schedule.plan(kept);
    this.#sweepTimer = this.#deps.clock.every(SWEEP_MS, () => this.#background(() => this.#sweep()));
    this.#background(() => this.#silencing.judge());
    this.#outbox.wake();
  }

  shown(): readonly Alert[] {
    return this.#ledger.shown(this.#deps.clock.now() - this.#deps.limits.keepResolvedMs);
  }

  ruleList(): readonly RuleStatus[] {
    return this.#rules.list().map((kept) => this.#status(kept));
  }

  ruleStatus(name: string): RuleStatus {
    return this.#status(this.#rules.get(name));
  }

  createRule(rule: AlertRule, by: string): Promise<RuleStatus> {
    return this.#change(async () => {
      this.#rules.checkNew(rule.name);
      return this.#putRule(rule, by);
    });
  }

  replaceRule(rule: AlertRule, by: string): Promise<RuleStatus> {
    return this.#change(async () => {
      this.#rules.changeable(rule.name);
      return this.#putRule(rule, by);
    });
  }

  deleteRule(name: string): Promise<void> {
    return this.#change(async () => {
      this.#rules.changeable(name);
      const over = this.#watch.over(name, this.#deps.clock.now(), 'its rule was removed');
      await this.#ledger.commit(over, { statements: [dropRule(name)] });
      this.#rules.remove(name);
      this.#schedule.forget(name);
    });
  }

  async test(rule: AlertRule): Promise<RuleTest> {
    const { reader, clock, limits } = this.#deps;
    const found = await within(clock, limits.evaluationTimeoutMs, find(rule, reader, clock.now()));
    return dryRun(rule, found, clock.now(), limits);
  }

  signal(signal: AlertSignal): Promise<void> {
    return this.#change(() => this.#watch.signalled(signal));
  }

  silenceList(): readonly (Silence & { readonly state: SilenceState })[] {
    return this.#silencing.list();
  }

  addSilence(asked: NewSilence, by: string): Promise<Silence> {
    return this.#silence(() => this.#silencing.add(asked, by));
  }

  expire(id: string): Promise<void> {
    return this.#silence(() => this.#silencing.expire(id));
  }

  notices(): NoticeList {
    return this.#outbox.list();
  }

  stats(): AlertsStats {
    const alerts = { inactive: 0, pending: 0, firing: 0, 'no-data': 0, resolved: 0 };
    const sums = { flapping: 0, evaluations: 0, failures: 0, overruns: 0 };
    for (const { standing } of this.#ledger.all()) {
      alerts[standing.state] += 1;
      if (standing.flapping) sums.flapping += 1;
    }
    for (const { counts } of this.#rules.list()) {
      sums.evaluations += counts.evaluations;
      sums.failures += counts.failures;
      sums.overruns += counts.overruns;
    }
    const { receivers, waiting, dead } = this.#outbox.list();
    return {
      rules: this.#rules.size,
      alerts,
      ...sums,
      silences: this.#silences.size,
      refused: this.#watch.refused,
      notices: receivers.map(({ receiver, delivered, failed }) => ({
        receiver,
        delivered,
        failed,
        waiting: waiting.filter((notice) => notice.receiver === receiver).length,
      })),
      dead: dead.length,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#schedule.close();
    this.#silencing.close();
    this.#sweepTimer?.cancel();
    this.#outbox.close();
    await this.#serial.idle();
  }

  /** A change, and then, where it changed what is to be told, a look at that. */
  async #change<T>(task: () => Promise<T>): Promise<T> {
    const before = this.#tells.version;
    const result = await this.#serial.run(task);
    if (this.#tells.version !== before) this.#outbox.wake();
    return result;
  }

  /** A change of what is withheld. */
  async #silence<T>(task: () => Promise<T>): Promise<T> {
    const result = await this.#change(task);
    this.#outbox.wake();
    return result;
  }

  /** A change that nobody asked for. */
  #background(task: () => Promise<void>): void {
    this.#silence(task).catch((error: unknown) => this.#deps.onError(error, 'alerts cannot be kept'));
  }

  async #evaluate(kept: KeptRule): Promise<void> {
    const { reader, clock, limits } = this.#deps;
    const { rule, counts } = kept;
    try {
      const found = await within(clock, limits.evaluationTimeoutMs, find(rule, reader, clock.now()));
      await this.#change(async () => {
        // Replaced, removed or going down while the query was answered.
        if (this.#closed || this.#rules.find(rule.name) !== kept) return;
        const at = clock.now();
        const tooMany = await this.#watch.evaluated(rule, found, at);
        counts.evaluations += 1;
        counts.evaluatedAt = at;
        delete counts.error;
        if (tooMany) noteError(counts, tooMany, at);
      });
    } catch (error) {
      counts.failures += 1;
      noteError(counts, error, clock.now());
    }
  }

  async #putRule(rule: AlertRule, by: string): Promise<RuleStatus> {
    const now = this.#deps.clock.now();
    const kept: KeptRule = { rule, origin: 'api', changedAt: now, changedBy: by, counts: noCounts() };
    const over = this.#watch.over(rule.name, now, 'its rule was changed', rule);
    await this.#ledger.commit(over, { statements: [keepRule(kept)] });
    this.#rules.put(kept);
    this.#schedule.plan(kept);
    return this.#status(kept);
  }

  #status(kept: KeptRule): RuleStatus {
    const alerts = { pending: 0, firing: 0, noData: 0 };
    for (const { standing } of this.#ledger.ofRule(kept.rule.name)) {
      if (standing.state === 'pending') alerts.pending += 1;
      else if (standing.state === 'firing') alerts.firing += 1;
      else if (standing.state === 'no-data') alerts.noData += 1;
    }
    return statusOf(kept, alerts);
  }

  #rows(table: string): Promise<readonly Row[]> {
    return this.#deps.database.read({ sql: `SELECT * FROM ${table} ORDER BY rowid` });
  }

  #note(what: string): void {
    this.#deps.onError(new WaooawError('bad_config', what), 'alerts');
  }

  /** @returns what forgets the tells of receivers that are no more. */
  async #loadTells(): Promise<readonly Statement[]> {
    const names = new Set(this.#deps.file.receivers.map(({ name }) => name));
    const isKnown = (row: Row): boolean =>
      names.has(String(row['receiver'])) && this.#ledger.get(String(row['alert'])) !== undefined;
    const rows = await this.#rows('alert_tells');
    this.#tells.load(rows.filter(isKnown));
    const lost = rows.filter((row) => !isKnown(row));
    const count = lost.length + (await this.#outbox.load());
    if (count > 0) this.#note(`${count} notices are dropped: their receivers are not in the file any more`);
    return lost.map(({ receiver = null, alert = null }) => ({
      sql: 'DELETE FROM alert_tells WHERE receiver = ? AND alert = ?',
      params: [receiver, alert],
    }));
  }

  /** Alerts of rules that are no more, or ask something else than before the start. */
  #overNow(): readonly AlertRecord[] {
    const now = this.#deps.clock.now();
    const ours = [...this.#ledger.all()].filter(({ source }) => source === 'metrics');
    return [...new Set(ours.map(({ rule }) => rule))].flatMap((name) => {
      const next = this.#rules.find(name)?.rule;
      return this.#watch.over(name, now, next ? 'its rule was changed' : 'its rule was removed', next);
    });
  }

  /** Receivers that are new hear of what stands already. */
  async #tellNewReceivers(): Promise<void> {
    const { clock, database } = this.#deps;
    const changes = [...this.#ledger.all()].flatMap((record) => this.#tells.plan(record, clock.now()));
    if (changes.length > 0) await database.transaction(tellStatements(changes));
    this.#tells.apply(changes);
  }

  async #sweep(): Promise<void> {
    const { clock, limits } = this.#deps;
    const before = clock.now() - limits.keepResolvedMs;
    const removed = this.#watch.stale(before, (name) => this.#rules.find(name)?.rule);
    await this.#ledger.commit([], { removed });
    await this.#silencing.sweep(before);
  }
}
