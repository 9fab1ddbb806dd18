import { useEffect, useState } from 'preact/hooks';

/** Something that is shown, and shown anew whenever it changes. */
export abstract class Shown {
  readonly #listeners = new Set<() => void>();

  /** Returns what ends it. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Renders the component anew with each change. */
export function useShown<T extends Shown>(thing: T): T {
  const [, render] = useState(0);
  useEffect(() => thing.watch(() => render((times) => times + 1)), [thing]);
  return thing;
}
