/** The buttons of a tracker, what they send, and what became of it. */
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import type { SocketClient } from '../../client/socket.ts';
import type { OperationAction, OperationStatus } from '../../protocol/operations.ts';
import type { Role } from '../../protocol/roles.ts';
import { FIGURES } from '../still-figures.ts';
import { problemOf, serverApi } from '../server-api.ts';
import { ActionPhases } from './action-phases.ts';
import type { Asking } from './action-phases.ts';
import type { TrackerAction, TrackerHost } from './host.ts';
import type { Speech } from './speech.ts';
import type { Work } from './stages.ts';
import type { Wording } from './wording.ts';

/** Who may act. */
const ACTING: readonly (Role | undefined)[] = ['operator', 'admin'];
/** Until when an answer has to come, ms. */
const TIMEOUT_MS = 30_000;
/** In the order of their buttons: what ends the work stands last. */
const BUTTONS: readonly OperationAction[] = ['retry', 'resume', 'pause', 'cancel'];
const PHASES = ['requested', 'accepted', 'in-effect', 'done'] as const;

/** What they need to know. */
export interface ActionsSettings {
  readonly work: () => Work;
  /** Undefined: the page does what is asked for, and says so in `status`. */
  readonly client: () => SocketClient | undefined;
  /** The operation is followed through the page's socket. */
  readonly follows: () => boolean;
  /** The server's answer tells how the operation stands. */
  readonly answered: (status: OperationStatus) => void;
}

/** For one tracker. */
export class Actions {
  readonly #host: TrackerHost;
  readonly #wording: Wording;
  readonly #speech: Speech;
  readonly #settings: ActionsSettings;
  readonly #phases = new ActionPhases((asking) => this.#tell(asking));
  #sending: AbortController | undefined;
  /** The button that had the focus before this update. */
  #focused = false;

  constructor(host: TrackerHost, wording: Wording, speech: Speech, settings: ActionsSettings) {
    this.#host = host;
    this.#wording = wording;
    this.#speech = speech;
    this.#settings = settings;
  }

  /** What the server, or the page, says of the operation. */
  hear(status: OperationStatus): void {
    this.#phases.hear(status);
  }

  /** Another operation is shown. */
  forget(): void {
    this.#sending?.abort();
    this.#phases.forget();
  }

  /** What may be asked for now, by this reader. */
  get offered(): readonly OperationAction[] {
    const { status } = this.#settings.work();
    if (this.#host.noActions || !Array.isArray(status?.actions)) return [];
    if (this.#settings.follows() && !ACTING.includes(this.#settings.client()?.identity?.role)) return [];
    return BUTTONS.filter((action) => status.actions.includes(action));
  }

  view(): unknown {
    const { texts } = this.#wording;
    const offered = this.offered;
    const asking = this.#phases.asking;
    if (offered.length === 0 && !asking) return nothing;
    return html`${
      offered.length === 0
        ? nothing
        : html`<div class="actions" part="actions" role="group" aria-label=${texts.actions}>
            ${offered.map((action) => this.#button(action))}
          </div>`
    }${asking ? this.#phaseView(asking) : nothing}`;
  }

  /** Asks for it. Resolves once it was taken or refused. */
  async act(action: OperationAction): Promise<void> {
    const { status, id: operation } = this.#settings.work();
    if (!status || !this.offered.includes(action) || this.#phases.isUnderWay(action)) return;
    const detail: TrackerAction = { action, operation, phase: 'requested' };
    const event = new CustomEvent('waooaw-action', {
      detail,
      bubbles: true,
      composed: true,
      cancelable: true,
    });
    if (!this.#host.dispatchEvent(event)) return;
    this.#phases.request(action);
    this.#host.requestUpdate();
    const client = this.#settings.client();
    if (this.#settings.follows() && client) await this.#send(client, operation, action);
  }

  /** Before an update: a button that goes away takes the focus with it. */
  before(): void {
    this.#focused = (this.#host.renderRoot as ShadowRoot).activeElement?.matches('.actions *') === true;
  }

  /** After one: what comes in its place has the focus, so that the reader is not thrown out of the element. */
  after(): void {
    const root = this.#host.renderRoot as ShadowRoot;
    if (!this.#focused || root.activeElement) return;
    (
      root.querySelector<HTMLElement>('.actions button') ?? root.querySelector<HTMLElement>('#label')
    )?.focus();
  }

  async #send(client: SocketClient, operation: string, action: OperationAction): Promise<void> {
    const sending = (this.#sending = new AbortController());
    const signal = AbortSignal.any([sending.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const path = `/operations/${encodeURIComponent(operation)}/${action}`;
    try {
      const answer = await serverApi(client).post(path, {}, signal);
      if (!answer.ok) {
        const { code, reason } = await problemOf(answer);
        if (!sending.signal.aborted) this.#phases.refuse(action, code || String(answer.status), reason);
        return;
      }
      const status = (await answer.json()) as OperationStatus;
      if (sending.signal.aborted) return;
      this.#phases.accept(action, status);
      this.#settings.answered(status);
    } catch {
      // Whoever left or asks about another operation waits for no answer.
      if (!sending.signal.aborted) this.#phases.refuse(action, '', '');
    } finally {
      this.#host.requestUpdate();
    }
  }

  /** Of what was asked for here, what came of it is said; of what others asked, it is shown. */
  #tell({ action, phase, own, code, reason }: Asking): void {
    if (own && phase === 'refused') this.#speech.failed(this.#refusal(action, code, reason));
    else if (own && phase === 'accepted') this.#speech.say(this.#sentence(action, phase, ''), 'action');
    if (!own || phase === 'requested') return;
    const detail: TrackerAction = {
      action,
      operation: this.#settings.work().id,
      phase,
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
    };
    this.#host.dispatchEvent(new CustomEvent('waooaw-action', { detail, bubbles: true, composed: true }));
  }

  #button(action: OperationAction): TemplateResult {
    const failed = this.#settings.work().stages.find(({ state }) => state === 'failed');
    const { texts } = this.#wording;
    const text = action === 'retry' ? texts.retry(failed?.title ?? '') : texts[action];
    const busy = this.#phases.isUnderWay(action);
    return html`<button
      type="button"
      class="action ${action}"
      part="action"
      aria-disabled=${busy || nothing}
      @click=${() => void this.act(action)}
    >
      ${text}
    </button>`;
  }

  #phaseView({ action, phase, by, own, code, reason }: Asking): TemplateResult {
    if (phase === 'refused') {
      return html`<p class="refused" part="refused">
        <svg class="figure octagon" viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES.octagon} /></svg>
        <span>${this.#refusal(action, code, reason)}</span>
      </p>`;
    }
    const at = PHASES.indexOf(phase);
    return html`<p class="phase" part="phase">
      <svg class="steps" viewBox="0 0 44 8" aria-hidden="true">${PHASES.map((_, i) => stepView(i, at))}</svg>
      <span>${this.#sentence(action, phase, own ? '' : by)}</span>
    </p>`;
  }

  #name(action: OperationAction): string {
    const { texts } = this.#wording;
    return action === 'retry' ? texts.retryShort : texts[action];
  }

  #sentence(action: OperationAction, phase: (typeof PHASES)[number], by: string): string {
    const { texts } = this.#wording;
    const words = {
      requested: texts.phaseRequested,
      accepted: texts.phaseAccepted,
      'in-effect': texts.phaseInEffect,
      done: texts.phaseDone,
    };
    return texts.phase(this.#name(action), words[phase], by);
  }

  #refusal(action: OperationAction, code: string | undefined, reason = ''): string {
    const { texts } = this.#wording;
    const name = this.#name(action);
    if (code === '') return texts.unanswered(name);
    return code === 'forbidden' ? texts.mayNot(name) : texts.refused(name, reason);
  }
}

/** One of the four dots: what was reached is filled. */
function stepView(index: number, at: number): unknown {
  return svg`<circle class=${index <= at ? 'reached' : ''} cx=${4 + index * 12} cy="4" r="3" />`;
}
