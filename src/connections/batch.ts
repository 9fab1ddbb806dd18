import type { Frame } from './frame';

/** Publications of one turn for one audience: joined once, the same bytes for each of them. */
export class Batch {
  #bytes: Buffer | undefined;

  constructor(readonly frames: readonly Frame[]) {}

  get bytes(): Buffer {
    this.#bytes ??=
      this.frames.length === 1 ? this.frames[0].bytes : Buffer.concat(this.frames.map((frame) => frame.bytes));
    return this.#bytes;
  }
}
