/**
 * Design tokens: each a public custom property with a default for light and dark. Elements use the private `--_` names.
 * Tones are the brand's where the brand's pass WCAG AA as text on every surface, and the nearest that does elsewhere.
 */
import { css } from 'lit';

/** What every element needs: text, tones and the theme switch. */
export const tokens = css`
  :host {
    --_text: var(--waooaw-text, light-dark(#18181b, #fafafa));
    --_muted: var(--waooaw-muted, light-dark(#5c636a, #a1a1aa));
    --_ok: var(--waooaw-ok, light-dark(#047857, #10b981));
    --_info: var(--waooaw-info, light-dark(#215ee6, #60a5fa));
    --_degraded: var(--waooaw-degraded, light-dark(#ad4c00, #f59e0b));
    --_critical: var(--waooaw-critical, light-dark(#ce0d18, #f87171));
    font-family: var(--waooaw-font, Inter, system-ui, sans-serif);
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
