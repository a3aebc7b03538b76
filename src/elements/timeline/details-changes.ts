/** What changed, as a table: each change by sign and word, never by its colour alone. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countText } from '../../i18n/format.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { valueView, nameText } from './details-tree.ts';
import type { ValueContext } from './details-tree.ts';
import { changesBetween } from './difference.ts';
import type { Change, Changes, Path } from './difference.ts';

/** Rows until somebody wants more. */
const MOST_CHANGES = 20;
/** And then. The export has all of them. */
const MOST_MORE = 500;
/** Roles are said: where there is no room for columns, the parts of the table are blocks. */
const ROWS = 'rowgroup';
const SIGNS = { added: '+', removed: '−', changed: '±' } as const;

/** Comparing large values is done once, not with every drawing. */
const compared = new WeakMap<TimelineEvent, Changes & { readonly most: number }>();

/** The table; nothing where an event says nothing of before and after. */
export function changesView(event: TimelineEvent, context: ValueContext): TemplateResult | typeof nothing {
  const { before, after } = event;
  if (before === undefined && after === undefined) return nothing;
  const { texts, locale, memory } = context;
  const most = memory.shown.get('changes') ?? MOST_CHANGES;
  const { changes, more } = changesOf(event, most);
  if (changes.length === 0) return html`<p class="remark">${texts.unchanged}</p>`;
  const rest = countText(more, locale);
  return html`<table class="changes" part="changes" role="table">
      <caption>
        ${texts.changes}
      </caption>
      <thead role=${ROWS}>
        <tr role="row">
          <th scope="col" role="columnheader">${texts.place}</th>
          <th scope="col" role="columnheader">${texts.before}</th>
          <th scope="col" role="columnheader">${texts.after}</th>
        </tr>
      </thead>
      <tbody role=${ROWS}>
        ${changes.map((change) => changeView(change, context))}
      </tbody>
    </table>
    ${
      more === 0
        ? nothing
        : most >= MOST_MORE
          ? html`<p class="remark">${texts.andMore(more, rest)}</p>`
          : html`<button type="button" class="more" part="show-all" @click=${() => showMore(context)}>
              ${texts.showMore(more, rest)}
            </button>`
    }`;
}

function changeView(change: Change, context: ValueContext): TemplateResult {
  const { path, kind, before, after } = change;
  const { texts } = context;
  const place = pathText(path);
  const cell = (what: 'before' | 'after', value: Change['before']): TemplateResult =>
    html`<td role="cell" class=${what} data-label=${texts[what]}>
      ${
        value === undefined
          ? html`<span class="none">${texts.nothing}</span>`
          : valueView(value, `changes/${what}/${place}`, context)
      }
    </td>`;
  return html`<tr role="row" class=${kind}>
    <th scope="row" role="rowheader">
      <span class="sign" aria-hidden="true">${SIGNS[kind]}</span>
      <span class="kind">${texts[kind]}</span>
      <span class="place"><bdi>${place || texts.whole}</bdi></span>
    </th>
    ${cell('before', before)} ${cell('after', after)}
  </tr>`;
}

/** `env.RETRIES`, `steps[2]`; a name with other signs in quotes. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) text += text ? `.${nameText(step)}` : nameText(step);
    else text += `["${nameText(step).replace(/^"(\s*)"$/, '$1')}"]`;
  }
  return text;
}

function changesOf(event: TimelineEvent, most: number): Changes {
  let known = compared.get(event);
  if (!known || known.most !== most) {
    known = { ...changesBetween(event.before, event.after, { most }), most };
    compared.set(event, known);
  }
  return known;
}

function showMore({ memory, requestUpdate }: ValueContext): void {
  memory.shown.set('changes', MOST_MORE);
  requestUpdate();
}
