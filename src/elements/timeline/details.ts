/** An event when it is opened: all that is known of it. Loaded when the first one is. Everything in it is text. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countText } from '../../i18n/format.ts';
import { intl } from '../../i18n/intl.ts';
import { formatDuration, formatList } from '../../i18n/times.ts';
import type { AuditResource } from '../../protocol/audit.ts';
import type { Json } from '../../protocol/frames.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { FIGURES } from '../figures.ts';
import { changesView } from './details-changes.ts';
import { memoryOf } from './details-memory.ts';
import { proofView } from './details-proof.ts';
import { isList, isoTime, linkOf } from './details-text.ts';
import { treeView, valueView } from './details-tree.ts';
import type { ValueContext } from './details-tree.ts';
import { timelineDetailsMessages } from './details-words.ts';
import type { TimelineDetailsMessages } from './details-words.ts';
import { safeText } from './safe-text.ts';
import type { ServerApi } from '../server-api.ts';
import { stateOf, statusWord } from './status-view.ts';
import { timelineMessages } from './words.ts';

export { styles } from './details.styles.ts';

/** Where an event is shown. */
export interface DetailsContext {
  /** BCP 47. */
  readonly locale: string;
  /** For `Intl`: `UTC`, or undefined for the reader's own. */
  readonly timeZone?: string | undefined;
  /** Of the server that the trail is on; undefined: there is no proof to be had. */
  readonly api?: ServerApi | undefined;
  /** Keys of the trail that the page pins, as `<name>+<id>+<base64>`. */
  readonly keys?: readonly string[] | undefined;
  /** The timeline, by which it is remembered what a reader did to its events. Default: each event for itself. */
  readonly owner?: object | undefined;
  requestUpdate(): void;
}

type Fact = readonly [name: string, value: unknown];

/** Facts of an audit entry with a name of their own, in this order. */
const KNOWN = [
  ['level', 'level'],
  ['result', 'result'],
  ['reason', 'reason'],
  ['error', 'failure'],
  ['resource', 'resource'],
  ['ip', 'address'],
  ['session', 'session'],
  ['requestId', 'request'],
  ['hidden', 'hidden'],
] as const satisfies readonly (readonly [string, keyof TimelineDetailsMessages])[];

/** An opened event. What a reader has opened of it stays open for as long as it says the same. */
export function detailsView(event: TimelineEvent, context: DetailsContext): TemplateResult {
  const { locale, api, keys = [], owner } = context;
  const texts = timelineDetailsMessages.get(locale);
  const memory = memoryOf(event, texts, owner);
  const values: ValueContext = {
    texts,
    locale,
    memory,
    requestUpdate: () => context.requestUpdate(),
  };
  const { facts, rest } = factsOf(event, values, context);
  return html`<div class="event-details" part="details">
    ${
      event.description
        ? html`<p class="description">${valueView(event.description, 'description', values, false)}</p>`
        : nothing
    }
    ${changesView(event, values)}
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${
      rest === undefined
        ? nothing
        : html`<div class="rest">
            <p class="heading">${texts.more}</p>
            ${treeView(rest, 'details', values)}
          </div>`
    }
    ${
      event.sequence !== undefined && api
        ? proofView(event, { texts, locale, memory, api, keys, requestUpdate: values.requestUpdate })
        : nothing
    }
  </div>`;
}

function factsOf(
  event: TimelineEvent,
  values: ValueContext,
  context: DetailsContext,
): { readonly facts: readonly Fact[]; readonly rest: Json | undefined } {
  const { texts, locale } = values;
  const { time, actor, type, status, durationMs, href, tags, id, sequence } = event;
  const facts: Fact[] = [[texts.time, timeView(time, context)]];
  if (actor) {
    const known = actor.id !== undefined && actor.id !== actor.name;
    facts.push([
      texts.actor,
      html`<bdi>${safeText(actor.name)}</bdi>${known ? html` ${codeView(actor.id)}` : nothing}`,
    ]);
  }
  if (type) facts.push([texts.type, codeView(type)]);
  if (status) facts.push([texts.status, stateView(event, locale)]);
  if (durationMs !== undefined) facts.push([texts.duration, formatDuration(durationMs / 1000, locale)]);
  if (href) facts.push([texts.link, linkView(href)]);
  if (tags && Object.keys(tags).length > 0) facts.push([texts.tags, treeView(tags, 'tags', values)]);
  const { known, rest } = apart(event);
  for (const [field, name] of KNOWN) {
    const value = known[field];
    // The reason stands above already, as the description.
    if (value !== undefined && value !== event.description)
      facts.push([texts[name], knownView(value, field, values)]);
  }
  if (sequence !== undefined) facts.push([texts.entry, countText(sequence, locale)]);
  else facts.push([texts.event, codeView(id)]);
  return { facts, rest };
}

/** What an entry of the trail says of itself stands among the facts; the host's own details apart. */
function apart({ details, sequence }: TimelineEvent): {
  readonly known: Readonly<Record<string, Json | undefined>>;
  readonly rest: Json | undefined;
} {
  if (sequence === undefined || !isMembers(details)) return { known: {}, rest: details };
  const names: readonly string[] = KNOWN.map(([field]) => field);
  const left = Object.entries(details).filter(([name]) => !names.includes(name));
  // Mostly there is one member left, and it is called as the heading above it.
  const [first] = left;
  const rest = left.length === 1 && first?.[0] === 'details' ? first[1] : Object.fromEntries(left);
  return { known: details, rest: left.length === 0 ? undefined : rest };
}

function isMembers(value: Json | undefined): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function knownView(value: Json, field: string, values: ValueContext): TemplateResult {
  const path = `known/${field}`;
  if (typeof value === 'string') return valueView(value, path, values, false);
  if (field === 'hidden' && isList(value)) {
    const names = value.filter((name) => typeof name === 'string').map((name) => wordOf(name, values.texts));
    return html`<bdi>${formatList(names, values.locale)}</bdi>`;
  }
  const { type, id, name } = (isMembers(value) ? value : {}) as Partial<AuditResource>;
  if (field !== 'resource' || typeof type !== 'string' || typeof id !== 'string')
    return treeView(value, path, values);
  return html`${name ? html`<bdi>${safeText(name)}</bdi> ` : nothing}${codeView(`${type}/${id}`)}`;
}

/** What a reader knows a field of an entry by. */
function wordOf(field: string, texts: TimelineDetailsMessages): string {
  const own: Readonly<Record<string, string>> = {
    ...Object.fromEntries(KNOWN.map(([known, name]) => [known, texts[name]])),
    actor: texts.actor,
    before: texts.before,
    after: texts.after,
    details: texts.more,
    tags: texts.tags,
  };
  return (Object.hasOwn(own, field) ? own[field] : undefined) ?? safeText(field);
}

/** For people in their zone, and exactly. */
function timeView(ms: number, { locale, timeZone }: DetailsContext): TemplateResult {
  const iso = isoTime(ms);
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = intl(Intl.DateTimeFormat, locale, {
    dateStyle: 'full',
    timeStyle: 'long',
    ...zone,
  } as const);
  return html`<time datetime=${iso}>${format.format(ms)}</time> ${codeView(iso)}`;
}

function stateView(event: TimelineEvent, locale: string): TemplateResult {
  const { severity, shape } = stateOf(event.status ?? '');
  const label = statusWord(event, locale, timelineMessages.get(locale).refusedResult);
  return html`<span class="state ${severity}"
    ><svg class=${shape} viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES[shape]} /></svg
    ><bdi>${label}</bdi></span
  >`;
}

function linkView(href: string): TemplateResult {
  const address = linkOf(href);
  return address === undefined
    ? codeView(href)
    : html`<a href=${address} rel="noopener noreferrer"><bdi>${safeText(href)}</bdi></a>`;
}

function codeView(text: string | undefined): TemplateResult {
  return html`<code><bdi>${safeText(text ?? '')}</bdi></code>`;
}
