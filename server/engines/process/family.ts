/** All processes of an instance: its group, what they started, and what left the group and is known by its mark. */
import type { ProcessIdentity } from './identity.ts';
import { isRunning } from './identity.ts';
import type { ProcessStat } from './proc.ts';
import { childrenOf, hasVariable, listPids, readBootId, readStat } from './proc.ts';

/** The variable that marks every process of a run: 128 random bits, which no other run has. */
export const MARK = 'WAOOAW_RUN';

/** Waits between two rounds of killing: the first, and the longest, ms. */
const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 200;
/** How long killing may take, ms. */
const KILL_LIMIT_MS = 10_000;

/**
 * Processes that began with one leader. Who is signalled was verified in the same moment, in one of these ways:
 * - it is in the group or session of a leader that was not reaped, so that nobody else can have that number;
 * - it carries the mark in its environment;
 * - its parent is such a process;
 * - it was found in one of these ways before, and has the same start time.
 */
export class Family {
  readonly #leader: ProcessIdentity;
  readonly #mark: string;
  readonly #isChild: boolean;
  readonly #bootId = readBootId();
  /** Start times by pid, of all that were ever found and may run. */
  #known = new Map<number, number>();
  #reaped = false;

  /**
   * @param leader of its own group and session.
   * @param mark value of {@link MARK}.
   * @param isChild the leader is a child of this process: until it is reaped, its numbers are its own.
   */
  constructor(leader: ProcessIdentity, mark: string, isChild: boolean) {
    this.#leader = leader;
    this.#mark = mark;
    this.#isChild = isChild;
    if (isChild) this.#known.set(leader.pid, leader.startTime);
  }

  /** The leader was reaped: the number of its group may be anybody's from now on. */
  reaped(): void {
    this.#reaped = true;
  }

  /** All that run. Looks at every process of the machine. */
  members(): readonly ProcessStat[] {
    if (this.#bootId !== this.#leader.bootId) return [];
    const candidates: ProcessStat[] = [];
    for (const pid of listPids()) {
      const stat = readStat(pid);
      // Nobody that began before the leader was started by it.
      if (!stat || stat.zombie || stat.startTime < this.#leader.startTime) continue;
      if (pid !== process.pid) candidates.push(stat);
    }
    const found = new Map<number, ProcessStat>();
    const ownsGroup = this.#ownsGroup();
    for (const stat of candidates) if (this.#isOurs(stat, ownsGroup)) found.set(stat.pid, stat);
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const stat of candidates) if (found.has(stat.parent)) found.set(stat.pid, stat);
    }
    this.#remember(found.values());
    return [...found.values()];
  }

  /** Those that run and can be reached from the leader, and those found before: a cheap look. */
  near(): readonly ProcessStat[] {
    const found = new Map<number, ProcessStat>();
    const look = (pid: number): void => {
      const stat = readStat(pid);
      if (!stat || stat.zombie || found.has(pid)) return;
      found.set(pid, stat);
      for (const child of childrenOf(pid)) look(child);
    };
    for (const [pid, startTime] of this.#known) if (readStat(pid)?.startTime === startTime) look(pid);
    this.#remember(found.values());
    return [...found.values()];
  }

  /** Sends signals, in their order. @returns those that could be sent them: not who became another user. */
  signal(...signals: NodeJS.Signals[]): readonly ProcessStat[] {
    const members = this.members();
    // The group at once, so that none of it forks in between. Where there is no `/proc`, it is all that can be reached.
    const whole = this.#ownsGroup();
    for (const signal of whole ? signals : []) send(-this.#leader.pid, signal);
    return members.filter(({ pid, group, startTime }) => {
      if (whole && group === this.#leader.pid) return send(pid, 0);
      return signals.every((signal) => readStat(pid)?.startTime === startTime && send(pid, signal));
    });
  }

  /**
   * Ends all of them, however often they fork.
   * @param limitMs after which it gives up: the kernel may hold one that waits for a disk that is gone.
   * @returns who runs still, and cannot be ended.
   */
  async kill(limitMs = KILL_LIMIT_MS): Promise<readonly ProcessStat[]> {
    const until = performance.now() + limitMs;
    let waitMs = FIRST_WAIT_MS;
    while (this.signal('SIGKILL').length > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
    return this.members();
  }

  #isOurs({ pid, group, session, startTime }: ProcessStat, ownsGroup: boolean): boolean {
    if (this.#known.get(pid) === startTime) return true;
    if (ownsGroup && (group === this.#leader.pid || session === this.#leader.pid)) return true;
    return hasVariable(pid, MARK, this.#mark);
  }

  /** Who is not our child has to be the one that was written down, and to carry the mark: a record may be forged. */
  #ownsGroup(): boolean {
    if (this.#isChild) return !this.#reaped;
    return isRunning(this.#leader) && hasVariable(this.#leader.pid, MARK, this.#mark);
  }

  #remember(found: Iterable<ProcessStat>): void {
    this.#known = new Map();
    for (const { pid, startTime } of found) this.#known.set(pid, startTime);
  }
}

/** @returns false when it ended in between, or belongs to somebody else: neither gets a signal. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // ESRCH or EPERM.
    return false;
  }
}
