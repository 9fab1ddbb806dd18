import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import { type ClientErrorCode, RealtimeClientError } from './client-error';
import type { ResolvedClientOptions } from './client.options';
import { Timer } from './clock';
import { MessageIds } from './message-ids';
import { Pace } from './pace';

export interface Command {
  readonly type: string;
  readonly data?: unknown;
  readonly messageId?: string;
  /** Milliseconds; `Infinity` for as long as the connection, or the client, is there. */
  readonly timeoutMs?: number;
  /** Only of use over the connection that is here now: it is not kept for another one. */
  readonly bound?: boolean;
  /** It waits as long as this says so, and lets others pass. */
  readonly held?: () => boolean;
  /** The frame that answers it; before the frame behind that one is looked at. */
  reply(frame: ServerFrame): void;
  fail(error: RealtimeClientError): void;
}

interface Pending {
  readonly command: Command;
  readonly id: string;
  readonly text: string;
  /** What was asked before has a smaller one. */
  readonly place: number;
  readonly timer: Timer;
  sentAt: number | undefined;
}

export interface Outgoing {
  readonly ready: boolean;
  send(text: string): void;
}

/** A server knows a `message_id` for 5 minutes: what was sent longer ago than this is not sent again, milliseconds. */
const MAX_REPEAT_MS = 240_000;
/** Requests that wait for their turn while connected. */
const MAX_WAITING = 1_000;
/** Refused for the rate, and asked to wait no longer than this: it is sent again without bothering anybody. */
const MAX_PATIENCE_MS = 1_000;

/** What was asked and not answered yet: in the order asked, over as many connections as it takes. */
export class Requests {
  readonly #ids = new MessageIds();
  readonly #pace: Pace;
  readonly #next: Timer;
  /** Sent over this connection. */
  readonly #sent = new Map<string, Pending>();
  #waiting: Pending[] = [];
  #maxBytes = Infinity;
  #places = 0;

  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly outgoing: Outgoing,
  ) {
    this.#pace = new Pace(options.rate);
    this.#next = new Timer(options.clock);
  }

  submit(command: Command): void {
    const { type, data, messageId = this.#ids.next(), bound, timeoutMs = this.options.requestTimeoutMs } = command;
    const text = JSON.stringify({ type, data, message_id: messageId });
    const timer = new Timer(this.options.clock);
    const pending: Pending = { command, id: messageId, text, place: ++this.#places, timer, sentAt: undefined };
    const refusal = this.#refusal(pending, bound);
    if (refusal) return queueMicrotask(() => command.fail(refusal));
    if (timeoutMs !== Infinity) timer.set(timeoutMs, () => this.#timeOut(pending));
    this.#waiting.push(pending);
    this.flush();
  }

  /** Sends what may be sent: after anything that holds a command has changed. */
  flush(): void {
    while (this.outgoing.ready) {
      const next = this.#waiting.findIndex(({ command }) => !command.held?.());
      if (next < 0) return;
      const waitMs = this.#pace.take(this.options.clock.now());
      if (waitMs > 0) return this.#next.set(waitMs, () => this.flush());
      this.#send(this.#waiting.splice(next, 1)[0]);
    }
  }

  /** False when it answers nothing that is asked here. */
  settle(frame: ServerFrame): boolean {
    const pending = this.#sent.get(frame.reply_to!);
    if (!pending) return false;
    this.#sent.delete(pending.id);
    if (frame.type === 'error' || frame.type === 'auth_failed') this.#fail(pending, frame);
    else {
      pending.timer.clear();
      pending.command.reply(frame);
    }
    return true;
  }

  /** There is another connection: `first` may submit what goes before all that waits. */
  resume(maxBytes: number, first: () => void): void {
    const kept = this.#waiting;
    this.#waiting = [];
    this.#maxBytes = maxBytes;
    this.#pace.reset();
    this.#next.clear();
    first();
    this.#waiting.push(...kept);
    this.flush();
  }

  /** The connection is gone: what it was asked comes first over the next one. */
  suspend(): void {
    const all = [...this.#sent.values(), ...this.#waiting];
    this.#sent.clear();
    this.#next.clear();
    this.#waiting = all.filter(({ command }) => !command.bound);
    for (const pending of all)
      if (pending.command.bound) this.#giveUp(pending, 'disconnected', 'The connection ended.');
  }

  /** Nothing will be answered any more. */
  close(): void {
    this.suspend();
    for (const pending of this.#waiting.splice(0)) this.#giveUp(pending, 'closed', 'The client is closed.');
  }

  #refusal({ id }: Pending, bound = false): RealtimeClientError | undefined {
    const { ready } = this.outgoing;
    const max = ready ? MAX_WAITING : this.options.offlineQueue;
    if (!ready && (bound || max === 0)) {
      return failure(bound ? 'disconnected' : 'offline', 'There is no connection.', id);
    }
    if (this.#waiting.length >= max) return failure('queue_full', `${max} requests wait already.`, id);
  }

  /** The server would end the connection for good. */
  #tooLarge(text: string, id: string): RealtimeClientError | undefined {
    const max = this.#maxBytes;
    if (text.length * 3 <= max || new TextEncoder().encode(text).length <= max) return undefined;
    return failure('payload_too_large', `The server takes frames of ${max} bytes.`, id);
  }

  #send(pending: Pending): void {
    const now = this.options.clock.now();
    pending.sentAt ??= now;
    if (now - pending.sentAt > MAX_REPEAT_MS) return this.#timeOut(pending);
    // This server may take less than the one before, or it is the first.
    const tooLarge = this.#tooLarge(pending.text, pending.id);
    if (tooLarge) return this.#reject(pending, tooLarge);
    this.#sent.set(pending.id, pending);
    this.outgoing.send(pending.text);
  }

  #fail(pending: Pending, { data }: ServerFrame): void {
    const error = RealtimeClientError.of(data as ServerFrameData['error'], pending.id);
    const { code, retryAfterMs = Infinity } = error;
    if (code === 'rate_limited' && retryAfterMs <= MAX_PATIENCE_MS) {
      // It was not executed: it goes before what was asked later.
      const at = this.#waiting.findIndex(({ place }) => place > pending.place);
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, pending);
      this.#pace.refused(retryAfterMs);
      return this.flush();
    }
    this.#reject(pending, error);
  }

  #timeOut(pending: Pending): void {
    this.#sent.delete(pending.id);
    this.#waiting = this.#waiting.filter((each) => each !== pending);
    this.#giveUp(pending, 'timeout', `${pending.command.type} was not answered in time.`);
  }

  #giveUp(pending: Pending, code: ClientErrorCode, message: string): void {
    this.#reject(pending, failure(code, message, pending.id));
  }

  #reject({ command, timer }: Pending, error: RealtimeClientError): void {
    timer.clear();
    command.fail(error);
  }
}

function failure(code: RealtimeClientError['code'], message: string, messageId: string): RealtimeClientError {
  return new RealtimeClientError(code, message, { messageId });
}
