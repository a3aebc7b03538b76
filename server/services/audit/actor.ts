/** Who acted, as an entry says it. */
import type { AuditActor } from '../../../src/protocol/index.ts';

export { actorOf } from '../../http/auditing.ts';

/** The server itself, for what nobody asked for. */
export const SYSTEM: AuditActor = Object.freeze({ id: 'waooaw', kind: 'system' });
