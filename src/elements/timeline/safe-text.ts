/** Makes text that comes from anywhere safe to look at: nothing in it acts on the text around it, or on itself. */

/** Of a text, so much is shown on one line; what is longer is cut. Characters. */
const LONGEST = 1_000;
/** Controls but tabs and line ends, and the marks that turn text around (Unicode UAX 9), which make "gpj.exe" of "exe.jpg". */
const ACTING =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g;

/**
 * The text with characters that would act instead of being seen made visible. Put it into a `<bdi>`, so that its own
 * direction stays its own.
 * @param longest default 1,000 characters.
 */
export function safeText(text: string, longest = LONGEST): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(ACTING, visible);
}

function visible(character: string): string {
  return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
