/** The page's pace, for elements. It is kept beside the announcer, where what knows no element can follow it too. */
export { pagePace, setPagePace } from '../a11y/page-pace.ts';
export type { Pace } from '../a11y/page-pace.ts';
