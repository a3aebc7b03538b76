/** The design tokens for what is no style sheet: constants, and the colours that a canvas draws with. */
export { CHART_COLORS, CHART_DASHES, chartProbe } from './chart-colors.ts';
export { readChartColors, watchChartColors } from './read-chart-colors.ts';
export type { ChartColors } from './read-chart-colors.ts';
export { COLORS, DURATIONS, FONTS, LENGTHS, TOKEN_NAMES } from './tokens.ts';
export type { ColorName, ThemeName, TokenName, TokenProperty } from './tokens.ts';
