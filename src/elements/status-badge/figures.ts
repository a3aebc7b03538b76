/** The figures of the vocabulary, on a 16 × 16 grid: a path, and whether it is filled or drawn. */
import type { Shape } from '../../protocol/states.ts';

/** `d` of an SVG path. */
export const FILLED: Partial<Record<Shape, string>> = {
  disc: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
  triangle: 'M8 1.5 15.2 14H.8zM7.1 6v4.2h1.8V6zm0 5.3v1.6h1.8v-1.6z',
  octagon: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM7.1 4.2v4.9h1.8V4.2zm0 6.2v1.8h1.8v-1.8z',
  bar: 'M2 6h12v4H2z',
  wrench: 'M10.6 1.8a3.6 3.6 0 0 0-3.4 4.8L2 11.8A1.6 1.6 0 0 0 4.2 14l5.2-5.2a3.6 3.6 0 0 0 4.6-4.6l-2.2 2.2-2.1-.5-.5-2.1z',
};

/** Drawn with a stroke. The dash patterns of the rings are in the styles. */
export const DRAWN: Partial<Record<Shape, string>> = {
  'ring-slash': 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM4 4l8 8',
  arc: 'M8 2.2A5.8 5.8 0 1 1 2.2 8',
  'dotted-ring': 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2z',
  'dashed-ring': 'M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2z',
  question: 'M5 5.6a3 3 0 1 1 4.4 2.7C8.4 8.9 8 9.4 8 10.4M8 13v.6',
};
