/** The look of the API's page, on the elements' tokens; it stands without them, too. */
export const API_STYLE = `
:root { color-scheme: light dark; --space: clamp(1rem, 2.5vw, 2rem); }
* { box-sizing: border-box; }
html { scroll-padding-block-start: 1rem; }
body {
  /* The tokens are the body's own. */
  --text: var(--waooaw-text, light-dark(#18181b, #fafafa));
  --muted: var(--waooaw-muted, light-dark(#525b63, #a1a1aa));
  --ground: var(--waooaw-ground, light-dark(#f8f9fa, #0a0a0a));
  --surface: var(--waooaw-surface, light-dark(#fff, #18181b));
  --border: var(--waooaw-border, light-dark(#d4d9de, #3f3f46));
  --strong: var(--waooaw-border-strong, light-dark(#6c757d, #81818a));
  --accent: var(--waooaw-info, light-dark(#15d, #60a5fa));
  margin: 0;
  display: grid;
  grid-template-columns: minmax(14rem, 20rem) minmax(0, 1fr);
  max-inline-size: 90rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
html { background: light-dark(#f8f9fa, #0a0a0a); }
header { grid-column: 1 / -1; padding: var(--space) var(--space) 1rem; border-block-end: 1px solid var(--border); }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; }
h1 small, nav small, dd small { color: var(--muted); font-weight: 400; }
h1 small { font-size: 1rem; letter-spacing: 0; }
header p { margin: 0.75rem 0 0; color: var(--muted); }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
input, button {
  min-block-size: 2.5rem;
  padding: 0 0.75rem;
  border: 1px solid var(--strong);
  border-radius: 0.375rem;
  background: var(--surface);
  color: var(--text);
  font: inherit;
}
input { flex: 1 1 12rem; max-inline-size: 32rem; min-inline-size: 0; }
button { cursor: pointer; font-weight: 600; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
main:focus { outline: none; }
nav { padding: 1rem 0 var(--space) var(--space); font-size: 0.875rem; }
nav summary { padding-block: 0.375rem; cursor: pointer; font-weight: 600; }
nav ul { margin: 0; padding: 0 0 0.5rem 1rem; list-style: none; }
nav a { display: block; padding-block: 0.25rem; color: var(--text); text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
@media (min-width: 60rem) {
  nav { position: sticky; inset-block-start: 0; align-self: start; max-block-size: 100vh; overflow-y: auto; }
}
main { padding: 0 var(--space) 4rem; min-inline-size: 0; }
h2 { margin: 2rem 0 0.75rem; font-size: 1.25rem; }
article { margin-block-end: 0.5rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
article:target { border-color: var(--accent); }
article > summary, article > details > summary { padding: 0.75rem 1rem; cursor: pointer; }
article > details > :not(summary), article > :not(details) { margin-inline: 1rem; }
article > :not(details):last-child, details > :last-child:not(summary) { margin-block-end: 1rem; }
summary h3 { display: inline; }
summary span { color: var(--muted); margin-inline-start: 0.5rem; }
h3 { margin: 0.75rem 0; font-size: 1rem; }
h4 { margin: 1rem 0 0.25rem; font-size: 0.875rem; color: var(--muted); }
code, .type { font: 0.875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.method { display: inline-block; min-inline-size: 4.25rem; font: 700 0.8125rem/1.5 ui-monospace, monospace; }
.status { font-family: ui-monospace, monospace; }
dl { margin-block: 0.25rem; padding-inline-start: 0.75rem; border-inline-start: 2px solid var(--border); }
dt { margin-block-start: 0.375rem; }
dt em { color: var(--muted); font-size: 0.8125rem; }
dd { margin: 0 0 0 1rem; }
dd p { margin: 0.25rem 0; }
dd dl { margin-inline-start: 0; }
.errors { display: flex; flex-wrap: wrap; gap: 0.125rem 1.25rem; margin-block: 0.25rem; padding: 0; list-style: none; font-size: 0.875rem; }
.empty { margin-block: 2rem; }
.skip { position: absolute; inset-inline-start: -100vw; }
.skip:focus { inset: 0.5rem auto auto 0.5rem; z-index: 1; padding: 0.5rem 1rem; background: var(--surface); }
@media (max-width: 59.99rem) {
  body { grid-template-columns: minmax(0, 1fr); }
  nav { padding-inline: var(--space); border-block-end: 1px solid var(--border); }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { nav, form, .skip { display: none; } body { display: block; } }
`;
