// The listener of an event decides what it takes; the maps of events in front of it hold it to that.
type Listener = (...args: never[]) => unknown;

/** Listeners by event. One that throws keeps neither the others nor the client from going on. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Returns what ends it. The same listener may be added twice, and is then called twice. */
  on(event: string, listener: Listener): () => void {
    const own: Listener = (...args) => listener(...args);
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (!listeners.size && this.#listeners.get(event) === listeners) this.#listeners.delete(event);
    };
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...(args as never[]));
      } catch (error) {
        report(error);
      }
    }
  }

  /** Calls the listeners, and waits for those that return a promise. @throws what the first of them that failed threw */
  async deliver(event: string, ...args: unknown[]): Promise<void> {
    const listeners = [...(this.#listeners.get(event) ?? [])];
    await Promise.all(listeners.map(async (listener) => listener(...(args as never[]))));
  }
}

/** The application's own failure reaches whoever watches for such, as if nobody had been in between. */
export function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
