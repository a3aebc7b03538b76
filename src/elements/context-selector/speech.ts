/** What a selector says aloud, through the page's one announcer. Loaded when somebody comes to it. */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { Choice } from './choice.ts';
import { countText, ruleWords } from './choice-words.ts';
import type { Wording } from './choice-words.ts';

/** As long as somebody types, counts are no news, ms. */
const TYPED_MS = 600;

let made = 0;

/** The voice of one selector. */
export class Speech {
  /** Of this selector: its newer sentence takes the place of the one that waits. */
  readonly #key = `context-selector-${(made += 1)}`;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #said = '';

  constructor() {
    // Made now, although nothing is said yet: screen readers miss what a region says that has only just appeared.
    pageAnnouncer();
  }

  /** Says what came of the search, once typing rests; the same again only after something else. */
  results(text: string): void {
    clearTimeout(this.#timer);
    if (text === this.#said) return;
    this.#timer = setTimeout(() => {
      this.#said = text;
      pageAnnouncer().announce(text, 'polite', { key: `${this.#key}-results` });
    }, TYPED_MS);
  }

  /** Says what was chosen or let go. */
  changed(before: Choice, after: Choice, several: boolean, wording: Wording): void {
    const text = changeWords(before, after, several, wording);
    pageAnnouncer().announce(text, 'polite', { key: this.#key, priority: 1 });
  }

  /** Says nothing of what was about to be said of the search. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#said = '';
  }
}

/** What is said of a change: what came or went, and of several how many there are now. */
export function changeWords(before: Choice, after: Choice, several: boolean, wording: Wording): string {
  const { texts } = wording;
  if (after.ids.length === 0 && !after.rule) return texts.saidCleared;
  const count = several ? texts.saidCount(after.ids.length, countText(after.ids.length, wording.locale)) : '';
  return [newsOf(before, after, wording), count].filter(Boolean).join('. ');
}

function newsOf(before: Choice, after: Choice, wording: Wording): string {
  const { texts, labelOf } = wording;
  const had = new Set(before.ids);
  const has = new Set(after.ids);
  const [came, ...alsoCame] = after.ids.filter((id) => !had.has(id));
  const [went, ...alsoWent] = before.ids.filter((id) => !has.has(id));
  if (after.rule && !before.rule) return texts.saidChosen(ruleWords(after, wording));
  if (came !== undefined && alsoCame.length === 0) return texts.saidChosen(labelOf(came));
  if (came === undefined && went !== undefined && alsoWent.length === 0) return texts.saidLeft(labelOf(went));
  return after.rule ? texts.saidChosen(ruleWords(after, wording)) : '';
}
