/**
 * Design tokens: each a public custom property with a default for light and dark. Elements use the private `--_` names.
 * Tones are the brand's where the brand's pass WCAG AA as text on every surface, and the nearest that does elsewhere.
 */
import { css } from 'lit';

export const tokens = css`
  :host {
    --_surface: var(--waooaw-surface, light-dark(#ffffff, #18181b));
    --_raised: var(--waooaw-raised, light-dark(#f8f9fa, #27272a));
    --_border: var(--waooaw-border, light-dark(#d4d9de, #3f3f46));
    --_text: var(--waooaw-text, light-dark(#18181b, #fafafa));
    --_muted: var(--waooaw-muted, light-dark(#5c636a, #a1a1aa));
    --_accent: var(--waooaw-accent, light-dark(#0072c6, #00f2fe));
    --_ok: var(--waooaw-ok, light-dark(#047857, #10b981));
    --_info: var(--waooaw-info, light-dark(#2563eb, #60a5fa));
    --_degraded: var(--waooaw-degraded, light-dark(#b45309, #f59e0b));
    --_critical: var(--waooaw-critical, light-dark(#dc2626, #f87171));
    --_radius: var(--waooaw-radius, 0.75rem);
    --_font: var(--waooaw-font, Inter, system-ui, sans-serif);
    --_font-display: var(--waooaw-font-display, Outfit, Inter, system-ui, sans-serif);
    font-family: var(--_font);
    color: var(--_text);
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([hidden]) {
    display: none;
  }
`;
