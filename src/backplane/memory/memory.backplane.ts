import { nanoid } from 'nanoid';
import { Subject } from 'rxjs';
import { Clock } from '../../clock';
import { RealtimeError } from '../../protocol/errors';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import {
  Backplane,
  Delivery,
  Kept,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamGap,
  StreamPage,
} from '../backplane';
import { Stream } from './stream';

const TIDY_MS = 60_000;
const DEFAULT_RETENTION: Retention = {
  limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
  maxTotalBytes: 256 * 1024 * 1024,
};

/**
 * One process, nothing beside it. Streams are lost when the process ends.
 *
 * A room nobody has published into has no stream, only the epoch that one created now would get. Whenever a stream is
 * forgotten that epoch is drawn anew, so that a position of the old stream fits no later one.
 */
export class MemoryBackplane extends Backplane {
  /** The least recently used first. */
  readonly #streams = new Map<RoomName, Stream>();
  /** The rooms subscribed to, and the epoch their subscribers were told. */
  readonly #subscribed = new Map<RoomName, string>();
  readonly #deliveries = new Subject<Delivery>();
  readonly #endTidying: () => void;
  #nextEpoch = nanoid(12);
  #bytes = 0;
  #retention = DEFAULT_RETENTION;
  #closed = false;

  override readonly deliveries = this.#deliveries.asObservable();

  constructor(private readonly clock = new Clock()) {
    super();
    this.#endTidying = clock.every(TIDY_MS, () => this.#forgetOld());
  }

  override configure(retention: Retention): void {
    this.#retention = retention;
  }

  /** Bytes all streams hold together, bookkeeping included. */
  get bytes(): number {
    return this.#bytes;
  }

  override async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    if (this.#closed) throw new RealtimeError('unavailable', 'The backplane is closed.');
    const { maxPublications, maxAgeMs } = this.#retention.limitsOf(room);
    if (publication.delivery === 'volatile' || maxPublications === 0) return this.#pass(room, publication);
    const stream = this.#touch(room);
    const known = publication.once ? undefined : stream.offsetOf(publication.id);
    if (known !== undefined) return { epoch: stream.epoch, offset: known };
    const now = this.clock.now();
    const before = stream.bytes;
    const offset = stream.append(publication, now);
    stream.trim(maxPublications, now - maxAgeMs);
    this.#bytes += stream.bytes - before;
    if (this.#bytes > this.#retention.maxTotalBytes) this.#makeRoom();
    this.#deliver({ room, epoch: stream.epoch, offset, publication });
    return { epoch: stream.epoch, offset };
  }

  override async subscribe(room: RoomName): Promise<StreamPosition> {
    const position = this.#position(room);
    this.#subscribed.set(room, position.epoch);
    return position;
  }

  override async unsubscribe(room: RoomName): Promise<void> {
    this.#subscribed.delete(room);
  }

  override async read(room: RoomName, since: StreamPosition): Promise<readonly StoredPublication[]> {
    const stream = this.#current(room);
    if (stream) return stream.after(since);
    if (since.epoch !== this.#epoch(room) || since.offset !== 0) throw new StreamGap('no such stream');
    return [];
  }

  override async page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    const stream = this.#current(room);
    return stream?.page(request) ?? { position: this.#position(room), publications: [], hasMore: false };
  }

  override async kept(room: RoomName): Promise<Kept> {
    const { size = 0, bytes = 0 } = this.#current(room) ?? {};
    return { publications: size, bytes };
  }

  override async close(): Promise<void> {
    this.#closed = true;
    this.#endTidying();
    this.#deliveries.complete();
  }

  #pass(room: RoomName, publication: Publication): StreamPosition {
    const position = this.#position(room);
    this.#deliver({ room, epoch: position.epoch, publication });
    return position;
  }

  #deliver(delivery: Delivery): void {
    if (this.#subscribed.has(delivery.room)) this.#deliveries.next(delivery);
  }

  #position(room: RoomName): StreamPosition {
    return this.#streams.get(room)?.position ?? { epoch: this.#epoch(room), offset: 0 };
  }

  /** The epoch of a room without a stream. */
  #epoch(room: RoomName): string {
    return this.#subscribed.get(room) ?? this.#nextEpoch;
  }

  /** The room's stream without what is too old. */
  #current(room: RoomName): Stream | undefined {
    const stream = this.#streams.get(room);
    if (stream) this.#trimOld(room, stream, this.clock.now());
    return stream;
  }

  #touch(room: RoomName): Stream {
    const stream = this.#streams.get(room) ?? new Stream(this.#epoch(room));
    this.#streams.delete(room);
    this.#streams.set(room, stream);
    return stream;
  }

  #trimOld(room: RoomName, stream: Stream, now: number): void {
    const { maxPublications, maxAgeMs } = this.#retention.limitsOf(room);
    const before = stream.bytes;
    stream.trim(maxPublications, now - maxAgeMs);
    this.#bytes += stream.bytes - before;
  }

  /**
   * The oldest rooms give way: those nobody listens to are forgotten, the others lose half of what they keep, again and
   * again. A tenth more than necessary, or the next publication would walk all rooms again.
   */
  #makeRoom(): void {
    const enough = this.#retention.maxTotalBytes * 0.9;
    for (const [room, stream] of this.#streams) {
      if (this.#bytes <= enough) return;
      if (!this.#subscribed.has(room)) this.#forget(room, stream);
    }
    while (this.#bytes > enough) {
      for (const stream of this.#streams.values()) {
        if (this.#bytes > enough) this.#halve(stream);
      }
    }
  }

  #halve(stream: Stream): void {
    const before = stream.bytes;
    stream.drop(Math.ceil(stream.size / 2));
    this.#bytes += stream.bytes - before;
  }

  #forgetOld(): void {
    const now = this.clock.now();
    for (const [room, stream] of this.#streams) {
      this.#trimOld(room, stream, now);
      if (stream.size === 0 && !this.#subscribed.has(room)) this.#forget(room, stream);
    }
  }

  #forget(room: RoomName, stream: Stream): void {
    this.#streams.delete(room);
    this.#bytes -= stream.bytes;
    this.#nextEpoch = nanoid(12);
  }
}
