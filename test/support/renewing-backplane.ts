import { map, Subject } from 'rxjs';
import { Backplane, Delivery, PageRequest, Publication, Renewal, Retention, StreamGap, StreamPage } from '../../src';
import type { RoomName, StoredPublication, StreamPosition } from '../../src';
import { LaggingBackplane } from './lagging-backplane';

/** A lagging backplane with one room of interest, whose stream goes on under another epoch when a test wants it. */
export class RenewingBackplane extends Backplane {
  readonly lagging = new LaggingBackplane();
  readonly #renewals = new Subject<Renewal>();
  #generation = 0;
  #delivered = 0;

  override readonly renewals = this.#renewals.asObservable();
  override readonly deliveries = this.lagging.deliveries.pipe(map((delivery) => this.#passed(delivery)));

  /** What was published last, above `left`, is lost. */
  renew(room: RoomName, epoch: string, left: number): string {
    this.#generation++;
    const position = { epoch: this.#shown(epoch), offset: this.#delivered };
    this.#renewals.next({ room, position, left });
    return position.epoch;
  }

  override configure(retention: Retention): void {
    this.lagging.configure(retention);
  }

  override async publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    return this.#here(await this.lagging.publish(room, publication));
  }

  override async subscribe(room: RoomName): Promise<StreamPosition> {
    return this.#here(await this.lagging.subscribe(room));
  }

  override unsubscribe(room: RoomName): Promise<void> {
    return this.lagging.unsubscribe(room);
  }

  override async read(room: RoomName, since: StreamPosition): Promise<readonly StoredPublication[]> {
    const epoch = since.epoch.split('+')[0];
    if (this.#shown(epoch) !== since.epoch) throw new StreamGap('another epoch');
    return this.lagging.read(room, { epoch, offset: since.offset });
  }

  override async page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    const page = await this.lagging.page(room, request);
    return { ...page, position: this.#here(page.position) };
  }

  override close(): Promise<void> {
    return this.lagging.close();
  }

  #passed(delivery: Delivery): Delivery {
    if (delivery.room.startsWith('project:')) this.#delivered = delivery.offset ?? this.#delivered;
    return { ...delivery, epoch: this.#shown(delivery.epoch) };
  }

  #here({ epoch, offset }: StreamPosition): StreamPosition {
    return { epoch: this.#shown(epoch), offset };
  }

  #shown(epoch: string): string {
    return this.#generation ? `${epoch}+${this.#generation}` : epoch;
  }
}
