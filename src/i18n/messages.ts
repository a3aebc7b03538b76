/** The texts of components: English with each, other languages when they are loaded, a host's own above both. */

/** A text, or a function that words it from what it is about. */
export type Message = string | ((...args: never[]) => string);
/** The texts of one component, by name. */
export type Messages = Readonly<Record<string, Message>>;

/** What a translation of these texts looks like: the same names, and functions of the same arguments. */
export type Translation<M extends Messages> = {
  readonly [Name in keyof M]: M[Name] extends (...args: infer Args) => string
    ? (...args: Args) => string
    : string;
};

/** The texts of one component in every language. */
export interface MessageSource<M extends Messages> {
  /**
   * The texts in a language, as far as it is loaded, and in English otherwise. Synchronous.
   * @param locale BCP 47; `de-AT` takes what `de-AT` has, then `de`.
   * @param overrides of one element, above everything else.
   */
  get(locale: string, overrides?: Partial<M>): M;
}

/** The type of a source's texts: `MessagesOf<typeof source>`. */
export type MessagesOf<Source> = Source extends MessageSource<infer M> ? M : never;

/** One language: the texts of all components by name, or a function that makes them of the English. */
export type Language =
  Readonly<Record<string, Partial<Messages>>> | ((component: string, english: Messages) => Partial<Messages>);

/** What hosts have said, who wants to know of changes, and how many there were. */
interface Registry {
  readonly overrides: Map<string, Partial<Messages>>;
  readonly listeners: Set<() => void>;
  revision: number;
}

/** Puts together what there is in a language. */
export type Translate = <M extends Messages>(
  component: string,
  english: M,
  locale: string,
  overrides: Partial<M> | undefined,
) => M;

// Shared by every copy of this module on the page, so that a host's words are those of every release.
const KEY = Symbol.for('waooaw.messages.v1');
let translate: Translate | undefined;

/** The page's own words. Internal. */
export function messageRegistry(): Registry {
  const holder = globalThis as { [KEY]?: Registry };
  return (holder[KEY] ??= { overrides: new Map(), listeners: new Set(), revision: 0 });
}

/**
 * Names the texts of one component.
 * @param component its tag without `waooaw-`.
 * @param english the texts that are bundled with it, and shown until another language is there.
 */
export function defineMessages<const M extends Messages>(
  component: string,
  english: M,
): MessageSource<Translation<M>> {
  type Texts = Translation<M>;
  const texts = english as unknown as Texts;
  return {
    get: (locale, overrides) =>
      translate ? translate(component, texts, locale, overrides) : fitting(texts, overrides),
  };
}

/**
 * Replaces texts of a component on the whole page, or adds a language to it.
 * @param locale BCP 47; `de` counts for `de-AT` too.
 * @param messages by name; what they leave out stays. Said again, the later one counts.
 */
export function setMessages(component: string, locale: string, messages: Partial<Messages>): void {
  const { overrides } = messageRegistry();
  const key = `${component} ${locale.toLowerCase()}`;
  overrides.set(key, { ...overrides.get(key), ...messages });
  messagesChanged();
}

/** Is told when a language has been loaded, or texts were replaced. @returns stops. */
export function onMessages(listener: () => void): () => void {
  const { listeners } = messageRegistry();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everybody looks their texts up again. Internal. */
export function messagesChanged(): void {
  const registry = messageRegistry();
  registry.revision++;
  for (const listener of [...registry.listeners]) listener();
}

/** From now on there is more than English. Internal. */
export function useTranslation(how: Translate): void {
  translate = how;
}

/** Until more than English is there: an element's own texts, as far as they are of the right kind. */
function fitting<M extends Messages>(english: M, overrides: Partial<M> | undefined): M {
  const texts = { ...english };
  for (const name in overrides) {
    if (typeof overrides[name] === typeof english[name]) Object.assign(texts, { [name]: overrides[name] });
  }
  return texts;
}
