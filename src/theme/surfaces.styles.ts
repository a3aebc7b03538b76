/** Design tokens of elements with surfaces and controls of their own, apart so that a badge does not carry them. */
import { css } from 'lit';

export const surfaces = css`
  :host {
    --_surface: var(--waooaw-surface, light-dark(#fff, #18181b));
    --_raised: var(--waooaw-raised, light-dark(#f8f9fa, #27272a));
    --_border: var(--waooaw-border, light-dark(#d4d9de, #3f3f46));
    --_accent: var(--waooaw-accent, light-dark(#0072c6, #00f2fe));
    --_radius: var(--waooaw-radius, 0.75rem);
    --_font-display: var(--waooaw-font-display, Outfit, Inter, system-ui, sans-serif);
  }
`;
