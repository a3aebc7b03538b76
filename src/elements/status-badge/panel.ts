/** The lower half of a panel: a check's past, its incidents, and the form that acknowledges one. Loaded when one opens. */
import { html, nothing } from 'lit';
import type { ReactiveControllerHost, TemplateResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { SocketClient } from '../../client/socket.ts';
import { intl } from '../../i18n/intl.ts';
import { formatDuration, formatTime } from '../../i18n/times.ts';
import type { CheckHistory, Incident, Uptime } from '../../protocol/health.ts';
import type { BadgeDetailsMessages } from './details-words.ts';
import { labelOf } from './facts.ts';
import { acknowledge, fetchHistory, mayAct } from './health-api.ts';
import { HistoryBar } from './history-bar.ts';
import type { BadgeStatus } from './host.ts';
import { incidentLink } from './incident-link.ts';
import type { Wording } from './wording.ts';

export { styles } from './panel.styles.ts';

type Host = ReactiveControllerHost & HTMLElement & { readonly renderRoot: HTMLElement | DocumentFragment };

/** Incidents that are listed. */
const MOST_INCIDENTS = 3;
/** Characters of a note: what the server takes. */
const MOST_NOTE = 1_000;

/** What one element knows of the past of the check whose panel is open. */
export class Panel {
  readonly #host: Host;
  readonly #wording: Wording;
  readonly #words: () => BadgeDetailsMessages;
  readonly #client: () => SocketClient | undefined;
  readonly #bar: HistoryBar;
  /** The check that was asked for. */
  #asked: string | undefined;
  #asking: AbortController | undefined;
  #history: CheckHistory | undefined;
  #failed: string | undefined;
  /** Of an incident that somebody acknowledges here: under way, done, or why not. */
  #sent: { readonly incident: string; readonly how: 'sending' | 'done' | Error } | undefined;

  constructor(
    host: Host,
    wording: Wording,
    words: () => BadgeDetailsMessages,
    client: () => SocketClient | undefined,
  ) {
    this.#host = host;
    this.#wording = wording;
    this.#words = words;
    this.#client = client;
    this.#bar = new HistoryBar(wording, words, () => host.requestUpdate());
  }

  /** The panel was closed. What is known of the past is asked for anew when it opens again. */
  leave(): void {
    this.#asking?.abort();
    this.#asking = this.#asked = this.#history = this.#failed = this.#sent = undefined;
    this.#bar.leave();
  }

  view(status: BadgeStatus, href: string): TemplateResult {
    const link = incidentLink(href, status);
    return html`${this.#renderAcknowledge(status)}
    ${
      link
        ? html`<p><a class="incident" part="incident" href=${link}>${this.#words().openIncident}</a></p>`
        : nothing
    }
    ${this.#renderHistory(status, href)}`;
  }

  #renderHistory(status: BadgeStatus, href: string): unknown {
    const words = this.#words();
    const { check } = status;
    if (!status.history && check !== this.#asked) this.#ask(check);
    const history = status.history ?? this.#history;
    if (history)
      return html`${this.#bar.view(history.segments)}${this.#renderUptime(history)}${this.#renderIncidents(history.incidents, status, href)}`;
    // Nobody keeps a past of what is no check, or while there is no server.
    if (!check || !this.#client()) return nothing;
    if (this.#failed === undefined) return html`<p class="quiet">${words.historyLoading}</p>`;
    return html`<p class="quiet">
        ${this.#failed ? words.historyRefused(this.#failed) : words.historyFailed}
      </p>
      <button type="button" class="action" @click=${() => this.#ask(check)}>${words.retry}</button>`;
  }

  #renderUptime({ uptime }: CheckHistory): TemplateResult {
    const words = this.#words();
    const { locale } = this.#wording;
    const ratio = ({ ratio }: Uptime): string =>
      ratio === null
        ? words.notKnown
        : // Rounded down: nobody is to read 100 % who was down.
          intl(Intl.NumberFormat, locale, { style: 'percent', maximumFractionDigits: 3 }).format(
            Math.floor(ratio * 100_000) / 100_000,
          );
    return html`<h3 id="available">${words.available}</h3>
      <dl class="uptime" aria-labelledby="available">
        ${[uptime.day, uptime.week, uptime.month, uptime.quarter].map(
          (one) =>
            html`<div>
              <dt>${formatDuration(one.windowMs / 1000, locale, 'short', 1)}</dt>
              <dd>${ratio(one)}</dd>
            </div>`,
        )}
      </dl>`;
  }

  #renderIncidents(incidents: readonly Incident[], status: BadgeStatus, href: string): TemplateResult {
    const words = this.#words();
    const { locale, timeZone } = this.#wording;
    const text = (incident: Incident): string => {
      const { worst, startedAt, endedAt, cause } = incident;
      const lasted =
        endedAt === undefined ? words.open : formatDuration((endedAt - startedAt) / 1000, locale, 'short');
      const when = formatTime(startedAt, locale, timeZone, false);
      return [words.because(labelOf(worst, this.#wording), when), lasted, cause].filter(Boolean).join(', ');
    };
    const item = (incident: Incident): TemplateResult => {
      const link = incidentLink(href, status, incident.id);
      return html`<li>${link ? html`<a href=${link}>${text(incident)}</a>` : text(incident)}</li>`;
    };
    return html`<h3 id="incidents">${words.incidents}</h3>
      ${
        incidents.length === 0
          ? html`<p class="quiet">${words.noIncidents}</p>`
          : html`<ul aria-labelledby="incidents">
              ${incidents.slice(0, MOST_INCIDENTS).map(item)}
            </ul>`
      }`;
  }

  #renderAcknowledge({ incident }: BadgeStatus): unknown {
    const words = this.#words();
    const sent = incident && this.#sent?.incident === incident.id ? this.#sent.how : undefined;
    if (sent === 'done') return html`<p class="acknowledged" tabindex="-1">${words.acknowledged}</p>`;
    if (!incident || incident.acknowledgedBy !== undefined || !mayAct(this.#client())) return nothing;
    const busy = sent === 'sending';
    return html`<form
      part="acknowledge"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const note = (event.currentTarget as HTMLFormElement).querySelector('input')?.value.trim();
        if (!busy) void this.#acknowledge(incident.id, note ?? '');
      }}
    >
      <label for="note">${words.note}</label>
      <div class="row">
        <input id="note" name="note" maxlength=${MOST_NOTE} autocomplete="off" />
        <button type="submit" class="action" aria-disabled=${busy || nothing}>
          ${busy ? words.acknowledging : words.acknowledge}
        </button>
      </div>
      ${sent instanceof Error ? html`<p class="failed">${words.notAcknowledged(sent.message)}</p>` : nothing}
    </form>`;
  }

  #ask(check: string | undefined): void {
    this.#asking?.abort();
    this.#asked = check;
    this.#history = this.#failed = undefined;
    const client = this.#client();
    if (!check || !client) return;
    const asking = (this.#asking = new AbortController());
    fetchHistory(client, check, asking.signal).then(
      (history) => {
        if (asking.signal.aborted) return;
        this.#history = history;
        this.#host.requestUpdate();
      },
      (error: unknown) => {
        if (asking.signal.aborted) return;
        // What the network says of itself is no sentence for people.
        this.#failed = error instanceof Error && !(error instanceof TypeError) ? error.message : '';
        this.#host.requestUpdate();
      },
    );
    this.#host.requestUpdate();
  }

  async #acknowledge(incident: string, note: string): Promise<void> {
    const client = this.#client();
    if (!client) return;
    const tell = (how: 'sending' | 'done' | Error): void => {
      this.#sent = { incident, how };
      this.#host.requestUpdate();
    };
    tell('sending');
    const words = this.#words();
    let sentence: string = words.acknowledged;
    try {
      await acknowledge(client, incident, note);
      // Closed meanwhile: what was done is done, and nobody asks here any more.
      if (this.#sent?.incident !== incident) return;
      tell('done');
      await this.#host.updateComplete;
      // The form is gone, and with it what had the focus.
      this.#host.renderRoot.querySelector<HTMLElement>('.acknowledged')?.focus();
    } catch (error) {
      const reason = error instanceof Error && !(error instanceof TypeError) ? error.message : '';
      sentence = words.notAcknowledged(reason);
      if (this.#sent?.incident === incident) tell(new Error(reason));
    }
    pageAnnouncer().announce(sentence, 'polite', { key: `waooaw-acknowledge ${incident}` });
  }
}
