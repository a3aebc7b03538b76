/** The figures of the vocabulary, as SVG paths on a 16 × 16 grid. Rings, arc and question mark are strokes. */
import { css } from 'lit';
import type { Shape } from '../protocol/states.ts';

const RING = 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z';

/** `d` by shape. Whether it is filled or drawn, and with which dashes, is for {@link still}. */
export const FIGURES: Readonly<Record<Shape, string>> = {
  disc: RING,
  triangle: 'M8 1.5 15 14H1zM7 6v4h2V6zm0 5v2h2v-2z',
  octagon: 'M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5zM7 4v5h2V4zm0 6v2h2v-2z',
  bar: 'M2 6h12v4H2z',
  wrench: 'M11 2a4 4 0 0 0-4 5l-5 5 2 2 5-5a4 4 0 0 0 5-5l-2 2-2-2z',
  'ring-slash': RING + 'M4 4l8 8',
  arc: 'M8 2a6 6 0 1 1-6 6',
  'dotted-ring': RING,
  'dashed-ring': RING,
  question: 'M5 6a3 3 0 1 1 4 2q-1 .5-1 2M8 13v1',
};

/** How an `<svg>` with the shape as its class looks. Takes the text's colour. What is under way stands still. */
export const still = css`
  svg {
    inline-size: 1em;
    block-size: 1em;
    flex: none;
    overflow: visible;
    fill: currentColor;
    fill-rule: evenodd;
    stroke-width: 2;
  }
  .ring-slash,
  .arc,
  .dotted-ring,
  .dashed-ring,
  .question {
    fill: none;
    stroke: currentColor;
  }
  .dotted-ring {
    stroke-linecap: round;
    stroke-dasharray: 0 3.77;
  }
  .dashed-ring {
    stroke-dasharray: 3.6 2.68;
  }
`;
