/**
 * Before the first paint: the theme that was chosen here before. A script of its own, in the head and not a module, because
 * modules run after the page has been painted, and the Content Security Policy takes no inline script.
 */
try {
  const theme = globalThis.localStorage.getItem('waooaw-console-theme');
  if (theme === 'light' || theme === 'dark') {
    const { documentElement, head } = globalThis.document;
    documentElement.dataset.theme = theme;
    // The canvas has a colour before there is a style sheet.
    head.querySelector('meta[name="color-scheme"]')?.setAttribute('content', theme);
  }
} catch {
  // Storage is forbidden: the system's theme it is.
}
