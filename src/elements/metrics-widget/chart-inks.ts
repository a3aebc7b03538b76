/** The colours that a chart draws with beside its line, read where CSS has resolved them. */
import { css } from 'lit';

/** CSS colours that the canvas understands. */
export interface ChartInks {
  readonly degraded: string;
  readonly critical: string;
  readonly info: string;
  readonly muted: string;
  /** Colours are the reader's own: no tints, which could hide what they chose; dashes and hatching tell instead. */
  readonly forced: boolean;
}

/**
 * Canvas knows no custom property. A `box-shadow` is a list of colours that CSS resolves, and whose transition tells when one
 * of them has changed: it ends on the chart's frame, which hears it. Never seen.
 */
export const inkStyles = css`
  .inks {
    position: absolute;
    visibility: hidden;
    inline-size: 0;
    block-size: 0;
    box-shadow:
      0 0 var(--_degraded),
      0 0 var(--_critical),
      0 0 var(--_info),
      0 0 var(--_muted);
    transition: box-shadow 1ms;
  }
  @media (forced-colors: active) {
    .inks {
      forced-color-adjust: none;
      box-shadow:
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 Highlight,
        0 0 CanvasText;
    }
  }
`;

/** A colour in a computed value: always a function, and none holds another. */
const COLOR = /[a-z-]+\([^()]*\)/g;

/** Reads them from an element of the class `inks`. */
export function readInks(probe: Element): ChartInks {
  const { boxShadow } = getComputedStyle(probe);
  const [degraded = 'gray', critical = 'gray', info = 'gray', muted = 'gray'] = boxShadow.match(COLOR) ?? [];
  return { degraded, critical, info, muted, forced: matchMedia('(forced-colors: active)').matches };
}
