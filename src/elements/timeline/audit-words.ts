/** Sentences of the audit trail's entries. Loaded with the trail. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const timelineAuditMessages = /* @__PURE__ */ defineMessages('timeline-audit', {
  /** Who and what, where it is hidden or has no name. */
  somebody: 'Somebody',
  anonymous: 'An anonymous caller',
  system: 'The system',
  something: 'something',
  /** What was done. @param who "Ana". @param what "agent payments". */
  create: (who: string, what: string) => `${who} created ${what}`,
  update: (who: string, what: string) => `${who} updated ${what}`,
  delete: (who: string, what: string) => `${who} deleted ${what}`,
  start: (who: string, what: string) => `${who} started ${what}`,
  stop: (who: string, what: string) => `${who} stopped ${what}`,
  restart: (who: string, what: string) => `${who} restarted ${what}`,
  upgrade: (who: string, what: string) => `${who} upgraded ${what}`,
  rollback: (who: string, what: string) => `${who} rolled back ${what}`,
  login: (who: string) => `${who} signed in`,
  logout: (who: string) => `${who} signed out`,
  access: (who: string, what: string) => `${who} looked at ${what}`,
  modify_config: (who: string, what: string) => `${who} changed the settings of ${what}`,
  /** An action of the host's own, such as "approve". */
  own: (who: string, action: string, what: string) => `${who}: ${action} – ${what}`,

  /** What was not done: it failed. */
  createFailed: (who: string, what: string) => `${who} could not create ${what}`,
  updateFailed: (who: string, what: string) => `${who} could not update ${what}`,
  deleteFailed: (who: string, what: string) => `${who} could not delete ${what}`,
  startFailed: (who: string, what: string) => `${who} could not start ${what}`,
  stopFailed: (who: string, what: string) => `${who} could not stop ${what}`,
  restartFailed: (who: string, what: string) => `${who} could not restart ${what}`,
  upgradeFailed: (who: string, what: string) => `${who} could not upgrade ${what}`,
  rollbackFailed: (who: string, what: string) => `${who} could not roll back ${what}`,
  loginFailed: (who: string) => `${who} could not sign in`,
  logoutFailed: (who: string) => `${who} could not sign out`,
  accessFailed: (who: string, what: string) => `${who} could not look at ${what}`,
  modify_configFailed: (who: string, what: string) => `${who} could not change the settings of ${what}`,
  ownFailed: (who: string, action: string, what: string) => `${who}: ${action} – ${what}: failed`,

  /** What was not done: it is not allowed. */
  createRefused: (who: string, what: string) => `${who} was not allowed to create ${what}`,
  updateRefused: (who: string, what: string) => `${who} was not allowed to update ${what}`,
  deleteRefused: (who: string, what: string) => `${who} was not allowed to delete ${what}`,
  startRefused: (who: string, what: string) => `${who} was not allowed to start ${what}`,
  stopRefused: (who: string, what: string) => `${who} was not allowed to stop ${what}`,
  restartRefused: (who: string, what: string) => `${who} was not allowed to restart ${what}`,
  upgradeRefused: (who: string, what: string) => `${who} was not allowed to upgrade ${what}`,
  rollbackRefused: (who: string, what: string) => `${who} was not allowed to roll back ${what}`,
  loginRefused: (who: string) => `${who} was refused`,
  logoutRefused: (who: string) => `${who} was not allowed to sign out`,
  accessRefused: (who: string, what: string) => `${who} was not allowed to look at ${what}`,
  modify_configRefused: (who: string, what: string) =>
    `${who} was not allowed to change the settings of ${what}`,
  ownRefused: (who: string, action: string, what: string) => `${who}: ${action} – ${what}: refused`,

  /** What was acted on. Types that are not named here stand as they are: "order 4711". */
  thing: (type: string, name: string) => `${type} ${name}`,
  agent: 'agent',
  service: 'service',
  operation: 'operation',
  check: 'check',
  alert: 'alert',
  'alert-rule': 'alert rule',
  silence: 'silence',
  'api-key': 'API key',
  audit: 'the audit trail',
});

/** For translations. */
export type TimelineAuditMessages = MessagesOf<typeof timelineAuditMessages>;
