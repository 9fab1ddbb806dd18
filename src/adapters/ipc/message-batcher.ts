import { inOwnContext } from '../../async/own-context';

/**
 * What is due to the other process in one turn of the event loop leaves in one IPC message: sending one costs tens of
 * µs, however little it holds, and one more item in it two.
 */
export class MessageBatcher<Item> {
  #items: Item[] = [];

  constructor(private readonly send: (items: Item[]) => void) {}

  add(item: Item): void {
    if (this.#items.push(item) === 1) inOwnContext(() => setImmediate(this.#leave));
  }

  readonly #leave = (): void => {
    const items = this.#items;
    this.#items = [];
    this.send(items);
  };
}
