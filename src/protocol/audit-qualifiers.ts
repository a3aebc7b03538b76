/** The words of the query language, for whoever offers to complete a query. */
import { AUDIT_ACTIONS, AUDIT_ACTOR_KINDS, AUDIT_LEVELS, AUDIT_RESULTS } from './audit.ts';

/** A qualifier. */
export interface AuditQualifier {
  readonly name: string;
  /** One line, for people. */
  readonly description: string;
  /** Values that have a name of ours. */
  readonly values?: readonly string[];
  /** True: it takes no others. */
  readonly closed?: true;
}

/** Every qualifier. */
export const AUDIT_QUALIFIERS: readonly AuditQualifier[] = [
  { name: 'actor', description: 'Who acted, by id' },
  { name: 'kind', description: 'What acted', values: AUDIT_ACTOR_KINDS, closed: true },
  { name: 'action', description: 'What was done', values: AUDIT_ACTIONS },
  { name: 'level', description: 'How grave; >=warning: at least', values: AUDIT_LEVELS, closed: true },
  { name: 'result', description: 'What became of it', values: AUDIT_RESULTS, closed: true },
  { name: 'resource', description: 'What was acted on: type or type/id' },
  { name: 'type', description: 'Type of what was acted on' },
  { name: 'id', description: 'Id of what was acted on' },
  { name: 'tag', description: 'A tag: name=value' },
  { name: 'after', description: 'From then on: 2026-11-01, 2026-11-01T09:30Z, or 7d ago' },
  { name: 'before', description: 'Until then, exclusive: as after' },
  { name: 'ip', description: 'Address that it came from' },
  { name: 'session', description: 'Connection or login' },
  { name: 'request', description: 'Id of the request' },
];
