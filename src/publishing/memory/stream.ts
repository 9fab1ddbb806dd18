import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import { PageRequest, Publication, StoredPublication, StreamGap, StreamLimits, StreamPage } from '../backplane';
import type { Complete } from '../publication.codec';

/** What one user has published into streams. */
export interface StreamShare {
  readonly user: string;
  readonly bytes: number;
  add(stream: Stream, bytes: number): void;
  remove(stream: Stream, bytes: number): void;
}

interface Entry extends Omit<Complete<StoredPublication>, 'body' | 'publisher'> {
  /** A small one is a string of Latin-1, a character for each of its bytes: a buffer would take more than it holds. */
  readonly body: Uint8Array | string;
  /** When it was appended, milliseconds since 1970. */
  readonly at: number;
  /** The publishing user's. */
  readonly share: StreamShare | undefined;
}

/** What an entry takes beside its body and id: object, string, and array slot. `held-memory.spec.ts` measures it. */
export const ENTRY_BYTES = 170;
/** What finding an entry by its id takes. */
export const ID_BYTES = 40;
/** Buffers from here on are not taken from a pool. */
const LARGE = Buffer.poolSize / 2;
/** What a stream without entries takes. */
export const STREAM_BYTES = 560;

/** The recent publications of one room. Offsets are dense, so an offset tells its place. */
export class Stream {
  #entries: Entry[] = [];
  /** Where in `#entries` the oldest one kept stands; what is before it goes when it is half of them. */
  #first = 0;
  readonly #ids = new Map<string, number>();
  #offset = 0;
  /** What its entries take. */
  bytes = 0;

  constructor(
    readonly room: RoomName,
    readonly epoch: string,
    /** What all streams take together: this one keeps it up to date. */
    private readonly usage: { bytes: number } = { bytes: 0 },
  ) {}

  get position(): StreamPosition {
    return { epoch: this.epoch, offset: this.#offset };
  }

  /** The offset this message id already has, unless it was one that is published once. */
  offsetOf(id: string): number | undefined {
    return this.#ids.get(id);
  }

  append(publication: Publication, now: number, share?: StreamShare): number {
    const { id, delivery, exceptUser, once } = publication;
    const body = kept(publication.body);
    const entry: Entry = { id, body, delivery, exceptUser, once, offset: ++this.#offset, at: now, share };
    this.#entries.push(entry);
    if (!once) this.#ids.set(id, entry.offset);
    this.#count(entry, 1);
    return entry.offset;
  }

  /** Drops what is too much or too old. The newest one is kept however large it is. */
  trim({ maxPublications, maxAgeMs, maxBytes = Infinity }: StreamLimits, now: number): void {
    let drop = Math.max(0, this.size - maxPublications);
    while (drop < this.size && this.#entries[this.#first + drop].at < now - maxAgeMs) drop++;
    this.drop(drop);
    while (this.bytes > maxBytes && this.size > 1) this.drop(1);
  }

  /** Drops the oldest ones as long as they are of this share, and it holds more than `bytes`. */
  dropShare(share: StreamShare, bytes: number): void {
    while (this.size && share.bytes > bytes && this.#entries[this.#first].share === share) this.drop(1);
  }

  /** Drops the oldest ones. */
  drop(count: number): void {
    if (count === 0) return;
    for (const end = this.#first + count; this.#first < end; this.#first++) {
      const entry = this.#entries[this.#first];
      if (!entry.once) this.#ids.delete(entry.id);
      this.#count(entry, -1);
    }
    if (this.#first * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }

  get size(): number {
    return this.#entries.length - this.#first;
  }

  /** As much as fits into `maxBytes`; one at least. @throws StreamGap */
  after(since: StreamPosition, maxBytes = Infinity): readonly StoredPublication[] {
    const missing = this.#offset - since.offset;
    if (since.epoch !== this.epoch) throw new StreamGap('another epoch');
    if (missing < 0) throw new StreamGap('from the future');
    if (missing > this.size) throw new StreamGap('trimmed');
    const start = this.#entries.length - missing;
    let end = start;
    for (let bytes = 0; end < this.#entries.length; end++) {
      bytes += this.#entries[end].body.length;
      if (bytes > maxBytes && end > start) break;
    }
    return this.#entries.slice(start, end).map(toStored);
  }

  page({ before, limit, maxBytes }: PageRequest): StreamPage {
    const newer = before === undefined ? 0 : Math.max(0, this.#offset - before + 1);
    const end = Math.max(this.#first, this.#entries.length - newer);
    let start = end;
    for (let bytes = 0; start > this.#first && end - start < limit; start--) {
      bytes += this.#entries[start - 1].body.length;
      if (bytes > maxBytes && start < end) break;
    }
    const publications = this.#entries.slice(start, end).map(toStored);
    return { position: this.position, publications, hasMore: start > this.#first };
  }

  #count(entry: Entry, sign: 1 | -1): void {
    const bytes = sign * costOf(entry);
    this.bytes += bytes;
    this.usage.bytes += bytes;
    if (sign > 0) entry.share?.add(this, bytes);
    else entry.share?.remove(this, -bytes);
  }
}

/** Most small bodies are slices of a pool, which the smallest of them would keep alive as a whole. */
function kept(body: Uint8Array): Uint8Array | string {
  if (body.length >= LARGE && body.length === body.buffer.byteLength) return body;
  return (Buffer.isBuffer(body) ? body : Buffer.from(body)).toString('latin1');
}

function toStored({ id, body, delivery, exceptUser, once, offset, share }: Entry): Complete<StoredPublication> {
  return {
    id,
    body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body,
    delivery,
    exceptUser,
    publisher: share?.user,
    once,
    offset,
  };
}

function costOf({ body, id, once }: Entry): number {
  return body.length + id.length + ENTRY_BYTES + (once ? 0 : ID_BYTES);
}
