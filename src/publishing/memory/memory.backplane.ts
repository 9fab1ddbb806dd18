import { Subject } from 'rxjs';
import { Clock } from '../../async/clock';
import { RealtimeError } from '../../protocol/errors';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import {
  Backplane,
  Delivery,
  StreamUsage,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamGap,
  StreamLimits,
  StreamPage,
} from '../backplane';
import type { Stream } from './stream';
import { Streams } from './streams';

const TIDY_MS = 60_000;
const DEFAULT_RETENTION: Retention = {
  limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
  maxTotalBytes: 256 * 1024 * 1024,
};

/** One process, nothing beside it. Streams are lost when the process ends; `Streams` says who gives way to whom. */
export class MemoryBackplane extends Backplane {
  readonly #streams = new Streams();
  readonly #deliveries = new Subject<Delivery>();
  readonly #endTidying: () => void;
  #retention = DEFAULT_RETENTION;
  #closed = false;

  override readonly deliveries = this.#deliveries.asObservable();
  override readonly endsWithProcess = true;

  constructor(private readonly clock = new Clock()) {
    super();
    this.#endTidying = clock.every(TIDY_MS, () => this.#forgetOld());
  }

  override configure(retention: Retention): void {
    this.#retention = retention;
  }

  /** Bytes all streams hold together, bookkeeping included. */
  get bytes(): number {
    return this.#streams.bytes;
  }

  override async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    if (this.#closed) throw new RealtimeError('unavailable', 'The backplane is closed.');
    const limits = this.#retention.limitsOf(room);
    if (publication.delivery === 'volatile' || limits.maxPublications === 0) return this.#pass(room, publication);
    const stream = this.#streams.touch(room);
    const known = publication.once ? undefined : stream.offsetOf(publication.id);
    if (known !== undefined) return { epoch: stream.epoch, offset: known };
    const offset = this.#append(stream, publication, limits);
    this.#deliver({ room, epoch: stream.epoch, offset, publication });
    return { epoch: stream.epoch, offset };
  }

  override async subscribe(room: RoomName): Promise<StreamPosition> {
    this.#streams.subscribe(room);
    return this.#position(room);
  }

  override async unsubscribe(room: RoomName): Promise<void> {
    this.#streams.unsubscribe(room);
  }

  override async read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    const stream = this.#current(room);
    if (stream) return stream.after(since, maxBytes);
    if (since.epoch !== this.#streams.epochOf(room) || since.offset !== 0) throw new StreamGap('no such stream');
    return [];
  }

  override async page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    const stream = this.#current(room);
    return stream?.page(request) ?? { position: this.#position(room), publications: [], hasMore: false };
  }

  override async kept(room: RoomName): Promise<StreamUsage> {
    const { size = 0, bytes = 0 } = this.#current(room) ?? {};
    return { publications: size, bytes };
  }

  override async close(): Promise<void> {
    this.#closed = true;
    this.#endTidying();
    this.#deliveries.complete();
  }

  #append(stream: Stream, publication: Publication, limits: StreamLimits): number {
    const { publisher } = publication;
    const { maxBytesPerUser = Infinity, maxTotalBytes } = this.#retention;
    const now = this.clock.now();
    const share = publisher === undefined ? undefined : this.#streams.shareOf(publisher);
    const offset = stream.append(publication, now, share);
    stream.trim(limits, now);
    if (share) this.#streams.boundShare(share, maxBytesPerUser);
    this.#streams.bound(maxTotalBytes);
    return offset;
  }

  #pass(room: RoomName, publication: Publication): StreamPosition {
    const position = this.#position(room);
    this.#deliver({ room, epoch: position.epoch, publication });
    return position;
  }

  #deliver(delivery: Delivery): void {
    if (this.#streams.isSubscribed(delivery.room)) this.#deliveries.next(delivery);
  }

  #position(room: RoomName): StreamPosition {
    return this.#streams.find(room)?.position ?? { epoch: this.#streams.epochOf(room), offset: 0 };
  }

  /** The room's stream without what is too old. */
  #current(room: RoomName): Stream | undefined {
    const stream = this.#streams.find(room);
    stream?.trim(this.#retention.limitsOf(room), this.clock.now());
    return stream;
  }

  #forgetOld(): void {
    const now = this.clock.now();
    for (const stream of this.#streams) {
      stream.trim(this.#retention.limitsOf(stream.room), now);
      this.#streams.tidy(stream);
    }
    this.#streams.tidyShares();
  }
}
