/** What of the trail somebody may see, by their role. */
import { SALTED_FIELDS, WaooawError } from '../../../src/protocol/index.ts';
import type { AuditRecord, Json, Role, SaltedField } from '../../../src/protocol/index.ts';
import { base64, fieldHash } from '../../../src/proof/index.ts';
import type { AuditFilter, AuditRow } from '../../ports/audit-log.ts';
import { platformHash } from './platform-hash.ts';
import { saltsOf } from './salts.ts';

/** The trail through somebody's eyes. */
export interface AuditView {
  /** Nothing is kept from this reader. */
  readonly all: boolean;
  /**
   * The filter, narrowed to what this reader may find.
   * @throws WaooawError `forbidden` where it asks by a field that is kept from them.
   */
  filter(filter: AuditFilter): AuditFilter;
  /** Whether the entry is shown at all. */
  shows(row: AuditRow): boolean;
  /** The entry as this reader sees it. */
  record(row: AuditRow): AuditRecord;
  /** Salts of the fields that `record` shows, base64. */
  salts(row: AuditRow): Readonly<Partial<Record<SaltedField, string>>>;
}

/** Who sees everything. */
const SEE_ALL: readonly (Role | undefined)[] = ['auditor', 'admin'];
/** Entries that others are not shown. */
const HIDDEN_ACTIONS = ['login', 'logout', 'access'];
const HIDDEN_RESOURCES = ['api-key', 'audit', 'audit-entry', 'audit-key', 'revocation'];
/** And of the rest not these. */
const HIDDEN_FIELDS: readonly SaltedField[] = ['ip', 'session', 'details', 'before', 'after'];

/** Everything, for auditors and administrators. */
export const FULL_VIEW: AuditView = viewOf([]);

/** What viewers and operators see: what was done to agents and services, and not where from. */
export const NARROW_VIEW: AuditView = {
  ...viewOf(HIDDEN_FIELDS),
  all: false,
  filter: (filter) => {
    refuseHidden(filter);
    return {
      ...filter,
      not: [...(filter.not ?? []), { resourceType: HIDDEN_RESOURCES }],
      withoutActions: HIDDEN_ACTIONS,
      blind: HIDDEN_FIELDS,
    };
  },
  shows: ({ facts: { action, resource } }) =>
    !HIDDEN_ACTIONS.includes(action) && resource !== undefined && !HIDDEN_RESOURCES.includes(resource.type),
};

/** The view of a role; without one nothing is seen that others are kept from. */
export function viewFor(role: Role | undefined): AuditView {
  return SEE_ALL.includes(role) ? FULL_VIEW : NARROW_VIEW;
}

function viewOf(kept: readonly SaltedField[]): AuditView {
  const shown = SALTED_FIELDS.filter((field) => !kept.includes(field));
  return {
    all: true,
    filter: (filter) => filter,
    shows: () => true,

    record({ sequence, facts, seed, erased }) {
      const record: Record<string, unknown> = { sequence, ...facts };
      const hidden: Partial<Record<SaltedField, string>> = { ...erased };
      let saltOf: ReturnType<typeof saltsOf> | undefined;
      for (const field of kept) {
        const value = facts[field] as Json | undefined;
        if (value === undefined) continue;
        saltOf ??= saltsOf(seed);
        hidden[field] = base64(fieldHash(field, value, saltOf(field), platformHash));
        delete record[field];
      }
      if (Object.keys(hidden).length > 0) record['hidden'] = hidden;
      return record as unknown as AuditRecord;
    },

    salts({ facts, seed }) {
      const saltOf = saltsOf(seed);
      const present = shown.filter((field) => facts[field] !== undefined);
      return Object.fromEntries(present.map((field) => [field, base64(saltOf(field))]));
    },
  };
}

/** A condition that an entry must not meet would tell what is hidden as well as one that it must. */
function refuseHidden(filter: AuditFilter): void {
  for (const field of ['ip', 'session'] as const)
    if (filter[field]) throw new WaooawError('forbidden', `Your role may not ask by ${field}`);
  filter.not?.forEach(refuseHidden);
}
