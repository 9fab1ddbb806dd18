import type { ServerFrame } from '../protocol/frames';
import type { EventData, EventMeta, EventName } from './client-events';
import { Emitter, report } from './emitter';
import { toMeta } from './event-meta';
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
  /** Those that were handled, the oldest first. */
  readonly #known = new Set<string>();
  #queue: ServerFrame[] = [];
  #working = false;
  #listeners = 0;
  #connection = 0;
  /** Up to where this connection's messages are handled, and up to where the server was told. */
  #done = 0;
  #told = 0;
  #telling = false;
  /** One failed: to acknowledge what came behind it over this connection would be to acknowledge it too. */
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
    this.#connection++;
    this.#queue = [];
    this.#done = this.#told = 0;
    this.#stuck = this.#telling = false;
  }

  /** @internal */
  receive(frame: ServerFrame): void {
    if (!this.#listeners) return;
    this.#queue.push(frame);
    if (!this.#working) void this.#work();
  }

  /** One after the other: an acknowledgement is one of everything before it. */
  async #work(): Promise<void> {
    this.#working = true;
    for (let frame = this.#queue.shift(); frame; frame = this.#queue.shift()) {
      const connection = this.#connection;
      const handled = await this.#handle(frame);
      if (connection !== this.#connection) continue;
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
    this.#remember(frame.message_id);
    return true;
  }

  #remember(id: string): void {
    this.#known.add(id);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.values().next().value!);
  }

  /** One at a time, and cumulative: many messages are acknowledged by few frames. */
  #acknowledge(room: string): void {
    if (this.#telling || this.#stuck || this.#done <= this.#told) return;
    const connection = this.#connection;
    const offset = this.#done;
    this.#telling = true;
    const settled = (told: number): void => {
      if (connection !== this.#connection) return;
      this.#telling = false;
      this.#told = told;
    };
    this.requests.submit({
      type: 'received',
      data: { room, offset },
      bound: true,
      reply: () => {
        settled(offset);
        this.#acknowledge(room);
      },
      fail: () => settled(this.#told),
    });
  }
}
