/** What happened in a run, counted; and in many. */
import type { BroadcasterStats } from '../server/services/broadcaster/index.ts';
import type { View } from './view.ts';

/** Counts by group and name. */
export class Tally {
  readonly groups: Record<string, Record<string, number>> = {};

  count(group: string, name: string, by = 1): void {
    if (by === 0) return;
    const names = (this.groups[group] ??= {});
    names[name] = (names[name] ?? 0) + by;
  }

  of(group: string, name: string): number {
    return this.groups[group]?.[name] ?? 0;
  }

  /** Adds another's counts. */
  add(groups: Tally['groups']): void {
    for (const [group, names] of Object.entries(groups))
      for (const [name, by] of Object.entries(names)) this.count(group, name, by);
  }

  view({ heard, losses }: View): void {
    for (const [what, by] of Object.entries(heard)) this.count('told', what, by);
    for (const [why, by] of Object.entries(losses)) this.count('losses told', why, by);
  }

  site({ recoveries, conflated, closed, deliveries }: BroadcasterStats): void {
    for (const [outcome, by] of Object.entries(recoveries)) this.count('recoveries', outcome, by);
    for (const [why, by] of Object.entries(closed)) this.count('closed by the server', why, by);
    this.count('publications', 'delivered', deliveries);
    this.count('publications', 'conflated by the server', conflated);
  }

  faults(done: Readonly<Record<string, number>>): void {
    for (const [kind, by] of Object.entries(done)) this.count('faults', kind, by);
  }

  /** A line a group. */
  toString(): string {
    return Object.entries(this.groups)
      .map(([group, names]) => {
        const all = Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1));
        return `${group}: ${all.map(([name, by]) => `${name} ${by}`).join(', ')}`;
      })
      .join('\n');
  }
}
