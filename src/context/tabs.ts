/** The other tabs of this origin: what is told there is heard in each of them, but not here. */

/** A line to the other tabs. */
export interface Tabs {
  /** True when what is said has to be kept in localStorage as well, because that is how the others hear of it. */
  readonly byStorage: boolean;
  tell(message: unknown): void;
  close(): void;
}

/**
 * Opens a line: a BroadcastChannel, and the events of localStorage. These alone do where the channel is missing; beside it
 * they tell when another tab's write has really arrived, which may be long after its message.
 * @param key the channel's name, and the key in localStorage.
 * @param heard gets what was told as it is, or the stored text: anybody on this origin may have written it. It may hear the
 *   same twice.
 */
export function openTabs(key: string, heard: (message: unknown) => void): Tabs {
  const stored = ({ key: changed, newValue }: StorageEvent): void => {
    if (changed === key && newValue !== null) heard(newValue);
  };
  globalThis.addEventListener?.('storage', stored);
  const channel = openChannel(key);
  channel?.addEventListener('message', ({ data }) => heard(data));
  return {
    byStorage: channel === undefined,
    tell: (message) => channel?.postMessage(message),
    close() {
      channel?.close();
      globalThis.removeEventListener?.('storage', stored);
    },
  };
}

function openChannel(key: string): BroadcastChannel | undefined {
  try {
    const channel = new BroadcastChannel(key);
    // Only in Node: a line to nobody must not keep the process alive.
    (channel as { unref?: () => void }).unref?.();
    return channel;
  } catch {
    return undefined;
  }
}
