import type { ServerFrame } from '../protocol/frames';
import type { EventData, EventMeta, EventName } from './client-events';
import { Emitter, report } from './emitter';
import { toMeta } from './event-meta';
import { RecentIds } from './recent-ids';
import type { Requests } from './requests';

/** Messages known by their id: as many as can wait, and then some. */
const MAX_KNOWN = 2_048;

/**
 * What is sent to this user, on whatever page or device: at once, or when the user is back. A message is acknowledged
 * when every listener is done with it, in the order in which they came, and comes again at the next connect until then.
 * Listen before you connect: without a listener nothing is acknowledged.
 */
export class Mailbox<Events> {
  readonly #emitter = new Emitter();
  /** Those that were handled. */
  readonly #known = new RecentIds(MAX_KNOWN);
  #queue: { readonly frame: ServerFrame; readonly stream: number }[] = [];
  #working = false;
  #listeners = 0;
  /** Counts on where offsets begin anew: with a connection, or with the stream. */
  #stream = 0;
  /** The stream's; before the server named one, that in which the connection began. */
  #epoch: string | undefined;
  /** Up to where this stream's messages are handled, and up to where the server was told. */
  #done = 0;
  #told = 0;
  #telling = false;
  /** One failed: to acknowledge what came behind it in this stream would be to acknowledge it too. */
  #stuck = false;

  constructor(private readonly requests: Requests) {}

  /**
   * A listener may return a promise: the message is handled when it resolves, and comes again when it rejects.
   * Returns what ends it.
   */
  on<Name extends EventName<Events>>(
    event: Name | '*',
    listener: (data: EventData<Events, Name>, meta: EventMeta) => unknown,
  ): () => void {
    const stop = this.#emitter.on(event, listener);
    this.#listeners++;
    return () => {
      this.#listeners--;
      stop();
    };
  }

  /** @internal The server begins anew with what is not acknowledged. */
  connected(): void {
    this.#queue = [];
    this.#begin(undefined);
  }

  /**
   * @internal The stream goes on under another epoch, or was reset: then what is not acknowledged comes again, under
   * other offsets.
   */
  renewed(epoch: string, isReset: boolean): void {
    if (isReset) this.#begin(epoch);
    else this.#epoch = epoch;
  }

  /** @internal */
  receive(frame: ServerFrame): void {
    if (!this.#listeners) return;
    this.#queue.push({ frame, stream: this.#stream });
    if (!this.#working) void this.#work();
  }

  #begin(epoch: string | undefined): void {
    this.#stream++;
    this.#epoch = epoch;
    this.#done = this.#told = 0;
    this.#stuck = this.#telling = false;
  }

  /** One after the other: an acknowledgement is one of everything before it. */
  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { frame, stream } = next;
      const handled = await this.#handle(frame);
      if (stream !== this.#stream) continue;
      this.#stuck ||= !handled;
      this.#done = Math.max(this.#done, frame.offset ?? 0);
      this.#acknowledge(frame.room!);
    }
    this.#working = false;
  }

  async #handle(frame: ServerFrame): Promise<boolean> {
    if (this.#known.has(frame.message_id)) return true;
    const meta = toMeta(frame);
    try {
      await this.#emitter.deliver(frame.type, frame.data, meta);
      await this.#emitter.deliver('*', frame.data, meta);
    } catch (error) {
      report(error);
      return false;
    }
    this.#known.add(frame.message_id);
    return true;
  }

  /** One at a time, and cumulative: many messages are acknowledged by few frames. */
  #acknowledge(room: string): void {
    if (this.#telling || this.#stuck || this.#done <= this.#told) return;
    const stream = this.#stream;
    const offset = this.#done;
    this.#telling = true;
    const settled = (told: number): void => {
      if (stream !== this.#stream) return;
      this.#telling = false;
      this.#told = told;
    };
    this.requests.submit({
      type: 'received',
      data: { room, offset, epoch: this.#epoch },
      bound: true,
      reply: () => {
        settled(offset);
        this.#acknowledge(room);
      },
      fail: () => settled(this.#told),
    });
  }
}
