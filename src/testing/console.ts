/** What is said on the page's console. */

/** Warnings since. */
export interface Warnings {
  /** One line a warning. */
  readonly lines: readonly string[];
  restore(): void;
}

/** Keeps warnings to itself, and off the test runner's output, until restored. */
export function hearWarnings(): Warnings {
  const real = console.warn;
  const lines: string[] = [];
  console.warn = (...words: unknown[]) => void lines.push(words.map(String).join(' '));
  return {
    lines,
    restore() {
      console.warn = real;
    },
  };
}
