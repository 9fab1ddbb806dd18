import { map, Observable } from 'rxjs';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import {
  Backplane,
  BackplaneState,
  Delivery,
  StreamUsage,
  PageRequest,
  Publication,
  Renewal,
  Reset,
  Retention,
  StoredPublication,
  StreamPage,
} from '../../publishing/backplane';
import { OpenTelemetry, openTelemetry } from './open-telemetry';
import { isTraced, traceOf, withoutTrace, withTrace } from './traced-body';
import { toTraceparent } from './traceparent';

/**
 * Another backplane, whose publications carry the trace they belong to: within their bodies, so that it needs no word of
 * its own between nodes, and nodes of any version, streams and databases pass it on.
 */
export class TracedBackplane extends Backplane {
  override readonly deliveries: Observable<Delivery>;
  override readonly resets: Observable<Reset>;
  override readonly renewals: Observable<Renewal>;
  override readonly endsWithProcess: boolean;
  override readonly state: Observable<BackplaneState>;
  /** What is delivered, with its trace. */
  readonly traced: Observable<Delivery>;
  readonly #api: OpenTelemetry | undefined = openTelemetry();

  constructor(
    private readonly inner: Backplane,
    /** Whether clients see it. */
    private readonly frames: boolean,
  ) {
    super();
    this.resets = inner.resets;
    this.renewals = inner.renewals;
    this.endsWithProcess = inner.endsWithProcess;
    this.state = inner.state;
    this.traced = inner.deliveries;
    this.deliveries = inner.deliveries.pipe(map((delivery) => this.#delivered(delivery)));
  }

  override publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    const traceparent = this.#current();
    if (traceparent === undefined) return this.inner.publish(room, publication);
    return this.inner.publish(room, { ...publication, body: withTrace(publication.body, traceparent) });
  }

  override subscribe(room: RoomName): Promise<StreamPosition> {
    return this.inner.subscribe(room);
  }

  override unsubscribe(room: RoomName): Promise<void> {
    return this.inner.unsubscribe(room);
  }

  override async read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    return (await this.inner.read(room, since, maxBytes)).map((publication) => this.#shown(publication));
  }

  override locate(room: RoomName, position: StreamPosition): Promise<StreamPosition> {
    return this.inner.locate(room, position);
  }

  override async page(room: RoomName, request: PageRequest): Promise<StreamPage> {
    const page = await this.inner.page(room, request);
    return { ...page, publications: page.publications.map((publication) => this.#shown(publication)) };
  }

  override kept(room: RoomName): Promise<StreamUsage | undefined> {
    return this.inner.kept(room);
  }

  override checkShare(user: string): void {
    this.inner.checkShare(user);
  }

  override configure(retention: Retention): void {
    this.inner.configure(retention);
  }

  override close(): Promise<void> {
    return this.inner.close();
  }

  #delivered(delivery: Delivery): Delivery {
    const publication = this.#shown(delivery.publication);
    return publication === delivery.publication ? delivery : { ...delivery, publication };
  }

  #shown<Shown extends Publication>(publication: Shown): Shown {
    const { body } = publication;
    if (!isTraced(body) || (this.frames && traceOf(body))) return publication;
    return { ...publication, body: withoutTrace(body) };
  }

  /** Of what runs now. */
  #current(): string | undefined {
    const span = this.#api?.trace.getSpanContext(this.#api.context.active());
    return span && toTraceparent(span);
  }
}
