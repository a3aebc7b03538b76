/** Every rule, where it comes from, and how its evaluations go. */
import { WaooawError } from '../../../src/protocol/index.ts';
import { alertRule } from '../../../src/protocol/alerts.schema.ts';
import type { AlertRule, RuleStatus } from '../../../src/protocol/alerts.schema.ts';
import type { Row, Statement } from '../../ports/database.ts';

/** A rule that is evaluated. A replaced rule is another object: whoever holds the old one sees that it is over. */
export interface KeptRule {
  readonly rule: AlertRule;
  readonly origin: 'file' | 'api';
  readonly changedAt?: number;
  readonly changedBy?: string;
  readonly counts: RuleCounts;
}

/** How its evaluations go, since the start. */
export interface RuleCounts {
  evaluations: number;
  failures: number;
  overruns: number;
  evaluatedAt?: number;
  error?: { readonly code: string; readonly message: string; readonly at: number };
}

/** Every rule by name. */
export class Rules {
  readonly #all = new Map<string, KeptRule>();
  readonly #maxRules: number;

  constructor(maxRules: number) {
    this.#maxRules = maxRules;
  }

  /**
   * Takes the file's rules, then those of the API.
   * @returns what was left out: rules of the API whose name the file uses, or that this release does not understand.
   * @throws WaooawError `bad_config` when the file has more than `maxRules`.
   */
  load(file: readonly AlertRule[], rows: readonly Row[]): readonly string[] {
    if (file.length > this.#maxRules)
      throw new WaooawError('bad_config', `The file has ${file.length} rules; maxRules is ${this.#maxRules}`);
    for (const rule of file) this.put({ rule, origin: 'file', counts: noCounts() });
    return rows.flatMap((row) => {
      const name = String(row['name']);
      const parsed = alertRule.safeParse(JSON.parse(String(row['rule'])));
      if (this.#all.has(name))
        return [`rule "${name}" of the API is left out: the file has one of this name`];
      if (!parsed.success) return [`rule "${name}" of the API is left out: ${parsed.error.message}`];
      const [changedAt, changedBy] = [Number(row['changed_at']), String(row['changed_by'])];
      this.put({ rule: parsed.data, origin: 'api', changedAt, changedBy, counts: noCounts() });
      return [];
    });
  }

  get size(): number {
    return this.#all.size;
  }

  find(name: string): KeptRule | undefined {
    return this.#all.get(name);
  }

  /** @throws WaooawError `not_found`. */
  get(name: string): KeptRule {
    const kept = this.#all.get(name);
    if (!kept) throw new WaooawError('not_found', `There is no rule "${name}"`);
    return kept;
  }

  /** @throws WaooawError `not_found`, `forbidden` for a rule of the file. */
  changeable(name: string): KeptRule {
    const kept = this.get(name);
    if (kept.origin === 'file')
      throw new WaooawError('read_only', `Rule "${name}" is of the file; change it there`);
    return kept;
  }

  /** @throws WaooawError `conflict` for a name that is used, `rule_limit` at `maxRules`. */
  checkNew(name: string): void {
    if (this.#all.has(name)) throw new WaooawError('conflict', `/name: there is a rule "${name}" already`);
    if (this.#all.size >= this.#maxRules)
      throw new WaooawError('rule_limit', `There are ${this.#maxRules} rules (maxRules) already`);
  }

  put(kept: KeptRule): void {
    this.#all.set(kept.rule.name, kept);
  }

  remove(name: string): void {
    this.#all.delete(name);
  }

  list(): readonly KeptRule[] {
    return [...this.#all.values()];
  }
}

/** Before the first evaluation. */
export function noCounts(): RuleCounts {
  return { evaluations: 0, failures: 0, overruns: 0 };
}

/** Writes an error down: an evaluation without a result, or more alerts than may be. */
export function noteError(counts: RuleCounts, error: unknown, at: number): void {
  const code = error instanceof WaooawError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  counts.error = { code, message, at };
}

/** What the API says of a rule. */
export function statusOf({ counts, ...kept }: KeptRule, alerts: RuleStatus['alerts']): RuleStatus {
  return { ...kept, ...counts, alerts };
}

/** Keeps a rule of the API. */
export function keepRule({ rule, changedAt = 0, changedBy = '' }: KeptRule): Statement {
  return {
    sql: 'INSERT OR REPLACE INTO alert_rules (name, rule, changed_at, changed_by) VALUES (?, ?, ?, ?)',
    params: [rule.name, JSON.stringify(rule), changedAt, changedBy],
  };
}

/** Forgets it. */
export function dropRule(name: string): Statement {
  return { sql: 'DELETE FROM alert_rules WHERE name = ?', params: [name] };
}
