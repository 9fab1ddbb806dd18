import { Observable, Subject } from 'rxjs';
import type {
  Delivery,
  StreamUsage,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamPage,
} from '../../publishing/backplane';
import { Backplane } from '../../publishing/backplane';
import type { MemoryBackplane } from '../../publishing/memory/memory.backplane';
import { RealtimeError } from '../../protocol/errors';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';

/** The streams of all nodes of a test, in memory, and how many nodes listen to each. */
export class SiteStreams {
  readonly #listening = new Map<RoomName, number>();

  constructor(readonly memory: MemoryBackplane) {}

  listen(room: RoomName): void {
    this.#listening.set(room, (this.#listening.get(room) ?? 0) + 1);
  }

  async unlisten(room: RoomName): Promise<void> {
    const left = this.#listening.get(room)! - 1;
    if (left > 0) return void this.#listening.set(room, left);
    this.#listening.delete(room);
    await this.memory.unsubscribe(room);
  }
}

/** One node's end of the streams; what it said stays when it is gone. */
export class ClusterMemberBackplane extends Backplane {
  readonly #rooms = new Set<RoomName>();
  readonly #deliveries = new Subject<Delivery>();
  readonly #subscription;
  #gone = false;

  override readonly deliveries: Observable<Delivery> = this.#deliveries.asObservable();

  constructor(private readonly streams: SiteStreams) {
    super();
    this.#subscription = streams.memory.deliveries.subscribe((delivery) => {
      if (this.#rooms.has(delivery.room)) this.#deliveries.next(delivery);
    });
  }

  override configure(retention: Retention): void {
    this.streams.memory.configure(retention);
  }

  override async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.#memory.publish(room, publication);
  }

  override async subscribe(room: RoomName): Promise<StreamPosition> {
    if (!this.#gone && !this.#rooms.has(room)) {
      this.#rooms.add(room);
      this.streams.listen(room);
    }
    return this.#memory.subscribe(room);
  }

  override async unsubscribe(room: RoomName): Promise<void> {
    if (this.#rooms.delete(room)) await this.streams.unlisten(room);
  }

  override async read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    return this.#memory.read(room, since, maxBytes);
  }

  override async page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    return this.#memory.page(room, request);
  }

  override async kept(room: RoomName): Promise<StreamUsage> {
    return this.#memory.kept(room);
  }

  /** Hears and says nothing any more. */
  override async close(): Promise<void> {
    if (this.#gone) return;
    this.#gone = true;
    this.#subscription.unsubscribe();
    this.#deliveries.complete();
    for (const room of this.#rooms) await this.unsubscribe(room);
  }

  get #memory(): MemoryBackplane {
    if (this.#gone) throw new RealtimeError('unavailable', 'This node has shut down.');
    return this.streams.memory;
  }
}
