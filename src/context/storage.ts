/** Browser storage that may be absent, forbidden or full: then it keeps nothing, and nobody fails for it. */

/** Which of the two. */
export type StorageName = 'localStorage' | 'sessionStorage';

/** What is kept under the key; null when nothing is, or nothing can be. */
export function readStored(from: StorageName, key: string): string | null {
  try {
    // The property itself throws where the browser forbids storage.
    return globalThis[from].getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a text, or forgets it for null. @returns false when it could not be kept. */
export function writeStored(to: StorageName, key: string, text: string | null): boolean {
  try {
    if (text === null) globalThis[to].removeItem(key);
    else globalThis[to].setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
