/** What a test runner counted. */
export interface Counts {
  /** Test files that ran. */
  files: number;
  passed: number;
  failed: number;
  skipped: number;
}
