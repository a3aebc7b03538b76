/** What hands do with a selector: keys, typing, and presses on its controls. */
import type { CloseReason } from '../popover.ts';
import { NO_CHOICE } from './choice.ts';
import type { Choice } from './choice.ts';
import type { Opener } from './opener.ts';
import { CUSTOM } from './range.ts';

/** The selector that is in them. */
export interface Handled {
  readonly opener: Opener;
  /** Several may be chosen. */
  readonly several: () => boolean;
  /** There is something to clear. */
  readonly chosen: () => boolean;
  readonly choose: (choice: Choice) => void;
  readonly focus: (selector: string) => void;
  readonly changed: () => void;
}

/** The hands at one selector. */
export class Hands {
  /** What is typed into the field of a single selector; undefined while nobody types. */
  typed: string | undefined;
  readonly #of: Handled;

  constructor(handled: Handled) {
    this.#of = handled;
  }

  readonly input = (event: Event): void => {
    // The selector tells of choices; what is typed is nobody's business.
    event.stopPropagation();
    const { value } = event.target as HTMLInputElement;
    const { changed, opener, several } = this.#of;
    if (!several()) {
      this.typed = value;
      opener.open();
    }
    opener.dropdown?.search(value);
    changed();
  };

  readonly key = (event: KeyboardEvent): void => {
    const { choose, chosen, opener } = this.#of;
    if (!opener.dropdown) return this.triggerKey(event);
    if (opener.dropdown.key(event) || event.key !== 'Escape' || event.isComposing) return;
    // An open list has heard it before.
    if (opener.isOpen || event.defaultPrevented || !chosen()) return;
    event.preventDefault();
    event.stopPropagation();
    choose(NO_CHOICE);
  };

  readonly triggerKey = (event: KeyboardEvent): void => {
    const { opener } = this.#of;
    if (opener.isOpen || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    event.preventDefault();
    opener.open(event.key === 'ArrowUp' ? 'last' : 'first');
  };

  readonly press = (): void => this.#of.opener.open();

  readonly toggle = (): void => {
    const { focus, opener, several } = this.#of;
    if (opener.isOpen) opener.close();
    else opener.open();
    if (!several()) focus('#field');
  };

  readonly clear = (): void => {
    const { choose, focus, opener, several } = this.#of;
    choose(NO_CHOICE);
    focus(opener.isOpen && several() ? '#search' : '#field');
  };

  /** The list has closed: who goes on without choosing has typed a name in full, or nothing that counts. */
  left(why: CloseReason | 'picked'): void {
    const { typed } = this;
    this.typed = undefined;
    if (typed === undefined || (why !== 'blur' && why !== 'outside')) return;
    const { choose, opener } = this.#of;
    if (typed.trim() === '') return choose(NO_CHOICE);
    const same = opener.dropdown?.named(typed);
    if (same && same.id !== CUSTOM) choose({ ids: [same.id] });
  }
}
