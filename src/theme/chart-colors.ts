/** Written by scripts/tokens.ts from tokens.json: change that, and run `npm run tokens`. */
import { css } from 'lit';

/** Colours of a chart's lines, in this order, as the tokens have them when no page has changed them. */
export const CHART_COLORS = {
  light: ['#0569b1', '#a65500', '#9a63ff', '#0f9883', '#7a3a7e', '#a38400', '#9a2730', '#66686b'],
  dark: ['#00f2fe', '#e59502', '#8473fd', '#a6d992', '#af6daa', '#f3ef13', '#e15358', '#6baffc'],
} as const;

/** Dashes of those lines, px: with eight lines colour alone does not tell; where colours are forced, it is all there is. */
export const CHART_DASHES = [
  [],
  [6, 3],
  [2, 3],
  [9, 3, 2, 3],
  [12, 4],
  [4, 4],
  [9, 3, 2, 3, 2, 3],
  [2, 6],
] as const;

/**
 * Canvas knows no custom property and no `light-dark()`. A `box-shadow` is a list of colours that CSS resolves, and whose
 * transition tells when one of them has changed: an element with this class is never seen, and holds them all.
 * Goes with the tokens and the surfaces.
 */
export const chartProbe = css`
  .chart-probe {
    position: absolute;
    visibility: hidden;
    inline-size: 0;
    block-size: 0;
    box-shadow:
      0 0 var(--waooaw-chart-1, light-dark(#0569b1, #00f2fe)),
      0 0 var(--waooaw-chart-2, light-dark(#a65500, #e59502)),
      0 0 var(--waooaw-chart-3, light-dark(#9a63ff, #8473fd)),
      0 0 var(--waooaw-chart-4, light-dark(#0f9883, #a6d992)),
      0 0 var(--waooaw-chart-5, light-dark(#7a3a7e, #af6daa)),
      0 0 var(--waooaw-chart-6, light-dark(#a38400, #f3ef13)),
      0 0 var(--waooaw-chart-7, light-dark(#9a2730, #e15358)),
      0 0 var(--waooaw-chart-8, light-dark(#66686b, #6baffc)),
      0 0 var(--_text),
      0 0 var(--_muted),
      0 0 var(--_border),
      0 0 var(--_surface);
    transition: box-shadow 1ms;
  }
  @media (forced-colors: active) {
    .chart-probe {
      forced-color-adjust: none;
      box-shadow:
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 CanvasText,
        0 0 GrayText,
        0 0 Canvas;
    }
  }
`;
