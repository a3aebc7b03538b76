/** Commands that the page teaches: each with the reader's own server in it, and a button that copies it. */

/** How long the button says that it has copied, ms. */
const SAID_MS = 2_000;

/**
 * Fills and offers every `<div data-teach><pre><code>… {url} …</code></pre></div>` in a part of the page.
 * @param url what `{url}` stands for: the server's address, without a slash at its end.
 */
export function teachCommands(part: ParentNode, url: string): void {
  for (const place of part.querySelectorAll<HTMLElement>('[data-teach]')) {
    const code = place.querySelector('code');
    if (!code || place.querySelector('button')) continue;
    code.textContent = code.textContent.replaceAll('{url}', url).trim();
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', () => {
      void copied(code).then((is) => {
        button.textContent = is ? 'Copied' : 'Selected';
        setTimeout(() => (button.textContent = 'Copy'), SAID_MS);
      });
    });
    place.append(button);
  }
}

/** Copies it; where the browser forbids that, selects it, for the reader's own keys. */
async function copied(code: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
