/** Ways to export a timeline: what is shown, and of the audit trail all of it with its proof. Loaded when it is asked for. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { timelineDetailsMessages } from './details-words.ts';
import { download, downloadTrail, mayExportTrail } from './exporting-files.ts';
import type { ExportFormat, TrailFormat } from './exporting-files.ts';
import { safeText } from './safe-text.ts';
import type { ServerApi } from '../server-api.ts';

export { download, downloadTrail, fileOf, mayExportTrail } from './exporting-files.ts';
export type { ExportFormat, TrailFormat } from './exporting-files.ts';

/** What can be exported. */
export interface ExportFacts {
  /** BCP 47. */
  readonly locale: string;
  /** What the events are about: the file is named for it. */
  readonly name: string;
  /** What is shown. */
  events(): readonly TimelineEvent[];
  /** The server's trail, if that is what is shown. */
  readonly trail?: {
    readonly api: ServerApi;
    /** Of the reader. Only auditors and admins may take the trail away. */
    readonly role?: string | undefined;
    /** In the trail's language; empty: all. */
    readonly query?: string;
  };
  requestUpdate(): void;
}

const FORMATS: readonly ExportFormat[] = ['json', 'csv'];
const TRAIL_FORMATS: readonly TrailFormat[] = ['ndjson', 'json', 'csv'];

/** The exports of one timeline. */
export class Exports {
  #busy: TrailFormat | undefined;
  #problem: string | undefined;

  /** The buttons, and what went wrong. */
  view(facts: ExportFacts): TemplateResult {
    const { locale, trail } = facts;
    const texts = timelineDetailsMessages.get(locale);
    const withProof = trail && mayExportTrail(trail.role) ? TRAIL_FORMATS : [];
    const problem = this.#problem;
    return html`<div class="formats" part="formats">
      ${FORMATS.map(
        (format) =>
          html`<button type="button" class="plain" part="export" @click=${() => this.#shown(format, facts)}>
            ${format.toUpperCase()}
          </button>`,
      )}
      ${withProof.map(
        (format) =>
          html`<button
            type="button"
            class="plain"
            part="export"
            aria-disabled=${this.#busy ? 'true' : nothing}
            @click=${() => void this.#trail(format, facts)}
          >
            ${texts.withProof(format.toUpperCase())}${this.#busy === format ? ' …' : ''}
          </button>`,
      )}
      ${problem === undefined ? nothing : html`<p class="wrong">${texts.exportFailed} <bdi>${problem}</bdi></p>`}
    </div>`;
  }

  #shown(format: ExportFormat, facts: ExportFacts): void {
    this.#problem = undefined;
    try {
      download(facts.events(), format, facts.name);
    } catch (error) {
      this.#fail(error, facts);
    }
    facts.requestUpdate();
  }

  async #trail(format: TrailFormat, facts: ExportFacts): Promise<void> {
    const { trail, name } = facts;
    if (!trail || this.#busy) return;
    this.#busy = format;
    this.#problem = undefined;
    facts.requestUpdate();
    try {
      const { api, query } = trail;
      await downloadTrail(api, { format, ...(query && { query }) }, name);
    } catch (error) {
      this.#fail(error, facts);
    }
    this.#busy = undefined;
    facts.requestUpdate();
  }

  #fail(error: unknown, { locale }: ExportFacts): void {
    this.#problem = safeText(error instanceof Error ? error.message : String(error));
    const texts = timelineDetailsMessages.get(locale);
    pageAnnouncer().announce(`${texts.exportFailed} ${this.#problem}`, 'polite');
  }
}
