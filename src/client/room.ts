import type { ServerFrame, ServerFrameData } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import { type Said, RoomChat } from './chat';
import type { RealtimeClientError } from './client-error';
import type { ChatEvents, EventData, EventMeta, EventName, RoomSignals } from './client-events';
import type { ResolvedClientOptions } from './client.options';
import { Emitter } from './emitter';
import { DEFAULT_BUFFER, EventStream, type EventStreamOptions } from './event-stream';
import { toMeta } from './event-meta';
import { Following } from './following';
import { RoomPresence } from './presence';
import { RecentIds } from './recent-ids';
import type { Requests } from './requests';
import type { Snapshot } from './snapshot';
import { RoomTyping } from './typing';

export interface RoomOptions {
  /** For a room that wants one. */
  readonly password?: string;
  /** What the others see of the user in `presence`, at most 1 KiB; of servers that know it. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** What a room needs of the client it is of. */
export interface RoomContext {
  readonly requests: Requests;
  readonly link: { readonly ready: boolean };
  readonly options: ResolvedClientOptions;
  /** Begins to connect where nobody has yet. @throws RealtimeClientError `closed` */
  connect(): void;
  ask<Reply>(type: string, data: object, held: () => boolean): Promise<Reply>;
}

/** Publications known by their id: as many as a room keeps by default. */
const MAX_SHOWN = 1_000;

/** No event and no signal has this name. */
const CLOSED = '';

export type HistoryPage = ServerFrameData['history'];

/** A room, as one client sees it: its events in order, each once, also over reconnects. */
export class RealtimeRoom<Events> {
  /** What is said in it. */
  readonly chat: RoomChat;
  /** Who types in it. */
  readonly typing: RoomTyping;
  readonly #emitter = new Emitter();
  readonly #shown = new RecentIds(MAX_SHOWN);
  readonly #following: Following;
  #presence: RoomPresence | undefined;

  constructor(
    readonly name: string,
    private readonly context: RoomContext,
    given: RoomOptions,
  ) {
    const { requests, link, options } = context;
    this.chat = new RoomChat((type, data) => this.#ask(type, data));
    this.typing = new RoomTyping(name, requests, options);
    const wish = { name, ...given };
    const events = {
      publication: (frame: ServerFrame, replayed: boolean) => this.#publication(frame, replayed),
      signal: <Name extends keyof RoomSignals>(signal: Name, data: RoomSignals[Name]) => this.#signal(signal, data),
    };
    this.#following = new Following(wish, requests, link, events, options);
  }

  get joined(): boolean {
    return this.#following.joined;
  }

  /** Up to where in the room's stream everything was shown. */
  get position(): StreamPosition | undefined {
    return this.#following.position;
  }

  /** Who is in it; from the first use on kept current. */
  get presence(): RoomPresence {
    if (this.#presence) return this.#presence;
    const { requests, options } = this.context;
    const failed = (error: RealtimeClientError): void => this.#signal('error', error);
    this.#presence = new RoomPresence(this.name, requests, options, failed);
    if (this.joined) this.#presence.joined();
    return this.#presence;
  }

  /** What becomes of the client's own place in the room. Returns what ends it. */
  on<Name extends keyof RoomSignals>(signal: Name, listener: (data: RoomSignals[Name]) => void): () => void;
  /** What is said in the room's chat. Returns what ends it. */
  on<Name extends keyof ChatEvents>(
    event: Name,
    listener: (data: ChatEvents[Name], meta: EventMeta) => void,
  ): () => void;
  /** An event of the application. Returns what ends it. */
  on<Name extends EventName<Events>>(
    event: Name,
    listener: (data: EventData<Events, Name>, meta: EventMeta) => void,
  ): () => void;
  /** Everything published in the room. Returns what ends it. */
  on(event: '*', listener: (data: unknown, meta: EventMeta) => void): () => void;
  on(event: string, listener: (...args: never[]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** The events of one name from now on, for `for await`. */
  events<Name extends EventName<Events>>(
    event: Name,
    { buffer = DEFAULT_BUFFER }: EventStreamOptions = {},
  ): EventStream<EventData<Events, Name>> {
    return new EventStream((stream) => {
      const unlisten = this.#emitter.on(event, (data: EventData<Events, Name>) => stream.push(data));
      const end = ({ error }: RoomSignals['left']): void => stream.end(error);
      const ends = [unlisten, this.#emitter.on('left', end), this.#emitter.on(CLOSED, end)];
      return () => ends.forEach((stop) => stop());
    }, buffer);
  }

  /**
   * Joins, and stays until `leave()`: after each reconnect from where it was. Resolves when it is in.
   * @throws RealtimeClientError what the server refuses with; it then has not joined
   */
  join(): Promise<void> {
    return this.#enter(() => this.#following.join());
  }

  /** Leaves; what comes from the room now is not shown any more. */
  leave(): Promise<void> {
    return this.#following.leave();
  }

  /**
   * Loads a state and follows from where it stands, so that nothing falls in between: `show` gets it before the first
   * event behind it, and anew when something was missed that cannot be replayed. Resolves when it is shown and followed.
   * @throws RealtimeClientError as `join()`; whatever `load` throws the first time
   */
  follow<T>(load: () => Promise<Snapshot<T>>, show: (data: T) => void): Promise<void> {
    const loadAndShow = async () => {
      const { data, position } = await load();
      return { position, show: () => show(data) };
    };
    return this.#enter(() => this.#following.follow(loadAndShow));
  }

  /**
   * Publishes an event of this client's own: one that the server's `clientEvents` has.
   * @throws RealtimeClientError `not_member`, `forbidden` …
   */
  publish<Name extends EventName<Events>>(event: Name, data: EventData<Events, Name>): Promise<Partial<Said>> {
    return this.#ask('broadcast', { event, data });
  }

  /** A page of the room's stream, newest first; `before` is an offset. At most 200, 50 when left out. */
  history(page: { before?: number; limit?: number } = {}): Promise<HistoryPage> {
    return this.#ask('history', page);
  }

  /** @internal */
  connected(): void {
    this.#following.connected();
  }

  /** @internal */
  disconnected(): void {
    this.#following.disconnected();
    this.#presence?.out(false);
    this.typing.out();
  }

  /** @internal */
  closed(why: RealtimeClientError, error?: RealtimeClientError): void {
    this.#following.closed(why);
    this.#emitter.emit(CLOSED, { error });
  }

  /** @internal A frame of this room. */
  receive(frame: ServerFrame): void {
    if (frame.room !== undefined) this.#following.receive(frame);
    else if (frame.type === 'room_reset') this.#following.reset(frame.data as StreamPosition);
    else if (frame.type === 'room_renewed') this.#following.renewed(frame.data as StreamPosition);
    else if (frame.type === 'room_left') this.#following.evicted(frame.data as ServerFrameData['room_left']);
  }

  #enter(enter: () => Promise<void>): Promise<void> {
    const entered = (async () => {
      this.context.connect();
      await enter();
    })();
    // Whoever does not wait for it is told by the signals.
    entered.catch(() => undefined);
    return entered;
  }

  #publication(frame: ServerFrame, replayed: boolean): void {
    const { type, data } = frame;
    if (type === 'user_typing') return this.typing.receive(data as ServerFrameData['user_typing']);
    if (type === 'user_joined' || type === 'user_left') return this.#presence?.receive(frame);
    // A stream that lost its end, or a server that died, may bring what was shown already once more, in another epoch.
    if (frame.offset !== undefined && !this.#shown.add(frame.message_id)) return;
    const meta = toMeta(frame, replayed);
    this.#emitter.emit(type, data, meta);
    this.#emitter.emit('*', data, meta);
  }

  #signal<Name extends keyof RoomSignals>(name: Name, data: RoomSignals[Name]): void {
    if (name === 'joined') this.#presence?.joined();
    if (name === 'left') {
      this.#presence?.out(true);
      this.typing.out();
    }
    this.#emitter.emit(name, data);
  }

  #ask<Reply>(type: string, data: object): Promise<Reply> {
    const held = (): boolean => this.#following.entering;
    return this.context.ask(type, { room: this.name, ...data }, held);
  }
}
