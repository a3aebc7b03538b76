/** How a tracker words things: in which language, in whose zone, in whose words. */
import { intl } from '../../i18n/intl.ts';
import type { MessageSource, Messages } from '../../i18n/messages.ts';
import { stateMessages } from '../../i18n/states.ts';
import { formatDuration } from '../../i18n/times.ts';
import type { StateInfo } from '../../protocol/states.ts';
import { trackerDetailsMessages } from './details-words.ts';
import type { TrackerDetailsMessages } from './details-words.ts';
import type { TrackerHost } from './host.ts';

const warned = new Set<string>();

/** For one tracker. */
export class Wording {
  readonly #host: TrackerHost;

  constructor(host: TrackerHost) {
    this.#host = host;
  }

  get locale(): string {
    return this.#host.parts.locale.locale;
  }

  /** For `Intl`; undefined: the reader's own. */
  get timeZone(): string | undefined {
    return this.#host.parts.locale.timeZone;
  }

  get texts(): TrackerDetailsMessages {
    return this.of(trackerDetailsMessages);
  }

  /** A state's label; a word that is not listed stays as it is, and is named once on the console. */
  readonly labelOf = ({ word, label, shape }: StateInfo): string => {
    const labels = this.of(stateMessages) as Readonly<Record<string, string>>;
    if (Object.hasOwn(labels, word)) return labels[word] ?? label;
    if (shape === 'question' && word && !warned.has(word)) {
      warned.add(word);
      console.warn(`<waooaw-progress-tracker>: "${word}" is no known state`);
    }
    return label;
  };

  /** A count as the language writes it. */
  count(value: number): string {
    return intl(Intl.NumberFormat, this.locale, {}).format(value);
  }

  /** "1 min, 12 sec". Under a second is told as such once it is over. @param most units. Default 2. */
  span(ms: number, most = 2): string {
    return formatDuration(ms / 1000, this.locale, 'short', most);
  }

  /** The same of what goes on: in whole seconds. */
  running(ms: number): string {
    return this.span(Math.floor(ms / 1000) * 1000);
  }

  /** What a component says, with the element's own texts above it: those that are of that component. */
  of<Texts extends Messages>(source: MessageSource<Texts>): Texts {
    const texts = source.get(this.locale);
    const given = Object.entries(this.#host.messages ?? {}).filter(([name]) => Object.hasOwn(texts, name));
    return given.length === 0 ? texts : source.get(this.locale, Object.fromEntries(given) as Partial<Texts>);
  }
}
