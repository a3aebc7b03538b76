/** Failures that are meant to reach the page, kept from failing the test. */

/** What would have reached the page. */
export interface Failures {
  readonly errors: readonly unknown[];
  release(): void;
}

/** Catches what is thrown in microtasks, until released. The test runner hears of `error` events first. */
export function catchFailures(): Failures {
  const real = globalThis.queueMicrotask;
  const errors: unknown[] = [];
  globalThis.queueMicrotask = (call) =>
    real(() => {
      try {
        call();
      } catch (error) {
        errors.push(error);
      }
    });
  return {
    errors,
    release() {
      globalThis.queueMicrotask = real;
    },
  };
}
