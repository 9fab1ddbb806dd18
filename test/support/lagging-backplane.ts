import { Subject } from 'rxjs';
import {
  Backplane,
  Delivery,
  MemoryBackplane,
  PageRequest,
  Publication,
  RealtimeError,
  Retention,
  RoomName,
  StoredPublication,
  StreamGap,
  StreamPage,
  StreamPosition,
} from '../../src';

export type Line = 'requests' | 'answers' | 'deliveries';
export type Call = 'publish' | 'subscribe' | 'unsubscribe' | 'read' | 'page';

/**
 * The memory backplane at the far end of a network. Requests, answers and deliveries travel on three lines, each in
 * order, but not in step with each other: an answer may overtake a delivery made before it, and the other way round.
 * A line that is held keeps what it carries until it is told to go on.
 */
export class LaggingBackplane extends Backplane {
  readonly #deliveries = new Subject<Delivery>();
  readonly #held = new Set<Line>();
  readonly #lines: Record<Line, (() => void)[]> = { requests: [], answers: [], deliveries: [] };
  readonly #failing = new Set<Call>();
  readonly #subscribed = new Set<RoomName>();
  #store = this.#newStore();
  #retention: Retention | undefined;

  override readonly deliveries = this.#deliveries.asObservable();
  /** Positions that could not be recovered, as `room epoch offset`. */
  readonly gaps = new Set<string>();

  /** @param mostRead how many publications one call reads */
  constructor(private readonly mostRead = Infinity) {
    super();
  }

  override configure(retention: Retention): void {
    this.#retention = retention;
    this.#store.configure(retention);
  }

  override publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.#call('publish', () => this.#store.publish(room, publication));
  }

  /** First it listens, which is confirmed in line with the deliveries; then it asks where the stream ends. */
  override async subscribe(room: RoomName): Promise<StreamPosition> {
    await this.#call('subscribe', async () => {
      this.#subscribed.add(room);
      await this.#store.subscribe(room);
      await new Promise<void>((confirmed) => this.#carry('deliveries', confirmed));
    });
    return this.#call('subscribe', () => this.endOf(room));
  }

  override unsubscribe(room: RoomName): Promise<void> {
    return this.#call('unsubscribe', () => {
      this.#subscribed.delete(room);
      return this.#store.unsubscribe(room);
    });
  }

  override read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    return this.#call('read', () =>
      this.#store.read(room, since, maxBytes).then(
        (publications) => publications.slice(0, this.mostRead),
        (error: unknown) => {
          if (error instanceof StreamGap) this.gaps.add(`${room} ${since.epoch} ${since.offset}`);
          throw error;
        },
      ),
    );
  }

  override page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    return this.#call('page', () => this.#store.page(room, request));
  }

  override async close(): Promise<void> {
    await this.#store.close();
  }

  hold(...lines: Line[]): void {
    for (const line of lines) this.#held.add(line);
  }

  /** Lets one thing through on a line; false when there is none. */
  advance(line: Line): boolean {
    const next = this.#lines[line].shift();
    next?.();
    return next !== undefined;
  }

  /** Lets these lines, or all, go on. */
  release(...lines: Line[]): void {
    for (const line of lines.length ? lines : (['requests', 'answers', 'deliveries'] as const)) {
      this.#held.delete(line);
      while (this.advance(line));
    }
  }

  /** How many things wait on a line. */
  waiting(line: Line): number {
    return this.#lines[line].length;
  }

  /** Loses the deliveries that are under way, which no backplane should. */
  loseDeliveries(): void {
    this.#lines.deliveries.length = 0;
  }

  /** The next call of this name is refused as `unavailable`, and has no effect. */
  failNext(call: Call): void {
    this.#failing.add(call);
  }

  /** The far end loses everything it kept, though not who listens. */
  loseStreams(): void {
    this.#store = this.#newStore();
    for (const room of this.#subscribed) void this.#store.subscribe(room);
  }

  /** Where the stream really ends. */
  async endOf(room: RoomName): Promise<StreamPosition> {
    return (await this.#store.page(room, { limit: 1, maxBytes: 1 })).position;
  }

  #call<T>(call: Call, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#carry('requests', () => {
        const failed = this.#failing.delete(call);
        const result = failed ? Promise.reject(new RealtimeError('unavailable', `${call} failed`)) : work();
        result.catch(() => undefined);
        this.#carry('answers', () => void result.then(resolve, reject));
      });
    });
  }

  #carry(line: Line, item: () => void): void {
    this.#lines[line].push(item);
    if (!this.#held.has(line)) while (this.advance(line));
  }

  #newStore(): MemoryBackplane {
    const store = new MemoryBackplane();
    if (this.#retention) store.configure(this.#retention);
    store.deliveries.subscribe((delivery) => {
      if (store === this.#store) this.#carry('deliveries', () => this.#deliveries.next(delivery));
    });
    return store;
  }
}
