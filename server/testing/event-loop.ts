/** For tests: the event loop, turned and blocked. */

/** Lets everything that is due now happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Blocks the loop, twice, so that whoever measures from one timer to the next sees at least the second time. */
export async function block(forMs: number): Promise<void> {
  for (let times = 0; times < 2; times++) {
    const until = performance.now() + forMs;
    while (performance.now() < until);
    await turn();
    await turn();
  }
}
