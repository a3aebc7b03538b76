/** The figures of the vocabulary, with what makes that of something under way turn. */
import { css } from 'lit';
import { still } from './still-figures.ts';
import { turning } from './turning.styles.ts';

export { FIGURES } from './still-figures.ts';

/** How an `<svg>` with the shape as its class looks. Takes the text's colour. */
export const figures = css`
  ${still}
  ${turning}
`;
