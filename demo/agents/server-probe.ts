/** One look at an address of the server. */

/** What came of it. */
export interface Answer {
  /** Absent: there was none. */
  readonly status?: number;
  /** How long it took, ms. */
  readonly tookMs: number;
  /** Why there was none. */
  readonly failure?: string;
}

/** How long it may take, ms. */
const TIMEOUT_MS = 5_000;

/** Asks for a path of the server. That nobody answers is an answer, too. */
export async function probe(url: string, path: string, authorization?: string): Promise<Answer> {
  const started = performance.now();
  const took = (): number => Math.round((performance.now() - started) * 100) / 100;
  try {
    const answer = await fetch(new URL(path, url), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
      ...(authorization && { headers: { authorization } }),
    });
    await answer.arrayBuffer();
    return { status: answer.status, tookMs: took() };
  } catch (error) {
    const { cause = error } = error as { cause?: unknown };
    const { code, message } = cause as { code?: string; message?: string };
    return { tookMs: took(), failure: code ?? message ?? String(cause) };
  }
}

/** The value that a share of them is at or below. @param share 0 to 1. @param values at least one. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
