/** The compliance report as a page: one file, no scripts, for the screen and for paper. */
import { hash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { AuditActor, AuditRecord, AuditResource } from '../../../src/protocol/index.ts';
import type {
  AuditReport,
  ReportCounts,
  ReportEntries,
  ReportGroups,
  ReportHours,
} from '../../../src/protocol/audit-report.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f3f5f8; --bad: #a3160c; --good: #1a6b2e; }
@media (prefers-color-scheme: dark) {
  :root { --line: #454c57; --soft: #20252c; --bad: #ff9a8f; --good: #7fd694; background: #14171b; color: #e8ebef; }
}
body { font: 0.875rem/1.45 system-ui, sans-serif; margin: 2rem auto; max-inline-size: 72rem; padding-inline: 1rem; }
h1 { font-size: 1.5rem; margin-block: 0 0.25rem; }
h2 { font-size: 1.125rem; margin-block: 2rem 0.5rem; }
p { margin-block: 0.25rem; max-inline-size: 70ch; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; margin-block: 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; inline-size: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: start; padding-block: 0.25rem; }
th, td { border-block-end: 1px solid var(--line); padding: 0.3rem 0.5rem; text-align: start; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: var(--soft); overflow-wrap: normal; }
.number { text-align: end; white-space: nowrap; overflow-wrap: normal; }
.time { white-space: nowrap; overflow-wrap: normal; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
pre { background: var(--soft); padding: 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@page { margin: 15mm; }
@media print {
  :root { color-scheme: light; background: none; color: #000; --line: #999; --soft: #eee; --bad: #a3160c; --good: #1a6b2e; }
  body { font-size: 9pt; margin: 0; max-inline-size: none; padding: 0; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;

/** What the page may do: show itself. */
export const REPORT_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
};

/** Characters that show nothing, or change how what is around them reads. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
type Times = (micros: number) => Html;
type Column<T> = readonly [title: string, cell: (item: T) => unknown, kind?: 'number' | 'time'];

/** Writes the page. */
export async function reportPage(report: AuditReport): Promise<string> {
  const times = timesIn(report.hours.timeZone);
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Audit report, ${report.origin}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>Audit report</h1>
          ${summary(report, times)}
        </header>
        <main>${verification(report)} ${groups(report, times)} ${entries(report, times)}</main>
      </body>
    </html>`;
  return page.toString();
}

function summary({ origin, from, to, madeAt, hours, entries, results }: AuditReport, times: Times): Html {
  return html`<dl>
    <dt>Trail</dt>
    <dd>${shown(origin)}</dd>
    <dt>Period</dt>
    <dd>${times(from)} until before ${times(to)}, ${hours.timeZone}</dd>
    <dt>Made</dt>
    <dd>${times(madeAt * 1_000)}</dd>
    <dt>Hours</dt>
    <dd>${hoursText(hours)}</dd>
    <dt>Entries</dt>
    <dd>
      ${count(entries)}: ${count(results.success)} succeeded, ${count(results.failure)} failed,
      ${count(results.refused)} were refused
    </dd>
  </dl>`;
}

function verification({ verification, range }: AuditReport): Html {
  const { verified, checkpoint, size, checked, problem } = verification;
  return html`<h2>Verification</h2>
    ${
      verified
        ? html`<p>
            <span class="good">Verified.</span> ${
              range
                ? `Entries ${range.first} to ${range.last}, ${count(checked)} in all, stand in the trail as they are told here.`
                : 'There are no entries in this period.'
            }
          </p>`
        : html`<p>
            <span class="bad">Not verified.</span> ${shown(problem?.message ?? '')}. Before it,
            ${count(checked)} entries were verified; what follows it was not looked at further.
          </p>`
    }
    <p>Checked against this signed checkpoint of ${count(size)} entries:</p>
    <pre>${checkpoint}</pre>`;
}

function groups({ actors, deeds, credentials }: AuditReport, times: Times): Html {
  const counts: readonly Column<ReportCounts>[] = [
    ['Entries', ({ entries }) => count(entries), 'number'],
    ['Failed', ({ failure }) => count(failure), 'number'],
    ['Refused', ({ refused }) => count(refused), 'number'],
    ['Out of hours', ({ outOfHours }) => count(outOfHours), 'number'],
    ['First', ({ first }) => times(first), 'time'],
    ['Last', ({ last }) => times(last), 'time'],
  ];
  return html`<h2>Who acted</h2>
    ${table('Actors, by entries', actors.items, [['Actor', ({ actor }) => actorText(actor)], ...counts], moreGroups(actors))}
    <h2>Who did what</h2>
    ${table(
      'Actions of an actor on a resource, by entries',
      deeds.items,
      [
        ['Actor', ({ actor }) => actorText(actor)],
        ['Action', ({ action }) => action],
        ['Resource', ({ resource }) => resourceText(resource)],
        ...counts,
      ],
      moreGroups(deeds),
    )}
    <h2>Credentials used</h2>
    ${table(
      'Credentials, and where from, by entries',
      credentials.items,
      [
        ['Credential', ({ credential }) => shown(credential)],
        [
          'Addresses',
          ({ addresses }) =>
            [...addresses.items.map(shown), moreGroups(addresses)].filter(Boolean).join(', '),
        ],
        ...counts,
      ],
      moreGroups(credentials),
    )}`;
}

function entries({ failures, outOfHours, hours }: AuditReport, times: Times): Html {
  const columns: readonly Column<AuditRecord>[] = [
    ['Entry', ({ sequence }) => String(sequence), 'number'],
    ['Time', ({ time }) => times(time), 'time'],
    ['Actor', ({ actor }) => actorText(actor)],
    ['Action', ({ action }) => action],
    ['Resource', ({ resource }) => resourceText(resource)],
    ['Result', ({ result }) => result],
    ['Why', ({ error, reason }) => shown([error, reason].filter(Boolean).join('; '))],
    ['Address', ({ ip }) => shown(ip ?? '')],
  ];
  return html`<h2>Failures and refusals</h2>
    ${table('What failed or was refused, newest first', failures.items, columns, moreEntries(failures))}
    <h2>Out of hours</h2>
    ${table(`What people did outside of ${hoursText(hours)}, newest first`, outOfHours.items, columns, moreEntries(outOfHours))}`;
}

function table<T>(caption: string, items: readonly T[], columns: readonly Column<T>[], more: string): Html {
  if (items.length === 0) return html`<p>None.</p>`;
  return html`<table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(([title, , kind]) => html`<th scope="col" ${classOf(kind)}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${items.map(
          (item) =>
            html`<tr>
              ${columns.map(([, cell, kind]) => html`<td ${classOf(kind)}>${cell(item)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${more && html`<p>${more}.</p>`}`;
}

function classOf(kind: Column<never>[2]): Html | string {
  return kind === undefined ? '' : html`class="${kind}"`;
}

function actorText(actor: AuditActor | undefined): string {
  if (!actor) return 'erased';
  return `${actor.name === undefined ? '' : `${shown(actor.name)} · `}${shown(actor.id)} (${actor.kind})`;
}

function resourceText(resource: AuditResource | undefined): string {
  if (!resource) return 'erased';
  return `${resource.name === undefined ? '' : `${shown(resource.name)} · `}${shown(resource.type)}/${shown(resource.id)}`;
}

function hoursText({ from, to, days, timeZone }: ReportHours): string {
  const minute = (of: number): string =>
    `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
  return `${minute(from)}–${minute(to)} on ${days.map((day) => WEEKDAYS[day - 1]).join(', ')} (${timeZone})`;
}

function moreGroups({ more, orMore }: ReportGroups<unknown>): string {
  if (more === 0 && !orMore) return '';
  return `and ${orMore ? 'at least ' : ''}${count(more)} more`;
}

function moreEntries({ more }: ReportEntries): string {
  return more === 0 ? '' : `and ${count(more)} more, which are older`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Somebody's text, with what cannot be seen in it spelled out. */
function shown(text: string): string {
  return text.replace(
    UNSEEN,
    (unseen) => `‹U+${unseen.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}›`,
  );
}

function timesIn(timeZone: string): Times {
  // Sweden writes times as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (micros) => {
    const ms = Math.floor(micros / 1_000);
    return html`<time datetime="${new Date(ms).toISOString()}">${format.format(ms)}</time>`;
  };
}
