import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import { userRoom } from '../protocol/room-name';
import { RealtimeClientError } from './client-error';
import type { EventData, EventMeta, EventName } from './client-events';
import { type RealtimeClientOptions, type ResolvedClientOptions, resolveOptions } from './client.options';
import { Emitter } from './emitter';
import { toMeta } from './event-meta';
import { type ClientState, Link, type StateChange } from './link';
import { Mailbox } from './mailbox';
import { Renewal } from './renewal';
import { type Command, Requests } from './requests';
import { RealtimeRoom, type RoomContext, type RoomOptions } from './room';
import type { Login } from './session';

/** Frames that name their room in `data`. */
const ABOUT_A_ROOM = ['room_reset', 'room_renewed', 'room_left'];
/** What becomes of the connection, and what goes wrong without being anybody's answer. */
export type ClientSignals = { readonly [State in Exclude<ClientState, 'idle'>]: StateChange } & {
  /** Every change of the state. */
  readonly state: StateChange;
  /** A refused token, an error of the server's that answers no request. What can be tried again is. */
  readonly error: unknown;
};

export interface RequestOptions {
  /** Milliseconds. @default the option `requestTimeoutMs` */
  readonly timeoutMs?: number;
  /** 1..64 characters of `A-Za-z0-9_-`: what is sent twice with the same one is executed once. @default a new one */
  readonly messageId?: string;
}

/** A server's events in a browser or in Node, over a connection that is kept for as long as it is wanted. */
export class RealtimeClient<Events = object> {
  /** What is sent to this user: see `Mailbox`. */
  readonly mailbox: Mailbox<Events>;
  readonly #options: ResolvedClientOptions;
  readonly #signals = new Emitter();
  readonly #everyone = new Emitter();
  readonly #rooms = new Map<string, RealtimeRoom<Events>>();
  readonly #link: Link;
  readonly #requests: Requests;
  readonly #renewal: Renewal;
  readonly #context: RoomContext;
  #login: Login | undefined;

  /** @throws RealtimeClientError `no_websocket` */
  constructor(given: RealtimeClientOptions) {
    this.#options = resolveOptions(given);
    this.#link = new Link(this.#options, {
      ready: (login) => this.#ready(login),
      frame: (frame) => this.#receive(frame),
      lost: () => this.#lost(),
      changed: (change) => this.#changed(change),
    });
    this.#requests = new Requests(this.#options, this.#link);
    this.#renewal = new Renewal(this.#options, this.#requests, (error) => this.#signals.emit('error', error));
    this.mailbox = new Mailbox(this.#requests);
    this.#context = {
      requests: this.#requests,
      link: this.#link,
      options: this.#options,
      connect: () => this.#connectIfIdle(),
      ask: (type, data, held) => this.#ask({ type, data, held }),
    };
  }

  get state(): ClientState {
    return this.#link.state;
  }

  /** Whose token the server took last. */
  get userId(): string | undefined {
    return this.#login?.user_id;
  }

  /** Returns what ends it. */
  on<Name extends keyof ClientSignals>(signal: Name, listener: (data: ClientSignals[Name]) => void): () => void {
    return this.#signals.on(signal, listener);
  }

  /** What the server tells everyone. Who is not connected misses it. Returns what ends it. */
  onEveryone<Name extends EventName<Events>>(
    event: Name,
    listener: (data: EventData<Events, Name>, meta: EventMeta) => void,
  ): () => void {
    return this.#everyone.on(event, listener);
  }

  /**
   * Connects, and stays connected until `close()`. The first join or request does that, too. Resolves when it is
   * connected. @throws RealtimeClientError `closed` when it cannot ever be
   */
  connect(): Promise<void> {
    const connected = this.#settled();
    connected.catch(() => undefined);
    this.#link.connect();
    return connected;
  }

  /** Ends the connection, and all that waits for it. Resolves when nothing is left of it. */
  close(): Promise<void> {
    return this.#link.close();
  }

  /** A room; the same object for the same name, whose `options` are those it was first asked for with. */
  room(name: string, options: RoomOptions = {}): RealtimeRoom<Events> {
    const known = this.#rooms.get(name);
    if (known) return known;
    const room = new RealtimeRoom<Events>(name, this.#context, options);
    this.#rooms.set(name, room);
    return room;
  }

  /**
   * Sends a command and resolves with the data of its reply. When the connection is lost it is sent again over the next
   * one with the same id, so that the server executes it once.
   * @throws RealtimeClientError with the server's code, or `timeout`, `closed`, `offline`, `queue_full`
   */
  request<Reply = Record<string, unknown>>(type: string, data?: object, options: RequestOptions = {}): Promise<Reply> {
    return this.#ask({ ...options, type, data });
  }

  #ask<Reply>(command: Omit<Command, 'reply' | 'fail'>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#connectIfIdle();
      this.#requests.submit({ ...command, reply: ({ data }) => resolve(data as Reply), fail: reject });
    });
  }

  /** @throws RealtimeClientError `closed` */
  #connectIfIdle(): void {
    if (this.state === 'closed') throw closed();
    if (this.state === 'idle') this.#link.connect();
  }

  #settled(): Promise<void> {
    if (this.state === 'connected') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.on('state', ({ state, error, reason }) => {
        if (state === 'connected') resolve();
        else if (state === 'closed') reject(closed(reason, error));
        else return;
        stop();
      });
    });
  }

  #ready(login: Login): void {
    this.#login = login;
    this.mailbox.connected();
    this.#requests.resume(login.max_message_bytes, () => {
      for (const room of this.#rooms.values()) room.connected();
    });
  }

  #lost(): void {
    this.#renewal.stop();
    for (const room of this.#rooms.values()) room.disconnected();
    this.#requests.suspend();
  }

  #changed(change: StateChange): void {
    if (change.state === 'closed') this.#closed(change);
    this.#signals.emit('state', change);
    this.#signals.emit(change.state, change);
  }

  #closed({ code, reason, error }: StateChange): void {
    const why = closed(reason, error);
    for (const room of this.#rooms.values()) room.closed(why, code === 1000 ? undefined : why);
    this.#requests.close();
  }

  #receive(frame: ServerFrame): void {
    if (frame.reply_to !== undefined && this.#requests.settle(frame)) return;
    if (frame.room !== undefined) this.#published(frame, frame.room);
    else if (ABOUT_A_ROOM.includes(frame.type)) this.#told(frame);
    else if (frame.type === 'auth_expiring') this.#renewal.expiring(frame);
    else if (frame.type === 'error') {
      this.#signals.emit('error', RealtimeClientError.of(frame.data as ServerFrameData['error']));
    } else this.#everyone.emit(frame.type, frame.data, toMeta(frame));
  }

  #published(frame: ServerFrame, room: string): void {
    if (this.#isOwn(room)) this.mailbox.receive(frame);
    this.#rooms.get(room)?.receive(frame);
  }

  #told(frame: ServerFrame): void {
    const { room, epoch } = frame.data as StreamPosition & { room: string };
    if (this.#isOwn(room)) this.mailbox.renewed(epoch, frame.type === 'room_reset');
    this.#rooms.get(room)?.receive(frame);
  }

  #isOwn(room: string): boolean {
    return room === userRoom(this.#login!.user_id);
  }
}

function closed(reason = 'closed', cause?: unknown): RealtimeClientError {
  return new RealtimeClientError('closed', `The client is closed: ${reason || 'by the server'}.`, { cause });
}
