import { css } from 'lit';

/** The figure of what is under way turns, but for those who want no motion. Apart, because it need not be there at once. */
export const turning = css`
  .arc {
    animation: turn 1.6s linear infinite;
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .arc {
      animation: none;
    }
  }
`;
