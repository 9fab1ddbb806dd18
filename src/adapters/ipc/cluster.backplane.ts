import cluster from 'node:cluster';
import { Subject } from 'rxjs';
import { RealtimeError } from '../../protocol/errors';
import type { StreamPosition } from '../../protocol/position';
import type { RoomName } from '../../protocol/room-name';
import {
  Backplane,
  Delivery,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamPage,
} from '../../publishing/backplane';
import { copyPublication } from '../../publishing/publication.codec';
import { ClusterBackplaneOptions, resolveBackplane } from './cluster.options';
import { fromFailure } from './failure';
import { Answer, Answers, Call, ClusterMessage, messageOf, News } from './messages';
import { MessageBatcher } from './message-batcher';
import { DEFAULT_LIMITS } from './room-limits';
import { PendingCalls } from './pending-calls';
import { uniqueId } from '../../protocol/unique-id';

/** A call but for what every call about a room has. */
type Asked<Op extends Call['op']> = Omit<Extract<Call, { op: Op }>, 'id' | 'room' | 'limits'>;

/**
 * Many cores of one machine: the processes of a `node:cluster` share one port, and their rooms through the primary.
 *
 * ```ts
 * if (cluster.isPrimary) {
 *   cluster.setupPrimary({ serialization: 'advanced' });
 *   serveClusterBackplane();
 *   for (let i = 0; i < availableParallelism(); i++) cluster.fork();
 *   let stopping = false;
 *   cluster.on('exit', () => stopping || cluster.fork());
 *   process.on('SIGTERM', () => {
 *     stopping = true; // and end after the workers: with their primary they would end at once, without their drain
 *     for (const worker of Object.values(cluster.workers!)) worker!.process.kill('SIGTERM');
 *   });
 * } else {
 *   const app = await NestFactory.create(AppModule); // RealtimeModule.forRoot({ backplane: new ClusterBackplane(), … })
 *   app.useWebSocketAdapter(new RealtimeWsAdapter(app));
 *   app.enableShutdownHooks();
 *   await app.listen(3000);
 * }
 * ```
 * The primary must not make the backplane: `RealtimeModule.forRootAsync`, or an `AppModule` only the workers import.
 *
 * The primary holds the streams: they outlive a worker, and are lost when the primary ends, with all its workers. It
 * learns what a room may keep from the workers: each call brings its room's limits, as this process' options resolve
 * them, so that no function has to travel; whoever called last is right.
 *
 * A call is rejected as `unavailable` when the primary is gone or does not answer in time, or when too many wait. One
 * that was sent may have taken effect; publish again with the same id. A worker that does not take its publications is
 * killed by the primary (`maxQueuedBytes`), so that its clients resume elsewhere instead of missing something.
 *
 * What else the module knows stays in each process: replies kept for a repeated `message_id`, rate limits per user, the
 * limits on connections and members, and `RoomsService`, which counts, evicts and disconnects what this process holds.
 * With `backplane: redis({ url })` instead, all but the limits on connections and members is shared.
 *
 * By default the primary accepts all connections and hands them on over the channels that carry the publications.
 * `cluster.schedulingPolicy = cluster.SCHED_NONE`, before the first fork, lets the workers accept for themselves.
 * One connection on its way to a worker that dies is lost without a word, as Node neither hands it on nor closes it: its
 * client hears nothing until its own time-out (the SDK's `connectTimeoutMs`, 10 s), and gets in with the next attempt.
 * Workers that accept for themselves are not handed any.
 */
export class ClusterBackplane extends Backplane {
  readonly #node = uniqueId(12);
  readonly #unanswered: PendingCalls;
  readonly #post = new MessageBatcher<Call>((calls) => this.#send({ kind: 'realtime.calls', node: this.#node, calls }));
  readonly #deliveries = new Subject<Delivery>();
  #retention: Pick<Retention, 'limitsOf'> = { limitsOf: () => DEFAULT_LIMITS };
  /** Why no call can be made any more. */
  #ended: string | undefined;
  #closing: Promise<void> | undefined;

  override readonly deliveries = this.#deliveries.asObservable();

  /** @throws Error outside of a cluster's worker, and in a cluster whose messages cannot carry bytes */
  constructor(options: ClusterBackplaneOptions = {}) {
    super();
    checkProcess();
    this.#unanswered = new PendingCalls(resolveBackplane(options));
    process.on('message', this.#receive);
    process.once('disconnect', this.#disconnected);
    if (!process.connected) this.#disconnected();
  }

  override configure(retention: Retention): void {
    this.#retention = retention;
    if (this.#ended !== undefined) return;
    // Whatever fails this fails the calls that follow, and those have somebody to tell.
    const { maxTotalBytes, maxBytesPerUser } = retention;
    this.#call({ op: 'configure', bounds: { maxTotalBytes, maxBytesPerUser } }).catch(() => undefined);
  }

  override publish(room: RoomName, publication: Publication): Promise<StreamPosition> {
    const call = { op: 'publish' as const, publication: copyPublication(publication) };
    return this.#ask<'publish'>(room, call, publication.body.length);
  }

  override subscribe(room: RoomName): Promise<StreamPosition> {
    return this.#ask<'subscribe'>(room, { op: 'subscribe' });
  }

  override unsubscribe(room: RoomName): Promise<void> {
    return this.#ask<'unsubscribe'>(room, { op: 'unsubscribe' });
  }

  override read(room: RoomName, since: StreamPosition, maxBytes?: number): Promise<readonly StoredPublication[]> {
    const { epoch, offset } = since;
    return this.#ask<'read'>(room, { op: 'read', since: { epoch, offset }, maxBytes });
  }

  override page(room: RoomName, { before, limit, maxBytes }: PageRequest): Promise<StreamPage> {
    return this.#ask<'page'>(room, { op: 'page', request: { before, limit, maxBytes } });
  }

  /** Resolves when the calls made before are answered and the primary has forgotten this process' subscriptions. */
  override close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #ask<Op extends Call['op']>(room: RoomName, call: Asked<Op>, bytes = 0): Promise<Answers[Op]> {
    if (this.#ended !== undefined) {
      throw new RealtimeError('unavailable', undefined, { cause: new Error(this.#ended) });
    }
    this.#unanswered.checkLimits(bytes);
    const { maxPublications, maxAgeMs, maxBytes } = this.#retention.limitsOf(room);
    const limits = { maxPublications, maxAgeMs, maxBytes };
    const answer = await this.#call({ ...call, room, limits }, bytes);
    return answer as Answers[Op];
  }

  #call(call: object, bytes = 0): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.#unanswered.add(bytes, resolve, reject);
      this.#post.add({ ...call, id } as Call);
    });
  }

  #send(message: ClusterMessage): void {
    // A channel that is closed says so by its disconnect.
    process.send!(message, undefined, undefined, () => undefined);
  }

  readonly #receive = (arrived: unknown): void => {
    const message = messageOf('realtime.news', arrived);
    if (message?.node === this.#node) for (const news of message.news) this.#take(news);
  };

  #take(news: News): void {
    if (news.about === 'delivery') return this.#deliveries.next(news.delivery);
    const waiting = this.#unanswered.take(news.id);
    if (news.about === 'answer') waiting?.resolve(news.answer);
    else waiting?.reject(fromFailure(news.failure));
  }

  readonly #disconnected = (): void => {
    this.#ended ??= 'the primary is gone';
    this.#unanswered.end(this.#ended);
  };

  async #close(): Promise<void> {
    const gone = this.#ended !== undefined;
    this.#ended ??= 'the backplane is closed';
    // Answered after everything before it.
    if (!gone) await this.#call({ op: 'leave' }).catch(() => undefined);
    this.#unanswered.end(this.#ended);
    process.off('message', this.#receive);
    process.off('disconnect', this.#disconnected);
    this.#deliveries.complete();
  }
}

/** @throws Error */
function checkProcess(): void {
  if (!cluster.isWorker || !process.send) {
    throw new Error(
      'ClusterBackplane: this process is no worker of a cluster. Start it with cluster.fork() from a primary that ' +
        'calls serveClusterBackplane(), or leave the backplane option out.',
    );
  }
  try {
    // JSON has no way to write this number: a channel that would turn the publications' bytes into text fails here.
    process.send({ kind: 'realtime.hello', bytes: 0n }, undefined, undefined, () => undefined);
  } catch (cause) {
    const hint = "Call cluster.setupPrimary({ serialization: 'advanced' }) in the primary, before it forks.";
    throw new Error(`ClusterBackplane: this cluster's messages are JSON, which cannot carry bytes. ${hint}`, { cause });
  }
}
