/** Calls to listeners, apart from one another. */

/** A listener's failure is its own: it surfaces as an event handler's does, and the others hear what they are due. */
export function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
