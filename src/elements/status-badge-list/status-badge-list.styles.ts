import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    min-block-size: 4rem;
    font-size: 0.875rem;
    line-height: 1.25;
  }
  :host([size='s']) {
    font-size: 0.75rem;
  }
  :host([size='l']) {
    font-size: 1rem;
  }
`;
