import { LitElement } from 'lit';
import { VERSION } from '../../protocol/version.ts';
import { tokens } from '../../theme/tokens.styles.ts';
import { setStates } from '../custom-states.ts';
import { still } from '../still-figures.ts';
import type { Board } from './board.ts';
import type { BadgeListHost, BadgeListTexts, ListedStatus } from './host.ts';
import { styles } from './status-badge-list.styles.ts';

export type { BadgeListChange, BadgeListTexts, ListedStatus } from './host.ts';

/**
 * The states of many things, the worst first, with how many are in which. Set `items`; or let it follow the checks that
 * carry a `tag`, all of them, or those that the page's `context` chooses.
 *
 * @summary Many status lights, the worst first.
 * @tag waooaw-status-badge-list
 *
 * @fires {CustomEvent<BadgeListChange>} waooaw-state-change - The state of one of them changed after it was first shown.
 * @csspart head - Name, worst state and counts.
 * @csspart label - The list's name.
 * @csspart counts - How many are in which state.
 * @csspart list - The list.
 * @csspart item - A place in it.
 * @csspart badge - A badge: of the whole, in the head, or of one thing.
 * @csspart icon - A badge's figure.
 * @csspart state - A badge's word.
 * @csspart note - What is wrong with what it is about.
 * @csspart trigger - The button around a badge that has details.
 * @csspart details - The panel that opens.
 * @csspart more - How many are not listed.
 * @csspart message - What stands in place of the list.
 * @cssproperty --waooaw-ok - Tone of good states.
 * @cssproperty --waooaw-info - Tone of states under way.
 * @cssproperty --waooaw-degraded - Tone of degraded states.
 * @cssproperty --waooaw-critical - Tone of failures.
 * @cssproperty --waooaw-muted - Tone of neutral and unknown states.
 * @cssstate loading - Nothing has been heard yet.
 * @cssstate live - What is listed is of now.
 * @cssstate stale - What is listed was true once.
 * @cssstate empty - Nothing is listed.
 * @cssstate error - The server refused the checks.
 * @cssstate critical - The worst is a failure.
 */
export class WaooawStatusBadgeList extends LitElement implements BadgeListHost {
  static readonly version: string = VERSION;
  static override styles = [tokens, still, styles];
  static override properties = {
    items: { attribute: false },
    tag: {},
    context: {},
    label: {},
    size: { reflect: true },
    details: {},
    incidentHref: { attribute: 'incident-href' },
    maxItems: { type: Number, attribute: 'max-items' },
    theme: { reflect: true },
    density: { reflect: true },
    messages: { attribute: false },
  };

  /** What to list, each with a `title` (or a `check`) and a `word` (or a `state`). Goes before `tag` and `context`. */
  declare items: readonly ListedStatus[] | undefined;
  /** Follows the checks that carry this tag, such as `service=payments`; several with commas; empty: all checks. Default null: none. */
  declare tag: string | null;
  /** Name of the page's context; empty for the page's own. Lists only checks that carry what is chosen there. Default null: none. */
  declare context: string | null;
  /** The list's name, in view. */
  declare label: string;
  /** `s`, `m` (default) or `l`. */
  declare size: 's' | 'm' | 'l';
  /** `disclosure`: each badge opens a panel with all that is known, and its past. */
  declare details: 'disclosure' | '';
  /** Address of an incident's page; `{id}` and `{check}` are put in. Default: no link. */
  declare incidentHref: string;
  /** Things that are listed, the worst; the rest is counted. Default 100. */
  declare maxItems: number;
  /** `light` or `dark`; the page's colour scheme when empty. */
  declare theme: string;
  /** `compact` or `comfortable`; the page's when empty. */
  declare density: string;
  /** Texts of this list's own, by name; what they leave out stays. */
  declare messages: BadgeListTexts | undefined;

  /** @internal */
  readonly internals = this.attachInternals();
  #board: Board | undefined;
  #coming = false;

  constructor() {
    super();
    this.tag = this.context = null;
    this.label = this.details = this.incidentHref = this.theme = this.density = '';
    this.size = 'm';
    this.maxItems = 100;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // All but the frame comes behind the first paint. What could not be loaded is tried again when the element comes back.
    if (this.#coming) return;
    this.#coming = true;
    import('./board.ts').then(
      ({ Board }) => {
        this.#board = new Board(this);
        this.requestUpdate();
      },
      (error: unknown) => {
        this.#coming = false;
        console.warn(error);
      },
    );
  }

  protected override willUpdate(): void {
    setStates(this.internals, this.#board?.read() ?? ['loading']);
  }

  protected override render(): unknown {
    return this.#board?.render();
  }
}
