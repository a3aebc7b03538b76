/** Written by scripts/tokens.ts from tokens.json: change that, and run `npm run tokens`. */
import { css } from 'lit';

/** What every element needs: text, tones and the theme switch. */
export const tokens = css`
  :host {
    --_text: var(--waooaw-text, light-dark(#18181b, #fafafa));
    --_muted: var(--waooaw-muted, light-dark(#525b63, #a1a1aa));
    --_ok: var(--waooaw-ok, light-dark(#065, #10b981));
    --_info: var(--waooaw-info, light-dark(#15d, #60a5fa));
    --_degraded: var(--waooaw-degraded, light-dark(#940, #f59e0b));
    --_critical: var(--waooaw-critical, light-dark(#b02, #f87171));
    --_font: var(--waooaw-font, Inter, system-ui, sans-serif);
    --_radius-pill: var(--waooaw-radius-pill, 2rem);
    font-family: var(--_font);
    color: var(--_text);
  }
  @media (prefers-contrast: more) {
    :host {
      --_muted: var(--waooaw-muted, light-dark(#334, #ccc));
      --_ok: var(--waooaw-ok, light-dark(#043, #5ea));
      --_info: var(--waooaw-info, light-dark(#03a, #acf));
      --_degraded: var(--waooaw-degraded, light-dark(#630, #fc7));
      --_critical: var(--waooaw-critical, light-dark(#800, #fbb));
    }
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
