/** Writes the design tokens as tables for docs/theming.md. */
import type { Token } from './token-source.ts';

const CORE_TYPES = ['color'];

/** Colours by theme and contrast, then everything else. */
export function tokenTables(tokens: readonly Token[]): string {
  const colors = tokens.filter(({ type, path }) => CORE_TYPES.includes(type) && !path.startsWith('chart.'));
  const chart = tokens.filter(({ path }) => path.startsWith('chart.'));
  const rest = tokens.filter(({ type }) => !CORE_TYPES.includes(type));
  return [
    '### Colours',
    table(
      ['Token', 'For', 'Light', 'Dark', 'Light, more contrast', 'Dark, more contrast', 'Forced colours'],
      colors.map(({ css, description, follows, name }) => [
        code(`--waooaw-${name}`),
        description,
        ...(follows === undefined
          ? [css.light, css.dark, css.moreLight ?? css.light, css.moreDark ?? css.dark].map(code)
          : [`as \`${follows}\``, '', '', '']),
        code(css.forced ?? 'CanvasText'),
      ]),
    ),
    '### Lines of charts',
    table(
      ['Token', 'For', 'Light', 'Dark'],
      chart.map(({ css, description, name }) => [
        code(`--waooaw-${name}`),
        description,
        code(css.light),
        code(css.dark),
      ]),
    ),
    '### Type, room, corners and motion',
    table(
      ['Token', 'For', 'Default', 'Otherwise'],
      rest.map((token) => [
        code(`--waooaw-${token.name}`),
        token.description,
        code(token.css.light),
        otherwise(token),
      ]),
    ),
  ].join('\n\n');
}

function otherwise({ css: { compact, dark, moreLight, reduced } }: Token): string {
  if (compact !== undefined) return `${code(compact)} compact`;
  if (dark !== undefined) return `${code(dark)} in the dark theme`;
  if (moreLight !== undefined) return `${code(moreLight)} with more contrast`;
  return reduced === undefined ? '' : `${code(reduced)} with reduced motion`;
}

function code(text = ''): string {
  return text === '' ? '' : `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
