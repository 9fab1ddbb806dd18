import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ClientOptions, WebSocket } from 'ws';
import type { ServerFrameData } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';
import { Follower } from './follower';
import { FrameQueue, showFrame } from './frame-queue';
import type { Received } from './received';
import type { TestNode } from './test-node';

/** Where a client connects, and with what. */
export interface Dialled {
  readonly url: string;
  readonly protocols?: string[];
  readonly options?: ClientOptions;
}

/** How a connection ended; without a close frame the code is 1006. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Whether a frame is the one that is meant. */
export type Where<Type extends string> = (frame: Received<Type>) => boolean;

/** How long a client waits for a frame before it says what came instead, milliseconds. */
const PATIENCE_MS = 5_000;

/** A client on a real socket. It keeps every frame until a test asks for it, and its rooms' positions over reconnects. */
export class TestClient {
  /** How long it waits for a frame before it says what came instead, milliseconds. @default 5_000 */
  patienceMs = PATIENCE_MS;
  readonly #queue: FrameQueue;
  readonly #rooms = new Map<RoomName, Follower>();
  #ws!: WebSocket;
  #tcp: Socket | undefined;
  #closed!: Promise<Closed>;
  /** The rooms it was in when the connection ended. */
  #left: readonly Follower[] = [];
  #ids = 0;

  constructor(
    /** The user it connects as. */
    readonly name: string,
    private readonly dial: (node?: TestNode) => Promise<Dialled>,
  ) {
    this.#queue = new FrameQueue(name);
  }

  /** Every frame that came so far, over all connections. */
  get frames(): Received[] {
    return this.#queue.frames;
  }

  /** Frames no test has asked for yet. */
  get unread(): Received[] {
    return this.#queue.unread;
  }

  get ws(): WebSocket {
    return this.#ws;
  }

  /** Its end of the TCP connection. */
  get tcp(): Socket | undefined {
    return this.#tcp;
  }

  get connected(): boolean {
    return this.#ws?.readyState === WebSocket.OPEN;
  }

  /** How the connection it has now, or had last, ends. */
  get closed(): Promise<Closed> {
    return this.#closed;
  }

  /** What it was shown of each room it has joined. */
  get rooms(): ReadonlyMap<RoomName, Follower> {
    return this.#rooms;
  }

  /** Opens a connection. @throws Error when the server refuses it */
  async connect(node?: TestNode): Promise<void> {
    const { url, protocols = [], options } = await this.dial(node);
    const ws = (this.#ws = new WebSocket(url, protocols, options));
    this.#closed = new Promise((resolve) => {
      ws.once('close', (code, reason) => resolve(this.#ended(ws, { code, reason: reason.toString() })));
    });
    ws.on('error', () => undefined);
    ws.once('upgrade', ({ socket }: IncomingMessage) => (this.#tcp = socket));
    ws.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Received));
    this.#queue.begin();
    await once(ws, 'open');
  }

  /** Sends any text as it stands. */
  raw(text: string | Buffer): void {
    this.#ws.send(text);
  }

  /** Sends a frame; returns its `message_id`. */
  send(type: string, data?: unknown, message_id = `m${++this.#ids}`): string {
    const { room, since } = (data ?? {}) as { room?: unknown; since?: StreamPosition };
    if (type === 'join_room' && typeof room === 'string') this.#follower(room).asked.set(message_id, since);
    this.raw(JSON.stringify({ type, data, message_id }));
    return message_id;
  }

  /** Sends a frame and waits for its reply, whatever it is. @throws Error that shows what came instead */
  async request<Type extends string = string>(
    type: string,
    data?: unknown,
    message_id?: string,
  ): Promise<Received<Type>> {
    const id = this.send(type, data, message_id);
    return this.#take((frame) => frame.reply_to === id, `the reply to ${type}`);
  }

  /** The next frame of this type that no test has asked for yet. @throws Error that shows what came instead */
  async next<Type extends string>(type: Type, where?: Where<Type>): Promise<Received<Type>> {
    const which = where ? ' of which the condition holds' : '';
    return this.#take(matching(type, where), `a frame "${type}"${which}`);
  }

  /**
   * Sees to it that no such frame came, up to the answer to a ping sent now.
   * @throws Error that shows the frame
   */
  async never<Type extends string>(type: Type, where?: Where<Type>): Promise<void> {
    await this.settled();
    const found = this.unread.find(matching(type, where));
    if (found) throw new Error(`${this.name} should not have got ${showFrame(found)}`);
  }

  /** Joins a room, or resumes it after a position. @throws Error when it may not */
  async join(room: RoomName, since?: StreamPosition): Promise<ServerFrameData['room_joined']> {
    const reply = await this.request<'room_joined'>('join_room', { room, since });
    if (reply.type !== 'room_joined') throw new Error(`${this.name} could not join ${room}: ${showFrame(reply)}`);
    return reply.data;
  }

  /** The code and message of the error that answers this frame. @throws Error when it is answered otherwise */
  async refusal(type: string, data?: unknown): Promise<ServerFrameData['error']> {
    const reply = await this.request<'error'>(type, data);
    if (reply.type !== 'error') throw new Error(`${type} was answered ${showFrame(reply)}`);
    return reply.data;
  }

  /** Waits until the server has handled everything sent so far, and so has said all it had to say. */
  async settled(): Promise<void> {
    const reply = await this.request('ping');
    if (reply.type !== 'pong') throw new Error(`ping was answered ${showFrame(reply)}`);
  }

  /** Ends the TCP connection without a close frame, as a lost network does. */
  drop(): void {
    this.#ws.terminate();
  }

  /**
   * Connects again, to the same node or another one, and resumes the rooms it was in from where it was.
   * @returns the answers to `join_room`
   */
  async reconnect(node?: TestNode): Promise<ServerFrameData['room_joined'][]> {
    this.drop();
    await this.closed;
    const rooms = this.#left.map(({ room, position }) => ({ room, position }));
    await this.connect(node);
    await this.next('auth_success');
    return Promise.all(rooms.map(({ room, position }) => this.join(room, position)));
  }

  /** Does not read the socket any more: what is due to it waits, with the system first, then with the server. */
  pauseReading(): void {
    this.#ws.pause();
  }

  resumeReading(): void {
    this.#ws.resume();
  }

  async close(): Promise<void> {
    this.#ws.close();
    await this.closed;
  }

  #receive(frame: Received): void {
    if (frame.type === 'room_joined') this.#follower(String(frame.data.room));
    for (const follower of this.#rooms.values()) follower.receive(frame);
    this.#queue.receive(frame);
  }

  #follower(room: RoomName): Follower {
    const follower = this.#rooms.get(room) ?? new Follower(this.name, this.name, room);
    this.#rooms.set(room, follower);
    return follower;
  }

  #ended(ws: WebSocket, closed: Closed): Closed {
    if (ws !== this.#ws) return closed;
    this.#left = [...this.#rooms.values()].filter(({ joined }) => joined);
    for (const follower of this.#left) follower.disconnected();
    this.#queue.end(`the connection closed with ${closed.code} ${closed.reason}`.trim());
    return closed;
  }

  async #take<Type extends string>(matches: (frame: Received) => boolean, what: string): Promise<Received<Type>> {
    return (await this.#queue.take(matches, what, this.patienceMs)) as Received<Type>;
  }
}

function matching<Type extends string>(type: Type, where: Where<Type> = () => true) {
  return (frame: Received): boolean => frame.type === type && where(frame as Received<Type>);
}
