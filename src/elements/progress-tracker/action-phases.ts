/** How far what was asked of an operation is: requested, accepted, in effect, done. The server's answers move it, and nothing else. */
import type { OperationAction, OperationStatus } from '../../protocol/operations.ts';
import type { ActionPhase } from './host.ts';

/** Something that was asked for, by the reader or by somebody else. */
export interface Asking {
  readonly action: OperationAction;
  readonly phase: ActionPhase;
  /** Who asked; empty: the reader, whom the server has not named yet. */
  readonly by: string;
  /** It was asked for here. */
  readonly own: boolean;
  readonly code?: string;
  readonly reason?: string;
}

const ORDER: readonly ActionPhase[] = ['requested', 'accepted', 'in-effect', 'done'];

/** The phases of one operation's actions. */
export class ActionPhases {
  #asking: Asking | undefined;
  /** What the server told last of an action: by it a new one is told from what was known. */
  #told: string | undefined;
  #revision = -1;
  readonly #changed: (asking: Asking) => void;

  /** @param changed something was asked for, or is further than before. */
  constructor(changed: (asking: Asking) => void) {
    this.#changed = changed;
  }

  /** The last thing that was asked for. */
  get asking(): Asking | undefined {
    return this.#asking;
  }

  /** Whether an answer to it is waited for: the same is not to be asked again. */
  isUnderWay(action: OperationAction): boolean {
    const { phase, action: asked } = this.#asking ?? {};
    return asked === action && (phase === 'requested' || phase === 'accepted');
  }

  /** Somebody pressed the button. */
  request(action: OperationAction): void {
    this.#move({ action, phase: 'requested', by: '', own: true });
  }

  /** The server has taken it: what it answered with says how far it is. */
  accept(action: OperationAction, status: OperationStatus | undefined): void {
    const asking = this.#asking;
    if (asking?.action !== action || asking.phase !== 'requested') return;
    this.#move({ ...asking, phase: 'accepted' });
    if (status) this.hear(status);
  }

  /** It was not taken. @param code empty: there was no answer. */
  refuse(action: OperationAction, code: string, reason: string): void {
    const asking = this.#asking;
    if (asking?.action !== action || asking.phase !== 'requested') return;
    this.#move({ ...asking, phase: 'refused', code, reason });
  }

  /** What the server says of the operation now. Older news than what is known changes nothing. */
  hear(status: OperationStatus): void {
    const { action: told, revision } = status;
    if (typeof revision === 'number') {
      if (revision < this.#revision) return;
      this.#revision = revision;
    }
    if (!told) return;
    const sign = `${told.name} ${told.at}`;
    const asking = this.#asking;
    const isNew = sign !== this.#told;
    this.#told = sign;
    // Our own request is on its way: what was asked for before it is no answer to it.
    const isWaiting = asking?.phase === 'requested' || asking?.phase === 'accepted';
    const isSame = asking?.action === told.name && asking.phase !== 'refused';
    // The same asked for again, after ours was in effect, is somebody else's.
    const isOurs = isSame && asking.own && (isWaiting || !isNew);
    if (asking?.phase === 'requested' && !(isOurs && isNew)) return;
    if (!isNew && !isSame) return;
    const isFurther = isNew || ORDER.indexOf(told.phase) > ORDER.indexOf(asking?.phase ?? 'requested');
    if (!isFurther) return;
    this.#move({ action: told.name, phase: told.phase, by: told.by, own: isOurs });
  }

  /** Another operation is shown. */
  forget(): void {
    this.#asking = this.#told = undefined;
    this.#revision = -1;
  }

  #move(asking: Asking): void {
    const before = this.#asking;
    this.#asking = asking;
    if (before?.action !== asking.action || before.phase !== asking.phase || before.own !== asking.own)
      this.#changed(asking);
  }
}
