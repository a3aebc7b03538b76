/** What the presets of a tracker are called, and their stages. */
import { defineMessages } from '../../i18n/messages.ts';
import type { MessagesOf } from '../../i18n/messages.ts';

export const presetMessages = /* @__PURE__ */ defineMessages('progress-presets', {
  agentProvisioning: 'Agent provisioning',
  deploymentPipeline: 'Deployment pipeline',
  upgradeWorkflow: 'Upgrade',
  allocate: 'Allocate',
  allocateText: 'Storage, configuration and secrets',
  start: 'Start',
  ready: 'Become ready',
  expose: 'Take requests',
  build: 'Build',
  test: 'Test',
  stage: 'Deploy to staging',
  verify: 'Verify',
  release: 'Release',
  prepare: 'Prepare',
  prepareText: 'The new version beside the old one',
  switch: 'Switch',
  switchText: 'Requests go to the new version',
  watch: 'Watch',
  watchText: 'The old version stays warm, to go back to',
  drain: 'Drain',
  retire: 'Retire the old version',
});

/** For translations. */
export type PresetMessages = MessagesOf<typeof presetMessages>;
