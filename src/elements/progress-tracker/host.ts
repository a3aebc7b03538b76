/** What the lazy parts of a tracker know of their element, and the types of its events. */
import type { LitElement } from 'lit';
import type { LocaleController } from '../../i18n/locale-controller.ts';
import type { StateMessages } from '../../i18n/states.ts';
import type { OperationAction, OperationStatus } from '../../protocol/operations.ts';
import type { TrackerDetailsMessages } from './details-words.ts';
import type { StageInput } from './stages.ts';
import type { TrackerMessages } from './words.ts';

/** Texts of one tracker's own: its words, those of its details, and the vocabulary's labels by word. */
export type TrackerTexts = Partial<TrackerMessages & TrackerDetailsMessages & StateMessages>;

/** How far something is that was asked for. `refused` ends it before it was taken. */
export type ActionPhase = 'requested' | 'accepted' | 'in-effect' | 'done' | 'refused';

/** Detail of `waooaw-action`. */
export interface TrackerAction {
  readonly action: OperationAction;
  /** The operation's id; empty where it has none. */
  readonly operation: string;
  readonly phase: ActionPhase;
  /** Why it was refused: the server's code. */
  readonly code?: string;
  readonly reason?: string;
}

/** Detail of `waooaw-stage-change`. */
export interface StageChange {
  readonly operation: string;
  readonly stage: string;
  readonly state: string;
  readonly previous: string;
}

/** Detail of `waooaw-state-change`. */
export interface WorkChange {
  readonly operation: string;
  readonly state: string;
  readonly previous: string;
}

/** Detail of `waooaw-toggle`. */
export interface StageToggle {
  readonly stage: string;
  readonly open: boolean;
}

/** The element. */
export interface TrackerHost extends LitElement {
  readonly status: OperationStatus | undefined;
  readonly stages: readonly (StageInput | string)[] | undefined;
  readonly percent: number | undefined;
  readonly operation: string;
  readonly agent: string;
  readonly context: string | null;
  readonly preset: string;
  readonly label: string;
  readonly noActions: boolean;
  readonly noDetails: boolean;
  readonly waterfall: boolean;
  readonly messages: TrackerTexts | undefined;
  /** @internal */
  readonly parts: {
    readonly internals: ElementInternals;
    readonly locale: LocaleController;
  };
}
