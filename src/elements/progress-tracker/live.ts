/** What a tracker does after its first paint: it follows, counts the time, acts, tells what changed and says what matters. */
import { html, nothing } from 'lit';
import type { CSSResult, TemplateResult } from 'lit';
import type { SocketClient } from '../../client/socket.ts';
import type { OperationAction, OperationStatus } from '../../protocol/operations.ts';
import { setStates } from '../custom-states.ts';
import { PaceController } from '../page-pace-controller.ts';
import { turning } from '../turning.styles.ts';
import { watchSight } from '../sight.ts';
import { Actions } from './actions.ts';
import { changesBetween } from './changes.ts';
import type { Details } from './details.ts';
import { goesOn } from './estimate.ts';
import { Following } from './following.ts';
import type { StageChange, StageToggle, TrackerHost, WorkChange } from './host.ts';
import { styles } from './live.styles.ts';
import { presetMessages } from './preset-words.ts';
import { presetOf } from './presets.ts';
import { resultView } from './result.ts';
import { Speech } from './speech.ts';
import { workOf, workOfStages } from './stages.ts';
import type { Stage, Work } from './stages.ts';
import { factsView, leftText, timeView } from './telling.ts';
import { onBeat } from './ticking.ts';
import { faceOf } from './view.ts';
import type { TrackerExtras, TrackerShown } from './view.ts';
import { Wording } from './wording.ts';
import { trackerMessages } from './words.ts';

/** The living part of one tracker. */
export class LiveTracker implements TrackerExtras {
  readonly #host: TrackerHost;
  readonly #wording: Wording;
  readonly #following: Following;
  readonly #pace: PaceController;
  readonly #speech: Speech;
  readonly #actions: Actions;
  #client: SocketClient | undefined;
  /** What was heard of the operation that is followed. */
  #heard: OperationStatus | undefined;
  #work: Work = workOfStages([]);
  /** What was shown before, of which changes are told. */
  #before: Work | undefined;
  #name = '';
  #waterfall: boolean | undefined;
  #logOpen = false;
  readonly #open = new Set<string>();
  #details: Details | undefined;
  #loading = false;
  #failed = false;
  #seen = true;
  #stopBeat: (() => void) | undefined;
  #stopSight: (() => void) | undefined;

  constructor(host: TrackerHost) {
    this.#host = host;
    this.#wording = new Wording(host);
    this.#pace = new PaceController(host);
    this.#speech = new Speech(this.#wording);
    this.#actions = new Actions(host, this.#wording, this.#speech, {
      work: () => this.#work,
      client: () => this.#client,
      follows: () => this.#follows,
      answered: (status) => this.#hear(status),
    });
    this.#following = new Following(host, {
      heard: (status) => this.#hear(status),
      forget: () => this.#forget(),
      connection: (client) => (this.#client = client),
    });
    this.#adopt(turning);
    this.#adopt(styles);
    host.addController({
      hostConnected: () => {
        this.#failed = false;
        this.#stopSight = watchSight(host, (seen) => {
          this.#seen = seen;
          host.requestUpdate();
        });
      },
      hostDisconnected: () => {
        this.#stopSight?.();
        this.#beat(false);
        this.#seen = true;
      },
      hostUpdate: () => this.#actions.before(),
      hostUpdated: () => this.#updated(),
    });
  }

  /** Follows what the element is told to, and reads what there is. Before it renders. */
  update(): void {
    this.#following.follow();
    this.#work = this.#find();
    if (!this.#follows && this.#work.status) this.#actions.hear(this.#work.status);
    const { freshness } = this.#following;
    const { severity } = faceOf(this.#work.state);
    setStates(this.#host.parts.internals, this.#known ? [freshness, severity] : [freshness]);
    this.#details?.update(this.#work, { log: this.#logOpen, open: this.#open });
  }

  /** @param first what would be shown without this. */
  read(first: TrackerShown): TrackerShown {
    const { label, agent } = this.#host;
    const work = this.#work;
    const texts = this.#wording.of(trackerMessages);
    this.#name = label || work.title || this.#presetLabel || agent || texts.label;
    return {
      ...first,
      label: this.#name,
      work,
      freshness: this.#following.freshness,
      note: this.#note,
      texts,
      labelOf: this.#wording.labelOf,
    };
  }

  /** @see WaooawProgressTracker.act */
  act(action: OperationAction): Promise<void> {
    return this.#actions.act(action);
  }

  /** @see WaooawProgressTracker.toggleStage */
  toggle(name: string, open = !this.#open.has(name)): void {
    if (open === this.#open.has(name) || !this.#work.stages.some((stage) => stage.name === name)) return;
    if (open) this.#open.add(name);
    else this.#open.delete(name);
    this.#tell('waooaw-toggle', { stage: name, open } satisfies StageToggle);
    this.#host.requestUpdate();
  }

  get left(): string {
    return leftText(this.#work, this.#following.now(), this.#wording);
  }

  get facts(): unknown {
    return factsView(this.#work, this.#wording);
  }

  get actions(): unknown {
    return this.#actions.view();
  }

  time(stage: Stage): unknown {
    return timeView(stage, this.#following.now(), this.#wording);
  }

  trigger(stage: Stage, title: TemplateResult): unknown {
    if (this.#host.noDetails || !this.#hasDetails(stage)) return title;
    const open = this.#open.has(stage.name);
    return html`<button
      type="button"
      class="trigger"
      part="trigger"
      aria-expanded=${open}
      aria-controls=${open ? idOf(this.#work, stage) : nothing}
      @click=${() => this.toggle(stage.name)}
    >
      ${title}<svg class="chevron" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4" /></svg>
    </button>`;
  }

  details(stage: Stage): unknown {
    if (this.#host.noDetails || !this.#open.has(stage.name)) return nothing;
    return html`<div class="details" part="details" id=${idOf(this.#work, stage)}>
      ${this.#inside((details) => details.stageView(stage))}
    </div>`;
  }

  get foot(): unknown {
    const { texts } = this.#wording;
    const { stages, id } = this.#work;
    const timed = stages.some(({ startedAt }) => startedAt !== undefined) || this.#waits;
    const logged = !this.#host.noDetails && this.#follows && id !== '';
    const result = resultView(this.#work, this.#wording);
    if (!timed && !logged) return result;
    const waterfall = timed && this.#showsWaterfall;
    const tool = (name: string, open: boolean, toggle: () => void): TemplateResult =>
      html`<button
        type="button"
        class="tool"
        part="tool"
        aria-expanded=${open}
        @click=${() => {
          toggle();
          this.#host.requestUpdate();
        }}
      >
        ${name}<svg class="chevron" viewBox="0 0 16 16" aria-hidden="true"><path d="m4 6 4 4 4-4" /></svg>
      </button>`;
    return html`${result}
      <div class="tools" part="tools">
        ${timed ? tool(texts.times, waterfall, () => (this.#waterfall = !waterfall)) : nothing}
        ${logged ? tool(texts.log, this.#logOpen, () => (this.#logOpen = !this.#logOpen)) : nothing}
      </div>
      ${waterfall ? this.#inside((details) => details.waterfallView()) : nothing}
      ${logged && this.#logOpen ? this.#inside((details) => details.logView()) : nothing}`;
  }

  get #follows(): boolean {
    const { operation, agent, context } = this.#host;
    return operation !== '' || agent !== '' || context !== null;
  }

  get #known(): boolean {
    return this.#work.status !== undefined || this.#work.stages.length > 0;
  }

  get #showsWaterfall(): boolean {
    return this.#waterfall ?? this.#host.waterfall;
  }

  get #presetLabel(): string {
    return presetOf(this.#host.preset, this.#wording.of(presetMessages))?.label ?? '';
  }

  #find(): Work {
    const { status, stages, percent, preset } = this.#host;
    const work = this.#follows
      ? workOf(this.#heard)
      : (workOf(status) ?? (stages && workOfStages(stages, percent)));
    if (work) return work;
    return workOfStages(presetOf(preset, this.#wording.of(presetMessages))?.stages, percent);
  }

  /** What is wrong with what is shown. */
  get #note(): string {
    const { texts } = this.#wording;
    const { freshness, none, refused = '' } = this.#following;
    if (none) return none === 'none' ? texts.noneChosen : texts.chooseOne;
    if (this.#pace.paused && this.#isMoving) return texts.notePaused;
    switch (freshness) {
      case 'stale':
        return texts.noteStale;
      case 'error':
        return texts.noteError(refused);
      case 'empty':
        return texts.noOperation;
      case 'loading':
        return this.#heard ? '' : this.#wording.of(trackerMessages).loading;
      default:
        return '';
    }
  }

  /** Its next stage waits for its turn, and it is known since when. */
  get #waits(): boolean {
    return typeof this.#work.status?.createdAt === 'number' && goesOn(this.#work);
  }

  get #isMoving(): boolean {
    return this.#work.stages.some(({ state, startedAt }) => state === 'running' && startedAt !== undefined);
  }

  #hear(status: OperationStatus): void {
    // The answer to a request and a publication overtake one another.
    if ((this.#heard?.revision ?? -1) > (status.revision ?? 0) && this.#heard?.operation === status.operation)
      return;
    this.#heard = status;
    this.#actions.hear(status);
    this.#host.requestUpdate();
  }

  #forget(): void {
    this.#heard = this.#before = undefined;
    this.#open.clear();
    this.#actions.forget();
  }

  #updated(): void {
    this.#actions.after();
    const work = this.#work;
    const changes = changesBetween(this.#before, work);
    const isNews =
      this.#before !== undefined && (changes.previous !== undefined || changes.stages.length > 0);
    if (this.#known) this.#before = work;
    // Stale times would run on for ever.
    const counts = this.#isMoving || (this.#waits && this.#showsWaterfall);
    const isWatched = counts && this.#seen && !this.#pace.paused;
    this.#beat(isWatched && this.#following.freshness !== 'stale' && this.#host.isConnected);
    if (!isNews) return;
    this.#speech.changed(this.#name, work, changes);
    const { id: operation, state } = work;
    for (const { stage, previous } of changes.stages) {
      const detail: StageChange = { operation, stage: stage.name, state: stage.state, previous };
      this.#tell('waooaw-stage-change', detail);
    }
    if (changes.previous !== undefined)
      this.#tell('waooaw-state-change', {
        operation,
        state,
        previous: changes.previous,
      } satisfies WorkChange);
  }

  #beat(on: boolean): void {
    if (on) this.#stopBeat ??= onBeat(() => this.#host.requestUpdate());
    else {
      this.#stopBeat?.();
      this.#stopBeat = undefined;
    }
  }

  #hasDetails(stage: Stage): boolean {
    return stage.startedAt !== undefined || stage.logs.length > 0 || stage.expected !== undefined;
  }

  #inside(view: (details: Details) => unknown): unknown {
    const { texts } = this.#wording;
    if (this.#details) return view(this.#details);
    if (this.#failed) return html`<p class="note">${texts.partFailed}</p>`;
    if (!this.#loading) void this.#loadDetails();
    return html`<p class="note">${this.#wording.of(trackerMessages).loading}</p>`;
  }

  async #loadDetails(): Promise<void> {
    this.#loading = true;
    try {
      const { Details, styles } = await import('./details.ts');
      this.#adopt(styles);
      this.#details = new Details(this.#host, this.#wording, {
        now: () => this.#following.now(),
        follows: () => this.#follows,
      });
    } catch (error) {
      // Tried again when the element comes back into a document.
      this.#failed = true;
      console.warn(error);
    } finally {
      this.#loading = false;
      this.#host.requestUpdate();
    }
  }

  #tell(type: string, detail: object): void {
    this.#host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #adopt({ styleSheet }: CSSResult): void {
    const { adoptedStyleSheets } = this.#host.renderRoot as ShadowRoot;
    if (styleSheet && !adoptedStyleSheets.includes(styleSheet)) adoptedStyleSheets.push(styleSheet);
  }
}

/** Of the panel of a stage. */
function idOf({ stages }: Work, { name }: Stage): string {
  return `stage-${stages.findIndex((stage) => stage.name === name)}`;
}
