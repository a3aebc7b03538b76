/** Whether an event of the trail answers a query: for those that come live, which the server does not find for us. */
import type { ParsedQuery } from '../../protocol/audit-query.ts';
import type { TimelineEvent } from '../../protocol/timeline.ts';
import { fold } from '../context-selector/fold.ts';
import type { AuditDetails } from './audit-events.ts';
import { compact } from './details-text.ts';

/** So much of an event's values is searched, characters. */
const MOST_SEARCHED = 20_000;

/** A query as a test of events that `eventOf` made. What a reader may not see, nothing is found by. */
export function queryTest(query: ParsedQuery): (event: TimelineEvent) => boolean {
  const words = query.text?.map(fold);
  const not = query.not?.map(queryTest) ?? [];
  return (event) => {
    const { actor, tags = {}, type, time } = event;
    const details = (event.details ?? {}) as Partial<AuditDetails>;
    const { resource } = details;
    const one = (wanted: readonly string[] | undefined, ...found: (string | undefined)[]): boolean =>
      !wanted || wanted.some((value) => found.includes(value));
    return (
      one(query.actor, actor?.id, actor?.name) &&
      one(query.actorKind, actor?.kind) &&
      one(query.action, type) &&
      one(query.level, details.level) &&
      one(query.result, details.result) &&
      one(query.resourceType, resource?.type) &&
      one(query.resourceId, resource?.id) &&
      one(query.ip, details.ip) &&
      one(query.session, details.session) &&
      one(query.requestId, details.requestId) &&
      Object.entries(query.tags ?? {}).every(([name, values]) => one(values, tags[name])) &&
      (query.from === undefined || time * 1000 >= query.from) &&
      (query.to === undefined || time * 1000 < query.to) &&
      (!words || said(event, words)) &&
      !not.some((test) => test(event))
    );
  };
}

function said(event: TimelineEvent, words: readonly string[]): boolean {
  const { actor, type, before, after, details, tags } = event;
  const values = [before, after, details, tags].map((value) => value && compact(value, MOST_SEARCHED));
  const text = fold([actor?.id, actor?.name, type, ...values].join('\n'));
  return words.every((word) => text.includes(word));
}
