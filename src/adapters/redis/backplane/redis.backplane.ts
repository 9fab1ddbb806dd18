import { Subject } from 'rxjs';
import { RealtimeError } from '../../../protocol/errors';
import type { StreamPosition } from '../../../protocol/position';
import type { RoomName } from '../../../protocol/room-name';
import { RedisConnections } from '../redis-connections';
import type { RedisConnectionsOptions } from '../redis.options';
import {
  Backplane,
  Delivery,
  StreamUsage,
  PageRequest,
  Publication,
  Renewal,
  Reset,
  Retention,
} from '../../../publishing/backplane';
import { StoredPublication, StreamGap, StreamPage } from '../../../publishing/backplane';
import { RoomSubscription, FeedEvents } from './room-subscription';
import { PublishQueue, resolveWaiting, WaitingOptions } from './publish-queue';
import { Streams } from './streams';

export interface RedisBackplaneOptions {
  /**
   * Publications that are kept in a stream wait for Redis, each room's in the order they were made, instead of being
   * refused.
   * @default undefined: they are refused at once
   */
  waiting?: WaitingOptions;
}

/**
 * Many nodes, on any number of machines, behind any load balancer. Redis 6.2, or a Redis Cluster 7.0, or later.
 *
 * ```ts
 * RealtimeModule.forRoot({ backplane: redis({ url: 'redis://localhost', prefix: 'my-app:' }), … })
 * ```
 * A publication is appended and fanned out by one script. What pub/sub loses, a node reads in the stream before it goes
 * on; where it is no longer there, the members are told `room_reset`. While Redis is away connections stay, calls are
 * refused as `unavailable`, and `state` says `degraded`; afterwards each room goes on where it was.
 *
 * A server that was restarted, or a replica that took over, may have lost what came last: each stream gets a new epoch
 * there, and keeps in mind up to where the earlier ones are left. Whoever was no further goes on; the others are told.
 *
 * Limits. What Redis acknowledged and lost is lost: with `appendfsync everysec`, or when a replica takes over, that may
 * be a second. Whether it may have lost something is known by the `master_replid` of `INFO replication`, which the user
 * has to be allowed (`+info`). A room that keeps no history, and what is volatile, cannot be read later: what goes on
 * while a node is cut off is missed. A user's share (`history.maxBytesPerUser`) is counted after each publication, and
 * flows off within `history.maxAgeMs`: a user may come to hold twice as much, and what is on its way at that moment; over
 * it the user is refused as `rate_limited`. `history.maxTotalBytes` does not count here: give Redis a `maxmemory` and a
 * `volatile-…` policy. Every key has a time to live, and a stream of which a part was evicted begins a new epoch.
 */
export class RedisBackplane extends Backplane {
  readonly #redis: RedisConnections;
  readonly #streams: Streams;
  readonly #queue: PublishQueue | undefined;
  readonly #feeds = new Map<RoomName, RoomSubscription>();
  readonly #deliveries = new Subject<Delivery>();
  readonly #resets = new Subject<Reset>();
  readonly #renewals = new Subject<Renewal>();
  #retention: Pick<Retention, 'limitsOf' | 'maxBytesPerUser'> = {
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
  };
  #closed = false;

  override readonly deliveries = this.#deliveries.asObservable();
  override readonly resets = this.#resets.asObservable();
  override readonly renewals = this.#renewals.asObservable();
  override readonly state;

  /**
   * @param redis connections, or how to make them; they end with the backplane
   * @throws Error for options that cannot work
   */
  constructor(redis: RedisConnections | RedisConnectionsOptions, { waiting }: RedisBackplaneOptions = {}) {
    super();
    this.#redis = redis instanceof RedisConnections ? redis : new RedisConnections(redis);
    this.#streams = new Streams(this.#redis, () => this.#retention);
    this.#queue = waiting && new PublishQueue(resolveWaiting(waiting), this.#streams, this.#redis.state);
    this.state = this.#redis.state;
  }

  /** Connects, too. */
  override configure(retention: Retention): void {
    this.#retention = retention;
    void this.#redis.open();
  }

  override async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    this.#checkOpen();
    const isKept = publication.delivery === 'reliable' && this.#retention.limitsOf(room).maxPublications > 0;
    if (this.#queue && isKept) return this.#queue.publish(room, publication);
    return this.#streams.publish(room, publication);
  }

  override checkShare(user: string): void {
    this.#streams.shares.check(user);
  }

  override async subscribe(room: RoomName): Promise<StreamPosition> {
    this.#checkOpen();
    this.#feeds.get(room)?.end();
    const feed = new RoomSubscription(room, this.#streams, this.#events);
    this.#feeds.set(room, feed);
    try {
      await this.#redis.subscribe(this.#streams.channel(room), feed);
      return await feed.begin();
    } catch (error) {
      if (this.#feeds.get(room) === feed) await this.unsubscribe(room);
      throw error;
    }
  }

  override async unsubscribe(room: RoomName): Promise<void> {
    const feed = this.#feeds.get(room);
    await this.#redis.subscriber.unsubscribe(this.#streams.channel(room));
    feed?.end();
    if (this.#feeds.get(room) === feed) this.#feeds.delete(room);
  }

  override async read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    this.#checkOpen();
    if (maxBytes !== undefined) return (await this.#streams.read(room, since, maxBytes)).publications;
    const publications: StoredPublication[] = [];
    let end = Infinity;
    for (let { offset } = since; offset < end; offset = since.offset + publications.length) {
      const stretch = await this.#streams.read(room, { epoch: since.epoch, offset });
      publications.push(...stretch.publications);
      // What comes while this reads is delivered.
      end = Math.min(end, stretch.last);
    }
    return publications;
  }

  override async locate(room: RoomName, position: StreamPosition): Promise<StreamPosition> {
    this.#checkOpen();
    const { epoch, left } = await this.#streams.end(room, position);
    // Also where it is lost: who loads its state anew is to do so once, at a place of this epoch.
    await this.#feeds.get(room)?.reach(epoch);
    if (position.offset > left) throw new StreamGap('lost');
    return { epoch, offset: position.offset };
  }

  override async page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    this.#checkOpen();
    return this.#streams.page(room, request);
  }

  override async kept(room: RoomName): Promise<StreamUsage> {
    this.#checkOpen();
    return this.#streams.kept(room);
  }

  override async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const feed of this.#feeds.values()) feed.end();
    this.#queue?.close();
    await this.#redis.close();
    this.#deliveries.complete();
    this.#resets.complete();
    this.#renewals.complete();
  }

  readonly #events: FeedEvents = {
    delivery: (delivery) => this.#deliveries.next(delivery),
    reset: (reset) => this.#resets.next(reset),
    renewal: (renewal) => this.#renewals.next(renewal),
    stuck: (room) => this.#redis.subscriber.renew(this.#streams.channel(room)),
  };

  #checkOpen(): void {
    if (this.#closed) throw new RealtimeError('unavailable', 'The backplane is closed.');
  }
}
