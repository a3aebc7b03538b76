/** The stages of usual work by name, to show before anything is known of it. */
import type { PresetMessages } from './preset-words.ts';
import type { StageInput } from './stages.ts';

type Text = keyof PresetMessages;

/** A preset: its own name, and its stages. Their names are those of the server's plans. */
const PRESETS: Readonly<Record<string, readonly [label: Text, ...stages: Text[]]>> = {
  'agent-provisioning': ['agentProvisioning', 'allocate', 'start', 'ready', 'expose'],
  'deployment-pipeline': ['deploymentPipeline', 'build', 'test', 'stage', 'verify', 'release'],
  'upgrade-workflow': ['upgradeWorkflow', 'prepare', 'start', 'ready', 'switch', 'watch', 'drain', 'retire'],
};

/** The stages of a preset's name, none of them begun; undefined for no preset. */
export function presetOf(
  name: string,
  texts: PresetMessages,
): { readonly label: string; readonly stages: readonly StageInput[] } | undefined {
  if (!Object.hasOwn(PRESETS, name)) return undefined;
  const [label, ...stages] = PRESETS[name] ?? [];
  if (!label) return undefined;
  return {
    label: texts[label],
    stages: stages.map((stage) => {
      const text = `${stage}Text`;
      return {
        name: stage,
        title: texts[stage],
        ...(Object.hasOwn(texts, text) && { description: texts[text as Text] }),
      };
    }),
  };
}
