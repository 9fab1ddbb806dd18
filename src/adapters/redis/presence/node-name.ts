import { uniqueId } from '../../../protocol/unique-id';

/**
 * What this process is called in Redis. Once it was taken for dead it takes another name: whoever clears up after the
 * old one leaves alone what it says under the new one.
 */
export class NodeName {
  #current = uniqueId(12);
  #former = '';

  get current(): string {
    return this.#current;
  }

  /** What it was called before; empty: nothing. */
  get former(): string {
    return this.#former;
  }

  change(): void {
    this.#former = this.#current;
    this.#current = uniqueId(12);
  }
}
