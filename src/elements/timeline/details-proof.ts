/** Whether an event stands in the audit trail: the badge, its reason in words, and the button that checks. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { countText } from '../../i18n/format.ts';
import { formatList } from '../../i18n/times.ts';
import type { DetailsMemory } from './details-memory.ts';
import type { TimelineDetailsMessages } from './details-words.ts';
import { safeText } from './safe-text.ts';
import type { ServerApi } from '../server-api.ts';
import type { Verified } from './verified-state.ts';

/** With what an event is checked. */
export interface ProofContext {
  readonly texts: TimelineDetailsMessages;
  readonly locale: string;
  readonly memory: DetailsMemory;
  readonly api: ServerApi;
  readonly keys: readonly string[];
  readonly requestUpdate: () => void;
}

/** Figures on a 16 × 16 grid: a seal with a tick, a circle under way, a cross, and a question. */
const FIGURES = {
  verified:
    'M8 1l1.8 1.5 2.3-.2.6 2.3 2 1.2-.9 2.2.9 2.2-2 1.2-.6 2.3-2.3-.2L8 15l-1.8-1.5-2.3.2-.6-2.3-2-1.2L2.2 8l-.9-2.2 2-1.2.6-2.3 2.3.2zM7 11l4.6-4.8-1.1-1L7 8.9 5.6 7.4l-1.1 1z',
  failed:
    'M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5zM5.9 4.8 4.8 5.9 6.9 8l-2.1 2.1 1.1 1.1L8 9.1l2.1 2.1 1.1-1.1L9.1 8l2.1-2.1-1.1-1.1L8 6.9z',
  checking: 'M8 2a6 6 0 1 1-6 6h1.6A4.4 4.4 0 1 0 8 3.6z',
  pending:
    'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM7.3 4.5h1.5v3.2l2.3 1.4-.8 1.3-3-1.9z',
  unavailable:
    'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM4.5 7.2h7v1.6h-7z',
} as const satisfies Record<Verified['state'], string>;

const TONES = {
  verified: 'ok',
  failed: 'critical',
  checking: 'info',
  pending: 'muted',
  unavailable: 'muted',
} as const satisfies Record<Verified['state'], string>;

/** The badge and the button of an event that has its place in the trail. */
export function proofView(event: TimelineEvent, context: ProofContext): TemplateResult {
  const { texts, memory } = context;
  const { verified } = memory;
  const checking = verified?.state === 'checking';
  // The button stays where it is, so that who pressed it keeps the focus.
  return html`<div class="proof" part="proof">
    ${
      verified
        ? html`<p class="verdict ${TONES[verified.state]}">
              <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${FIGURES[verified.state]} /></svg
              ><strong>${texts[verified.state]}</strong>
            </p>
            ${checking ? nothing : html`<p class="why"><bdi>${whyOf(verified, context)}</bdi></p>`}`
        : nothing
    }
    <button
      type="button"
      class="action"
      part="check"
      aria-disabled=${checking ? 'true' : nothing}
      @click=${() => void check(event, context)}
    >
      ${verified && !checking ? texts.checkAgain : texts.check}
    </button>
  </div>`;
}

/** What came of it, in a sentence. */
export function whyOf(verified: Verified, { texts, locale }: Pick<ProofContext, 'texts' | 'locale'>): string {
  switch (verified.state) {
    case 'checking':
      return texts.checking;
    case 'verified': {
      const size = countText(verified.size, locale);
      return verified.pinned ? texts.verifiedBy(size, safeText(verified.key)) : texts.verifiedByServer(size);
    }
    case 'pending':
      return texts.pendingWhy;
    case 'failed':
      return verified.differs
        ? texts.differs(
            formatList(
              verified.differs.map((name) => fieldWord(name, texts)),
              locale,
            ),
          )
        : texts.broken(safeText(verified.reason ?? ''));
    case 'unavailable':
      return texts.unavailableWhy(texts[verified.why]);
  }
}

async function check(event: TimelineEvent, context: ProofContext): Promise<void> {
  const { texts, memory, api, keys, locale } = context;
  if (memory.verified?.state === 'checking') return;
  const tell = (verified: Verified): void => {
    memory.verified = verified;
    context.requestUpdate();
  };
  tell({ state: 'checking' });
  let verified: Verified = { state: 'unavailable', why: 'unreachable' };
  try {
    const { checkEvent } = await import('./verified.ts');
    verified = await checkEvent(event, { api, keys, locale });
  } catch (error) {
    console.warn('<waooaw-timeline>: what checks proofs could not be loaded.', error);
  }
  tell(verified);
  const sentence = `${texts[verified.state]}. ${whyOf(verified, context)}`;
  pageAnnouncer().announce(sentence, 'polite', { key: `timeline-proof ${event.id}` });
}

/** What a reader knows a field by. */
function fieldWord(name: string, texts: TimelineDetailsMessages): string {
  const words: Readonly<Record<string, string>> = {
    time: texts.time,
    type: texts.type,
    actor: texts.actor,
    status: texts.status,
    before: texts.before,
    after: texts.after,
    details: texts.more,
    tags: texts.tags,
    durationMs: texts.duration,
    href: texts.link,
    sequence: texts.entry,
    title: texts.title,
    description: texts.description,
  };
  return words[name] ?? name;
}
