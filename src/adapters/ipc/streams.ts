import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import type { Delivery, PageRequest, Publication, StoredPublication, StreamPage } from '../../publishing/backplane';
import { MemoryBackplane } from '../../publishing/memory/memory.backplane';
import type { Bounds } from './messages';
import { Limits, RoomLimits } from './room-limits';

/** Until a worker says otherwise. */
const DEFAULT_TOTAL_BYTES = 256 * 1024 * 1024;

/** Who subscribes to rooms. */
export interface Subscriber {
  deliver(delivery: Delivery): void;
}

/** The streams of all rooms of a cluster, in its primary, and which worker gets which. */
export class Streams {
  readonly #backplane = new MemoryBackplane();
  readonly #limits = new RoomLimits();
  readonly #subscribers = new Map<RoomName, Set<Subscriber>>();

  constructor() {
    this.configure({ maxTotalBytes: DEFAULT_TOTAL_BYTES });
    this.#backplane.deliveries.subscribe((delivery) => {
      for (const subscriber of this.#subscribers.get(delivery.room) ?? []) subscriber.deliver(delivery);
    });
  }

  /** Rooms some worker subscribes to. */
  get subscribed(): number {
    return this.#subscribers.size;
  }

  configure(bounds: Bounds): void {
    this.#backplane.configure({ limitsOf: (room) => this.#limits.of(room), ...bounds });
  }

  limit(room: RoomName, limits: Limits): void {
    this.#limits.set(room, limits);
  }

  publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.#backplane.publish(room, publication);
  }

  subscribe(room: RoomName, subscriber: Subscriber): Promise<StreamPosition> {
    const subscribers = this.#subscribers.get(room);
    if (subscribers) subscribers.add(subscriber);
    else this.#subscribers.set(room, new Set([subscriber]));
    return this.#backplane.subscribe(room);
  }

  async unsubscribe(room: RoomName, subscriber: Subscriber): Promise<void> {
    const subscribers = this.#subscribers.get(room);
    if (!subscribers?.delete(subscriber) || subscribers.size > 0) return;
    this.#subscribers.delete(room);
    await this.#backplane.unsubscribe(room);
  }

  read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    return this.#backplane.read(room, since, maxBytes);
  }

  page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    return this.#backplane.page(room, request);
  }

  async close(): Promise<void> {
    this.#limits.close();
    await this.#backplane.close();
  }
}
