interface Target {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

interface Page extends Target {
  readonly visibilityState?: string;
}

/** Calls when the device is back on a network, or the page is looked at again. Returns what ends it. Nothing in Node. */
export function onWake(run: () => void): () => void {
  const target: Target = globalThis as Target;
  const { document } = globalThis as { document?: Page };
  const looked = (): void => {
    if (document?.visibilityState === 'visible') run();
  };
  target.addEventListener?.('online', run);
  document?.addEventListener?.('visibilitychange', looked);
  return () => {
    target.removeEventListener?.('online', run);
    document?.removeEventListener?.('visibilitychange', looked);
  };
}
