/** Values as a tree that is read like a list: bounded, and opened further on request. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countText } from '../../i18n/format.ts';
import type { Json } from '../../protocol/frames.ts';
import { cut, isList, valueText } from './details-text.ts';
import type { DetailsMemory } from './details-memory.ts';
import type { TimelineDetailsMessages } from './details-words.ts';
import { safeText } from './safe-text.ts';

/** What a view of values needs. */
export interface ValueContext {
  readonly texts: TimelineDetailsMessages;
  readonly locale: string;
  readonly memory: DetailsMemory;
  /** Something is to be drawn anew. */
  readonly requestUpdate: () => void;
}

/** Characters of a text until somebody wants all of it. */
const MOST_TEXT = 300;
/** And then. */
const MOST_WHOLE = 50_000;
/** Members of one value until somebody wants more, and how many more then. */
const MOST_MEMBERS = 20;
const MORE_MEMBERS = 100;
/** Members of one event, all together, until somebody wants more. */
const MOST_ROWS = 150;
/** What lies deeper is one line of JSON. */
const MOST_LEVELS = 6;
const MOST_NAME = 120;
/** Said, because a list without bullets is none to some screen readers. */
const LIST = 'list';

/** A tree. @param path of this value, unique in its event. */
export function treeView(value: Json, path: string, context: ValueContext): TemplateResult {
  const left = { rows: MOST_ROWS };
  return branch(value, path, 1, left, context);
}

/**
 * A text or another value on its lines, cut where it is long, with a button for all of it.
 * @param quotes whether texts that look like another kind of value stand in quotes. Default true.
 */
export function valueView(value: Json, path: string, context: ValueContext, quotes = true): TemplateResult {
  const { texts, locale, memory } = context;
  const empty = emptyWord(value, texts);
  if (empty) return html`<span class="none">${empty}</span>`;
  const whole = memory.shown.has(path);
  const text = valueText(value, whole ? MOST_WHOLE : MOST_TEXT, quotes);
  const length = typeof value === 'string' ? value.length : valueText(value, MOST_WHOLE).length;
  const count = (many: number): string => countText(many, locale);
  return html`<bdi class="value">${text}</bdi>${
      !whole && length > MOST_TEXT
        ? html` <button type="button" class="more" part="show-all" @click=${() => show(path, 1, context)}>
            ${texts.showAll(length > MOST_WHOLE && typeof value !== 'string' ? `${count(MOST_WHOLE)}+` : count(length))}
          </button>`
        : nothing
    }${whole && length > MOST_WHOLE ? html` <small>${texts.cut(count(MOST_WHOLE))}</small>` : nothing}`;
}

function branch(
  value: Json,
  path: string,
  level: number,
  left: { rows: number },
  context: ValueContext,
): TemplateResult {
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS)
    return valueView(value, path, context);
  const { texts, locale, memory } = context;
  const names = isList(value)
    ? undefined
    : Object.keys(value).filter((name) => (value as Record<string, unknown>)[name] !== undefined);
  const count = isList(value) ? value.length : (names?.length ?? 0);
  if (count === 0) return valueView(value, path, context);
  const wanted = memory.shown.get(path);
  const shown = Math.min(count, wanted ?? Math.min(MOST_MEMBERS, left.rows));
  if (wanted === undefined) left.rows -= shown;
  const rows: TemplateResult[] = [];
  for (let i = 0; i < shown; i += 1) {
    const name = names?.[i] ?? i;
    const member = (value as Record<string | number, Json>)[name]!;
    rows.push(
      html`<li>
        <span class="name"><bdi>${typeof name === 'number' ? name : nameText(name)}</bdi></span>
        ${branch(member, `${path}/${name}`, level + 1, left, context)}
      </li>`,
    );
  }
  const more = Math.min(MORE_MEMBERS, count - shown);
  return html`<ul class="tree" role=${LIST}>
    ${rows}
    ${
      more > 0
        ? html`<li>
            <button
              type="button"
              class="more"
              part="show-all"
              @click=${() => show(path, shown + more, context)}
            >
              ${texts.showMore(more, countText(more, locale))}
            </button>
          </li>`
        : nothing
    }
  </ul>`;
}

/** Of a name that is no text to read, such as an empty one, still something is seen. */
export function nameText(name: string): string {
  return name.trim() === '' ? JSON.stringify(name) : safeText(cut(name, MOST_NAME));
}

function emptyWord(value: Json, texts: TimelineDetailsMessages): string | undefined {
  if (value === '') return texts.emptyText;
  if (typeof value !== 'object') return undefined;
  if (value === null) return undefined;
  if (isList(value)) return value.length === 0 ? texts.emptyList : undefined;
  for (const name in value) if (value[name] !== undefined) return undefined;
  return texts.emptyObject;
}

function show(path: string, much: number, { memory, requestUpdate }: ValueContext): void {
  memory.shown.set(path, much);
  requestUpdate();
}
