/** Written by scripts/tokens.ts from tokens.json: change that, and run `npm run tokens`. */
import { css } from 'lit';

/** What elements with surfaces and controls of their own need beside the core: apart, so that a badge does not carry it. */
export const surfaces = css`
  :host {
    --_density: clamp(0, var(--waooaw-density, 0), 1);
    --_surface: var(--waooaw-surface, light-dark(#fff, #18181b));
    --_raised: var(--waooaw-raised, light-dark(#f8f9fa, #27272a));
    --_overlay: var(--waooaw-overlay, light-dark(#fff, #1f1f23));
    --_border: var(--waooaw-border, light-dark(#d4d9de, #3f3f46));
    --_border-strong: var(--waooaw-border-strong, light-dark(#6c757d, #81818a));
    --_accent: var(--waooaw-accent, light-dark(#0569b1, #00f2fe));
    --_accent-text: var(--waooaw-accent-text, var(--_accent));
    --_on-accent: var(--waooaw-on-accent, light-dark(#fff, #0a0a0a));
    --_focus: var(--waooaw-focus, var(--_accent));
    --_highlight: var(--waooaw-highlight, light-dark(#cfeaff, #0b3d47));
    --_on-highlight: var(--waooaw-on-highlight, var(--_text));
    --_font-display: var(--waooaw-font-display, Outfit, Inter, system-ui, sans-serif);
    --_font-mono: var(--waooaw-font-mono, 'JetBrains Mono', ui-monospace, monospace);
    --_text-s: var(--waooaw-text-s, 0.75rem);
    --_text-m: var(--waooaw-text-m, 0.875rem);
    --_text-l: var(--waooaw-text-l, 1rem);
    --_text-xl: var(--waooaw-text-xl, 1.25rem);
    --_text-2xl: var(--waooaw-text-2xl, 1.5rem);
    --_text-3xl: var(--waooaw-text-3xl, 2.25rem);
    --_space-1: var(--waooaw-space-1, calc(0.25rem - 0.125rem * var(--_density)));
    --_space-2: var(--waooaw-space-2, calc(0.5rem - 0.25rem * var(--_density)));
    --_space-3: var(--waooaw-space-3, calc(0.75rem - 0.25rem * var(--_density)));
    --_space-4: var(--waooaw-space-4, calc(1rem - 0.25rem * var(--_density)));
    --_space-5: var(--waooaw-space-5, calc(1.5rem - 0.5rem * var(--_density)));
    --_space-6: var(--waooaw-space-6, calc(2rem - 0.5rem * var(--_density)));
    --_radius: var(--waooaw-radius, 0.75rem);
    --_radius-s: var(--waooaw-radius-s, 0.375rem);
    --_control-size: var(--waooaw-control-size, calc(2.25rem - 0.5rem * var(--_density)));
    --_focus-ring-width: var(--waooaw-focus-ring-width, 2px);
    --_shadow: var(--waooaw-shadow, 0 0.5rem 1.5rem 0 light-dark(rgb(0 0 0 / 0.18), rgb(0 0 0 / 0.6)));
    --_motion-fast: var(--waooaw-motion-fast, 120ms);
    --_motion-slow: var(--waooaw-motion-slow, 300ms);
  }
  @media (prefers-contrast: more) {
    :host {
      --_border: var(--waooaw-border, light-dark(#525b63, #a1a1aa));
      --_border-strong: var(--waooaw-border-strong, light-dark(#18181b, #fafafa));
      --_accent: var(--waooaw-accent, light-dark(#047, #7ff));
      --_focus-ring-width: var(--waooaw-focus-ring-width, 3px);
    }
  }
  /* Not for a host to change: a page's colours, and its motion, are not what these readers asked for. */
  @media (prefers-reduced-motion: reduce) {
    :host {
      --_motion-fast: 0ms;
      --_motion-slow: 0ms;
    }
  }
  @media (forced-colors: active) {
    :host {
      --_surface: Canvas;
      --_raised: Canvas;
      --_overlay: Canvas;
      --_border: CanvasText;
      --_border-strong: CanvasText;
      --_accent: Highlight;
      --_accent-text: LinkText;
      --_on-accent: HighlightText;
      --_focus: Highlight;
      --_highlight: Mark;
      --_on-highlight: MarkText;
    }
  }
  :host([density='compact']) {
    --waooaw-density: 1;
  }
  :host([density='comfortable']) {
    --waooaw-density: 0;
  }
`;
