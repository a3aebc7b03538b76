import { LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { LocaleController } from '../../i18n/locale-controller.ts';
import type { OperationAction, OperationStatus } from '../../protocol/operations.ts';
import { VERSION } from '../../protocol/version.ts';
import { surfaces } from '../../theme/surfaces.styles.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { still } from '../still-figures.ts';
import type { TrackerHost, TrackerTexts } from './host.ts';
import type { LiveTracker } from './live.ts';
import { styles } from './progress-tracker.styles.ts';
import { workOf, workOfStages } from './stages.ts';
import type { StageInput, Work } from './stages.ts';
import { trackerView } from './view.ts';
import type { TrackerShown } from './view.ts';
import { trackerMessages } from './words.ts';

export type {
  ActionPhase,
  StageChange,
  StageToggle,
  TrackerAction,
  TrackerTexts,
  WorkChange,
} from './host.ts';
export type { StageInput } from './stages.ts';

/** Room that a stage needs beside others, in the element's font size. */
const STAGE_EM = 9;

/**
 * Work in stages: how far it is, what it does now, how much longer it may take, and what may be asked of it. Name an
 * `operation`, or an `agent` for its latest one, and it is live through the page's socket; or set `status` or `stages`
 * yourself.
 *
 * @summary A multi-stage operation under way, and its controls.
 * @tag waooaw-progress-tracker
 *
 * @fires {CustomEvent<WorkChange>} waooaw-state-change - The whole came into another state.
 * @fires {CustomEvent<StageChange>} waooaw-stage-change - A stage came into another state.
 * @fires {CustomEvent<TrackerAction>} waooaw-action - Something was asked for, or is further than before. What is `requested` can be prevented: then nothing is sent.
 * @fires {CustomEvent<StageToggle>} waooaw-toggle - A stage was opened or closed.
 * @csspart card - The whole.
 * @csspart head - Name, state and buttons.
 * @csspart label - The name.
 * @csspart state - What the whole is in.
 * @csspart actions - The buttons.
 * @csspart action - One of them.
 * @csspart phase - How far the last thing is that was asked for.
 * @csspart refused - Why something that was asked for was not taken.
 * @csspart bar - How far the whole is.
 * @csspart facts - What stands below it.
 * @csspart percent - The same as a number.
 * @csspart left - How much longer it may take.
 * @csspart link - The link to a host's own page of the operation.
 * @csspart note - What is wrong with what is shown, if anything is.
 * @csspart error - What went wrong, of the whole or of a stage.
 * @csspart stages - The list.
 * @csspart stage - A stage.
 * @csspart figure - The figure of a state.
 * @csspart number - Its number.
 * @csspart title - Its name.
 * @csspart trigger - The button that opens it.
 * @csspart stage-state - Its state, in words.
 * @csspart time - How long it took.
 * @csspart description - What it is about.
 * @csspart details - All there is to it.
 * @csspart log - Lines that were logged.
 * @csspart line - One of them.
 * @csspart newest - The button that shows the newest lines.
 * @csspart older - The button that fetches older ones.
 * @csspart tools - The buttons below the stages.
 * @csspart tool - One of them.
 * @csspart waterfall - When each stage waited and ran.
 * @csspart result - What came of the whole.
 * @cssproperty --waooaw-progress-tracker-size - Least height, kept until it is known what there is. Default 8rem.
 * @cssproperty --waooaw-info - Tone of what is under way.
 * @cssproperty --waooaw-ok - Tone of what is done.
 * @cssproperty --waooaw-critical - Tone of failures.
 * @cssproperty --waooaw-accent - Of what is focused and pressed.
 * @cssproperty --waooaw-surface - Background.
 * @cssproperty --waooaw-border - Border.
 * @cssproperty --waooaw-radius - Corners.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate live - What is shown is so now.
 * @cssstate stale - What is shown was so once.
 * @cssstate empty - There is no operation.
 * @cssstate error - The operation is not known, not allowed, or out of reach for good.
 * @cssstate critical - The whole has failed.
 */
export class WaooawProgressTracker extends LitElement implements TrackerHost {
  static readonly version: string = VERSION;
  static override styles = [tokens, surfaces, still, styles];
  static override properties = {
    status: { attribute: false },
    stages: { attribute: false },
    percent: { type: Number },
    operation: {},
    agent: {},
    context: {},
    preset: {},
    label: {},
    orientation: { reflect: true },
    noNumbers: { type: Boolean, attribute: 'no-numbers' },
    noActions: { type: Boolean, attribute: 'no-actions' },
    noDetails: { type: Boolean, attribute: 'no-details' },
    waterfall: { type: Boolean },
    messages: { attribute: false },
    theme: { reflect: true },
    density: { reflect: true },
  };

  /** An operation, in the shape of the server's: `{ title, state, stages, percent, actions, … }`, as much of it as there is. */
  declare status: OperationStatus | undefined;
  /**
   * Stages alone: titles, or `{ name, title, state, description, percent, startedAt, endedAt, error, logs }`. States are the
   * vocabulary's words, and `current` and `error`. Not looked at beside `status`.
   */
  declare stages: readonly (StageInput | string)[] | undefined;
  /** Of the whole, 0 to 100, beside `stages`. Default: told by them. */
  declare percent: number | undefined;
  /** Id of the operation to follow. */
  declare operation: string;
  /** Id of the agent whose latest operation is followed. */
  declare agent: string;
  /**
   * Name of the page's context; empty for the page's own. The latest operation of the one agent that is chosen there is
   * followed. Not looked at beside `operation` and `agent`. Default null: none.
   */
  declare context: string | null;
  /** The stages to show until something is known: `agent-provisioning`, `deployment-pipeline` or `upgrade-workflow`. */
  declare preset: string;
  /** The name, in view. Default: the operation's title. */
  declare label: string;
  /** `horizontal`, `vertical` or `auto` (default): side by side where there is room. */
  declare orientation: 'horizontal' | 'vertical' | 'auto';
  /** Without the stages' numbers. */
  declare noNumbers: boolean;
  /** Without the buttons that act. */
  declare noActions: boolean;
  /** Stages cannot be opened, and there is no log. */
  declare noDetails: boolean;
  /** Shows when each stage waited and ran. The reader's button changes it. */
  declare waterfall: boolean;
  /** Texts of this one element, above all others. */
  declare messages: TrackerTexts | undefined;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** `compact` or `comfortable`; the page's when empty. */
  declare density: string;

  /** @internal */
  readonly parts = {
    internals: this.attachInternals(),
    locale: new LocaleController(this),
  };
  #live: LiveTracker | undefined;
  #coming: Promise<LiveTracker> | undefined;
  #sizes: ResizeObserver | undefined;
  /** Stages that have room side by side. */
  #room = 0;

  constructor() {
    super();
    this.operation = this.agent = this.preset = this.label = this.theme = this.density = '';
    this.context = null;
    this.orientation = 'auto';
    this.noNumbers = this.noActions = this.noDetails = this.waterfall = false;
  }

  /** Asks for something as its button does, if it can be asked for now. Resolves once it was taken or refused. */
  async act(action: OperationAction): Promise<void> {
    await (await this.#load()).act(action);
  }

  /** Opens a stage, or closes it. @param open default: the other way. */
  async toggleStage(name: string, open?: boolean): Promise<void> {
    (await this.#load()).toggle(name, open);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // In its own frame: stages that change places change the height, which is what is observed.
    this.#sizes = new ResizeObserver(() =>
      requestAnimationFrame(() => {
        if (this.isConnected && this.#measure()) this.requestUpdate();
      }),
    );
    this.#sizes.observe(this);
    // What could not be loaded is tried again when the element comes back.
    if (this.hasUpdated) this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
  }

  /** Following, acting, telling and speaking are loaded when there is something to see. */
  protected override firstUpdated(): void {
    this.#begin();
  }

  #begin(): void {
    this.#load().catch(console.warn);
  }

  #load(): Promise<LiveTracker> {
    return (this.#coming ??= import('./live.ts').then(
      ({ LiveTracker }) => {
        this.#live = new LiveTracker(this);
        this.requestUpdate();
        return this.#live;
      },
      (error: unknown) => {
        this.#coming = undefined;
        throw error;
      },
    ));
  }

  protected override willUpdate(): void {
    // Before the first paint: stages do not jump.
    if (!this.hasUpdated) this.#measure();
    this.#live?.update();
  }

  protected override render(): TemplateResult {
    const first = this.#first();
    const live = this.#live;
    const shown = live ? live.read(first) : first;
    return trackerView({ ...shown, horizontal: this.#isHorizontal(shown.work) }, live);
  }

  /** What can be shown without anything more: what the page has set, in English. */
  #first(): TrackerShown {
    const { locale } = this.parts.locale;
    const texts = trackerMessages.get(locale);
    const follows = this.operation !== '' || this.agent !== '' || this.context !== null;
    const work = (!follows && workOf(this.status)) || workOfStages(follows ? [] : this.stages, this.percent);
    return {
      label: this.label || work.title || this.agent || texts.label,
      work,
      freshness: follows ? 'loading' : 'idle',
      note: follows ? texts.loading : '',
      texts,
      locale,
      horizontal: false,
      numbers: !this.noNumbers,
      labelOf: ({ label }) => label,
    };
  }

  /** @returns whether there is room for more or fewer stages than before. */
  #measure(): boolean {
    const room = Math.floor(this.clientWidth / (STAGE_EM * parseFloat(getComputedStyle(this).fontSize)));
    const changed = room !== this.#room;
    this.#room = room;
    return changed;
  }

  #isHorizontal({ stages }: Work): boolean {
    const { orientation } = this;
    if (orientation === 'horizontal' || orientation === 'vertical') return orientation === 'horizontal';
    return stages.length > 0 && stages.length <= this.#room;
  }
}
