import { randomBytes } from 'node:crypto';
import { Subject, Subscription } from 'rxjs';
import {
  Backplane,
  Delivery,
  MemoryBackplane,
  PageRequest,
  Publication,
  Renewal,
  Retention,
  StoredPublication,
  StreamPage,
} from '../../src';
import type { RoomName, StreamPosition } from '../../src';

/** A backplane that can lose all its streams, as one does whose server is restarted without its data. */
export class ForgetfulBackplane extends Backplane {
  readonly #deliveries = new Subject<Delivery>();
  readonly #renewals = new Subject<Renewal>();
  readonly #rooms = new Set<RoomName>();
  #memory = new MemoryBackplane();
  #forwarding = this.#forward();
  #retention: Retention | undefined;

  override readonly deliveries = this.#deliveries.asObservable();
  override readonly renewals = this.#renewals.asObservable();

  /** Every stream is gone; who is subscribed stays so. */
  async forget(): Promise<void> {
    this.#forwarding.unsubscribe();
    await this.#memory.close();
    this.#memory = new MemoryBackplane();
    if (this.#retention) this.#memory.configure(this.#retention);
    this.#forwarding = this.#forward();
    for (const room of this.#rooms) await this.#memory.subscribe(room);
  }

  /** Every stream goes on under another epoch. */
  async renew(): Promise<void> {
    const epoch = randomBytes(9).toString('base64url');
    for (const room of this.#rooms) {
      const { offset } = await this.#memory.subscribe(room);
      this.#renewals.next({ room, position: { epoch, offset }, left: offset });
    }
  }

  override configure(retention: Retention): void {
    this.#retention = retention;
    this.#memory.configure(retention);
  }

  override publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.#memory.publish(room, publication);
  }

  override subscribe(room: RoomName): Promise<StreamPosition> {
    this.#rooms.add(room);
    return this.#memory.subscribe(room);
  }

  override unsubscribe(room: RoomName): Promise<void> {
    this.#rooms.delete(room);
    return this.#memory.unsubscribe(room);
  }

  override read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    return this.#memory.read(room, since, maxBytes);
  }

  override page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    return this.#memory.page(room, request);
  }

  override close(): Promise<void> {
    return this.#memory.close();
  }

  #forward(): Subscription {
    return this.#memory.deliveries.subscribe((delivery) => this.#deliveries.next(delivery));
  }
}
