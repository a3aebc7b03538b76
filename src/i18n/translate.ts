/** Texts in other languages and in a host's own words. Loaded after the first paint, which is in English. */
import { messageRegistry, messagesChanged, useTranslation } from './messages.ts';
import type { Language, Message, Messages, Translate } from './messages.ts';

/** Those of this copy: another release words its messages from other arguments. */
const languages = new Map<string, Language>();
/** Texts by component and locale, as of `revision`. */
const known = new Map<string, Messages>();
let revision = -1;
const warned = new Set<string>();

/** Turns translation on: from now on texts are looked up in every language that there is. */
export function startTranslation(): void {
  useTranslation(translate);
  messagesChanged();
}

/** A language has come. */
export function setLanguage(locale: string, language: Language): void {
  languages.set(locale.toLowerCase(), language);
  messagesChanged();
}

/** `de-AT` → `de`, `de-at`: the general first, so that the particular comes above it. */
export function chain(locale: string): string[] {
  const parts = locale.toLowerCase().split('-');
  return parts.map((_, i) => parts.slice(0, i + 1).join('-'));
}

const translate: Translate = (component, english, locale, overrides) => {
  const { overrides: said, revision: now } = messageRegistry();
  if (now !== revision) known.clear();
  revision = now;
  const key = `${component} ${locale}`;
  let texts = known.get(key);
  if (!texts) {
    texts = english;
    const names = chain(locale);
    for (const name of names) {
      const language = languages.get(name);
      const given = typeof language === 'function' ? language(component, english) : language?.[component];
      texts = over(component, texts, given);
    }
    for (const name of names) texts = over(component, texts, said.get(`${component} ${name}`));
    known.set(key, texts);
  }
  return over(component, texts as typeof english, overrides);
};

/** The given texts above those below. What does not fit is left out: bad words must not break an element. */
function over<M extends Messages>(component: string, below: M, given: Partial<Messages> | undefined): M {
  if (!given) return below;
  const texts: Record<string, Message> = { ...below };
  for (const [name, message] of Object.entries(given)) {
    const base = Object.hasOwn(below, name) ? below[name] : undefined;
    if (message === undefined) continue;
    if (typeof base === 'string' && typeof message === 'string') texts[name] = message;
    else if (typeof base === 'function' && typeof message === 'function') {
      texts[name] = safe(component, name, message, base);
    } else if (typeof base === 'function' && typeof message === 'string') texts[name] = () => message;
    else warnOnce(`${component}: there is no message "${name}" of this kind`);
  }
  return texts as M;
}

type Words = (...args: unknown[]) => string;

function safe(component: string, name: string, message: Message, base: Message): Words {
  return (...args) => {
    try {
      return String((message as Words)(...args));
    } catch (error) {
      warnOnce(`${component}: the message "${name}" failed: ${String(error)}`);
      return (base as Words)(...args);
    }
  };
}

function warnOnce(text: string): void {
  if (!warned.has(text)) console.warn(`waooaw messages, ${text}`);
  warned.add(text);
}
