import type { StreamPosition } from '../protocol/position';

/** Where a client is in a room's stream, and how far it has to go to where it would be, had it missed nothing. */
export class Position {
  #current: StreamPosition | undefined;
  /** Where it was interrupted. */
  #from: number | undefined;
  /** Where what was missed ends. */
  #to: number | undefined;

  get current(): StreamPosition | undefined {
    return this.#current;
  }

  /** Follows from here, whatever was before. */
  set(position: StreamPosition): void {
    this.forget();
    this.#current = position;
  }

  forget(): void {
    this.#current = this.#from = this.#to = undefined;
  }

  /** Something may be missed from here on. */
  interrupted(): void {
    this.#from ??= this.#current?.offset;
    this.#to = undefined;
  }

  /** What was missed is replayed, up to here. */
  resume({ epoch, offset }: StreamPosition): void {
    this.renew(epoch);
    this.#to = offset;
  }

  /** The stream goes on under another epoch. */
  renew(epoch: string): void {
    if (this.#current) this.#current = { epoch, offset: this.#current.offset };
  }

  /** Where an offset lies: `next` in line, `behind`, which was shown already, or past a `hole`. */
  place(offset: number): 'next' | 'behind' | 'hole' {
    const expected = this.#current!.offset + 1;
    if (offset === expected) return 'next';
    return offset < expected ? 'behind' : 'hole';
  }

  /** Goes on to the next offset; whether it is one of those that were missed. */
  advance(offset: number): boolean {
    this.#current = { epoch: this.#current!.epoch, offset };
    return this.#to !== undefined && offset <= this.#to;
  }

  /** How many were missed, once all of them are here. */
  recovered(): number | undefined {
    if (this.#to === undefined || this.#current!.offset < this.#to) return undefined;
    const from = this.#from;
    const to = this.#to;
    this.#from = this.#to = undefined;
    return from === undefined ? undefined : to - from;
  }
}
