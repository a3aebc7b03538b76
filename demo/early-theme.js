/**
 * Before the first paint: the theme, the look and the density that were chosen here before. A script of its own, in the head and
 * not a module, because modules run after the page has been painted, and the Content Security Policy takes no inline script.
 */
try {
  const { document, localStorage } = globalThis;
  const { documentElement, head } = document;
  const theme = localStorage.getItem('waooaw-console-theme');
  if (theme === 'light' || theme === 'dark') {
    documentElement.dataset.theme = theme;
    // The canvas has a colour before there is a style sheet.
    head.querySelector('meta[name="color-scheme"]')?.setAttribute('content', theme);
  }
  const look = localStorage.getItem('waooaw-console-look');
  // One that there is no style sheet for looks as if none had been chosen.
  if (look) documentElement.dataset.look = look;
  const density = localStorage.getItem('waooaw-console-density');
  if (density) documentElement.dataset.waooawDensity = density;
} catch {
  // Storage is forbidden: the system's theme it is.
}
