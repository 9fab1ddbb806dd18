import { Stream, STREAM_BYTES, StreamShare } from './stream';

/** What one user has published into the streams and is still kept: how much, and where. Each of the streams counts, too. */
export class Share implements StreamShare {
  /** Bytes in each stream, the one it first published into first. */
  readonly #streams = new Map<Stream, number>();
  bytes = 0;

  constructor(readonly user: string) {}

  get streams(): Iterable<Stream> {
    return this.#streams.keys();
  }

  add(stream: Stream, bytes: number): void {
    const held = this.#streams.get(stream);
    this.#streams.set(stream, (held ?? 0) + bytes);
    this.bytes += held === undefined ? bytes + STREAM_BYTES : bytes;
  }

  remove(stream: Stream, bytes: number): void {
    const left = this.#streams.get(stream)! - bytes;
    if (left > 0) this.#streams.set(stream, left);
    else this.#streams.delete(stream);
    this.bytes -= left > 0 ? bytes : bytes + STREAM_BYTES;
  }

  /** The stream it holds most of. */
  get heaviest(): Stream | undefined {
    let [heaviest, most]: [Stream | undefined, number] = [undefined, 0];
    for (const [stream, bytes] of this.#streams) if (bytes > most) [heaviest, most] = [stream, bytes];
    return heaviest;
  }
}
