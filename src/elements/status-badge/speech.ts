/** Says changes of state through the page's one announcer: those that matter, and those of one moment together. */
import { pageAnnouncer } from '../../a11y/announcer.ts';
import type { StateInfo } from '../../protocol/states.ts';
import type { Wording } from './wording.ts';

/** A failure at once; a degradation and a recovery when there is a pause; nothing else. */
export function sayChange(name: string, before: StateInfo, now: StateInfo, wording: Wording): void {
  const bad = (one: string): boolean => one === 'degraded' || one === 'critical';
  const { word, severity, label } = now;
  if (!bad(severity) && !(severity === 'ok' && bad(before.severity))) return;
  const { texts } = wording;
  pageAnnouncer().announce(texts.said(name, label), severity === 'critical' ? 'assertive' : 'polite', {
    key: `waooaw-status-badge ${word}`,
    item: name,
    // A whole rack that goes down is one sentence.
    group: (names) => texts.saidTogether(names.length, label, wording.list(names)),
  });
}
