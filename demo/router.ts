/** Which view the page shows: the one that its address names after `#/`. Back, forward and links of any kind work. */

/** Puts a view to work, once its markup stands. @returns ends it, where its markup goes again. */
export type Opening = (section: HTMLElement, argument: string) => void | (() => void);

/** A view's name, and what it is about: `#/agents/prober` is the view `agent` of `prober`. */
export interface Route {
  readonly view: string;
  readonly argument: string;
}

/** Views of one thing, by the view that lists such things. */
const ONE_OF: Readonly<Record<string, string>> = { agents: 'agent' };
const FIRST = 'overview';

/** Reads an address' hash. Undefined: it is no route, such as that of a link within the page. */
export function routeOf(hash: string): Route | undefined {
  if (hash !== '' && hash !== '#' && !hash.startsWith('#/')) return undefined;
  const [view = '', ...rest] = hash.slice(2).split('/');
  const argument = decoded(rest.join('/'));
  return { view: argument === '' ? view || FIRST : (ONE_OF[view] ?? view), argument };
}

/**
 * Shows views: `<section data-view="…"><template>…</template></section>`, each with one `h1`. A view is made when it is first
 * gone to, and stays as it was left. One that is about something is made anew for each thing, and ends when it is left.
 *
 * @param main holds the sections; that of `unknown` is for addresses that name none.
 * @param links get `aria-current` by their `data-route`.
 * @param openings puts views to work, by name.
 */
export function router(
  main: HTMLElement,
  links: Iterable<HTMLElement>,
  openings: Readonly<Record<string, Opening>>,
): void {
  const suffix = document.title;
  let shown: HTMLElement | undefined;
  let key: string | undefined;
  let end: void | (() => void);

  const sectionOf = (name: string): HTMLElement | null =>
    main.querySelector<HTMLElement>(`:scope > [data-view="${CSS.escape(name)}"]`);

  const show = (): void => {
    const route = routeOf(location.hash);
    // A link within the page: the view stays.
    if (!route && shown) return;
    const { view, argument } = route ?? { view: FIRST, argument: '' };
    const next = `${view}/${argument}`;
    if (next === key) return;
    const isFirst = key === undefined;
    key = next;
    end?.();
    end = undefined;
    const section = sectionOf(view) ?? sectionOf('unknown');
    if (!section) return;
    if (shown) shown.hidden = true;
    section.hidden = false;
    shown = section;
    const template = section.querySelector('template');
    const isMade = section.childElementCount > 1;
    if (template && (!isMade || argument !== '')) {
      section.replaceChildren(template, template.content.cloneNode(true));
      const stop = openings[section.dataset['view'] ?? '']?.(section, argument);
      if (argument !== '') end = stop;
    }
    const heading = section.querySelector('h1');
    document.title = [heading?.textContent, suffix].filter(Boolean).join(' · ');
    for (const link of links) {
      const isHere = [view, argument && 'agents'].includes(link.dataset['route'] ?? '');
      if (isHere) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    // Whoever goes somewhere goes on reading there; whoever opens the page begins at its top.
    if (!isFirst) {
      scrollTo({ top: 0, behavior: 'instant' });
      heading?.focus({ preventScroll: true });
    }
  };

  addEventListener('hashchange', show);
  show();
}

/** As it stands, where it cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
