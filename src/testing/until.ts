/** Waits for the thing itself. */

// The browser's own, also while a test holds the page's clock.
const { setTimeout } = globalThis;
const { performance } = globalThis;
const POLL_MS = 10;

/**
 * Waits until `read` yields something other than false, undefined or null.
 * @param what is waited for, for the message.
 * @param limitMs after which it is not going to happen any more.
 * @throws Error naming what did not happen.
 */
export async function until<T>(
  read: () => T | Promise<T>,
  what: string,
  limitMs = 8_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== null && value !== false)
      return value as Exclude<NonNullable<T>, false>;
    if (performance.now() > giveUpAt) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
