import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import { Backoff } from './backoff';
import { RealtimeClientError } from './client-error';
import type { ResolvedClientOptions } from './client.options';
import type { RoomSignals } from './client-events';
import { Timer } from './clock';
import { Position } from './position';
import type { Requests } from './requests';

export interface FollowingEvents {
  publication(frame: ServerFrame, replayed: boolean): void;
  signal<Name extends keyof RoomSignals>(name: Name, data: RoomSignals[Name]): void;
}

export interface Wish {
  readonly name: string;
  readonly password?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** Loads the application's state, and says where in the room's stream that stands. */
export type Loader = () => Promise<{ readonly position: StreamPosition; readonly show: () => void }>;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: RealtimeClientError) => void;
}

/**
 * A client's place in one room, kept over reconnects. `joining`: on the way in, or back to where something was missed;
 * what comes meanwhile is replayed behind the answer.
 */
export class Following {
  readonly #position = new Position();
  readonly #retry: Timer;
  readonly #backoff: Backoff;
  #phase: 'out' | 'joining' | 'in' = 'out';
  #wanted = false;
  /** The server has this connection in the room. */
  #member = false;
  /** It was in the room once: failures are not the application's any more. */
  #settled = false;
  /** Answers to earlier attempts are not looked at. */
  #attempt = 0;
  #load: Loader | undefined;
  #waiters: Waiter[] = [];

  constructor(
    private readonly wish: Wish,
    private readonly requests: Requests,
    private readonly link: { readonly ready: boolean },
    private readonly events: FollowingEvents,
    options: ResolvedClientOptions,
  ) {
    this.#retry = new Timer(options.clock);
    this.#backoff = new Backoff(options.backoff);
  }

  get joined(): boolean {
    return this.#phase === 'in';
  }

  /** On the way in: what only members may do had better wait. */
  get entering(): boolean {
    return this.#wanted && !this.#member;
  }

  get position(): StreamPosition | undefined {
    return this.#position.current;
  }

  join(): Promise<void> {
    if (this.#phase === 'in') return Promise.resolve();
    const joined = new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }));
    if (!this.#wanted) {
      this.#wanted = true;
      this.#start();
    }
    return joined;
  }

  /** Joins from where the loaded state stands; after a reset it is loaded again. */
  follow(load: Loader): Promise<void> {
    this.#load = load;
    this.#position.forget();
    if (this.#phase !== 'out' || this.#wanted) this.#start();
    return this.join();
  }

  /** Resolves when the server has it, or has lost the connection anyway. */
  leave(): Promise<void> {
    const tell = this.#wanted && this.link.ready;
    const { name } = this.wish;
    const error = new RealtimeClientError('closed', `${name} was left.`);
    if (this.#wanted) this.#out(error, {});
    if (!tell) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => resolve();
      this.requests.submit({ type: 'leave_room', data: { room: name }, bound: true, reply: done, fail: done });
    });
  }

  connected(): void {
    if (this.#wanted) this.#start();
  }

  disconnected(): void {
    this.#attempt++;
    this.#retry.clear();
    this.#member = false;
    if (this.#phase === 'in') this.#position.interrupted();
    if (this.#wanted) this.#phase = 'joining';
  }

  /** The client is closed: who waits for the room, waits in vain. The room is joined again if the client is used again. */
  closed(error: RealtimeClientError): void {
    this.#retry.clear();
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    if (!this.#settled) this.#wanted = false;
  }

  receive(frame: ServerFrame): void {
    if (frame.offset === undefined) {
      if (this.#member) this.events.publication(frame, false);
    } else if (this.#phase === 'in') this.#take(frame, frame.offset);
  }

  /** The stream can be followed only from here. */
  reset({ epoch, offset }: StreamPosition): void {
    if (!this.#member) return;
    this.#restart({ epoch, offset });
  }

  /** The stream goes on under another epoch; nothing was missed. */
  renewed({ epoch }: StreamPosition): void {
    if (this.#member) this.#position.renew(epoch);
  }

  /** The server took the client out of the room. */
  evicted({ code, message = '' }: ServerFrameData['room_left']): void {
    if (!this.#wanted) return;
    const error = new RealtimeClientError((code ?? 'not_member') as RealtimeClientError['code'], message);
    this.#out(error, { error });
  }

  #take(frame: ServerFrame, offset: number): void {
    const place = this.#position.place(offset);
    if (place === 'behind') return;
    if (place === 'hole') {
      this.#position.interrupted();
      return this.#start();
    }
    const attempt = this.#attempt;
    const replayed = this.#position.advance(offset);
    if (frame.type !== 'omitted') this.events.publication(frame, replayed);
    if (attempt === this.#attempt) this.#tellRecovered();
  }

  #tellRecovered(): void {
    const replayed = this.#position.recovered();
    if (replayed !== undefined) this.events.signal('recovered', { replayed });
  }

  #start(): void {
    const attempt = ++this.#attempt;
    this.#retry.clear();
    this.#phase = 'joining';
    if (!this.link.ready) return;
    const since = this.#position.current;
    if (this.#load && !since) void this.#loadAndJoin(this.#load, attempt);
    else this.#join(attempt, since);
  }

  async #loadAndJoin(load: Loader, attempt: number): Promise<void> {
    try {
      const { position, show } = await load();
      if (attempt !== this.#attempt) return;
      show();
      this.#position.set(position);
      this.#join(attempt, position, true);
    } catch (error) {
      if (attempt === this.#attempt) this.#failed(error as RealtimeClientError, !this.#settled);
    }
  }

  /** `fresh`: what is loaded, and cannot have missed anything where the room is still there. */
  #join(attempt: number, since: StreamPosition | undefined, fresh = false): void {
    const { name: room, password, meta } = this.wish;
    this.requests.submit({
      type: 'join_room',
      data: { room, since, password, meta },
      bound: true,
      // The server answers every frame; whether it is still there is the heartbeat's question.
      timeoutMs: Infinity,
      reply: ({ data }) => {
        if (attempt === this.#attempt) this.#joined(data as ServerFrameData['room_joined'], since, fresh);
      },
      fail: (error) => {
        if (attempt === this.#attempt) this.#failed(error, !this.#settled || !mayPass(error));
      },
    });
  }

  #joined(
    { epoch, offset, recovered }: ServerFrameData['room_joined'],
    since: StreamPosition | undefined,
    fresh: boolean,
  ): void {
    const end = { epoch, offset };
    const missed = since && !recovered && !(fresh && since.epoch === epoch && since.offset === offset);
    this.#member = true;
    this.requests.flush();
    if (missed && this.#load) return this.#restart(end);
    this.#backoff.reset();
    this.#phase = 'in';
    this.#settled = true;
    if (!recovered) this.#position.set(end);
    else this.#position.resume(end);
    const attempt = this.#attempt;
    for (const { resolve } of this.#waiters.splice(0)) resolve();
    this.events.signal('joined', { position: end, recovered });
    if (attempt !== this.#attempt) return;
    if (missed) this.events.signal('reset', { position: end });
    else this.#tellRecovered();
  }

  /** What was there is not to be had any more. With a loader it is loaded anew, not by all clients at once. */
  #restart(position: StreamPosition): void {
    if (this.#load) {
      this.#attempt++;
      this.#phase = 'joining';
      this.#position.forget();
      this.#retry.set(this.#backoff.next(), () => this.#start());
    } else this.#position.set(position);
    this.events.signal('reset', { position });
  }

  #failed(error: RealtimeClientError, forGood: boolean): void {
    if (forGood) return this.#out(error, { error });
    this.#retry.set(error.retryAfterMs ?? this.#backoff.next(), () => this.#start());
    this.events.signal('error', error);
  }

  #out(error: RealtimeClientError, left: RoomSignals['left']): void {
    const told = this.#settled;
    this.#attempt++;
    this.#retry.clear();
    this.#wanted = this.#member = this.#settled = false;
    this.#phase = 'out';
    this.#position.forget();
    this.#load = undefined;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    this.requests.flush();
    if (told) this.events.signal('left', left);
  }
}

/** `processing_error` says that the server failed, not that it would again. */
function mayPass({ retryable, code }: RealtimeClientError): boolean {
  return retryable || code === 'processing_error';
}
