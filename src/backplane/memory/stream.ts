import type { StreamPosition } from '../../protocol/position';
import { PageRequest, Publication, StoredPublication, StreamGap, StreamPage } from '../backplane';

interface Entry extends StoredPublication {
  /** When it was appended, milliseconds since 1970. */
  readonly at: number;
}

/** What an entry costs beside its body, roughly: object, id and array slot. */
const ENTRY_BYTES = 200;

/** The recent publications of one room. Offsets are dense, so an offset tells its place. */
export class Stream {
  #entries: Entry[] = [];
  /** Where in `#entries` the oldest one kept stands; what is before it goes when it is half of them. */
  #first = 0;
  readonly #ids = new Map<string, number>();
  #offset = 0;
  bytes = 0;

  constructor(readonly epoch: string) {}

  get position(): StreamPosition {
    return { epoch: this.epoch, offset: this.#offset };
  }

  /** The offset this message id already has, unless it was one that is published once. */
  offsetOf(id: string): number | undefined {
    return this.#ids.get(id);
  }

  append(publication: Publication, now: number): number {
    const { id, body, delivery, exceptUser, once } = publication;
    const entry: Entry = { id, body, delivery, exceptUser, once, offset: ++this.#offset, at: now };
    this.#entries.push(entry);
    if (!once) this.#ids.set(id, entry.offset);
    this.bytes += cost(entry);
    return entry.offset;
  }

  /** Drops what is too much or too old. */
  trim(maxPublications: number, oldest: number): void {
    let drop = Math.max(0, this.size - maxPublications);
    while (drop < this.size && this.#entries[this.#first + drop].at < oldest) drop++;
    this.drop(drop);
  }

  /** Drops the oldest ones. */
  drop(count: number): void {
    for (const end = this.#first + count; this.#first < end; this.#first++) {
      const entry = this.#entries[this.#first];
      if (!entry.once) this.#ids.delete(entry.id);
      this.bytes -= cost(entry);
    }
    if (this.#first * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }

  get size(): number {
    return this.#entries.length - this.#first;
  }

  /** @throws StreamGap */
  after(since: StreamPosition): readonly StoredPublication[] {
    const missing = this.#offset - since.offset;
    if (since.epoch !== this.epoch) throw new StreamGap('another epoch');
    if (missing < 0) throw new StreamGap('from the future');
    if (missing > this.size) throw new StreamGap('trimmed');
    return missing === 0 ? [] : this.#entries.slice(-missing);
  }

  page({ before, limit, maxBytes }: PageRequest): StreamPage {
    const newer = before === undefined ? 0 : Math.max(0, this.#offset - before + 1);
    const end = Math.max(this.#first, this.#entries.length - newer);
    let start = end;
    for (let bytes = 0; start > this.#first && end - start < limit; start--) {
      bytes += this.#entries[start - 1].body.length;
      if (bytes > maxBytes && start < end) break;
    }
    return { position: this.position, publications: this.#entries.slice(start, end), hasMore: start > this.#first };
  }
}

function cost(entry: Entry): number {
  return entry.body.length + ENTRY_BYTES;
}
