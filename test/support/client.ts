import { once } from 'node:events';
import { WebSocket, ClientOptions } from 'ws';
import type { ServerFrame, ServerFrameData, ServerFrameType } from '../../src/protocol/frames';

/** A frame as a test reads it: the data of the protocol's own types is known. */
export type Received<Type extends string = string> = ServerFrame<
  Type,
  Type extends ServerFrameType ? ServerFrameData[Type] : Record<string, unknown>
>;

interface Waiting {
  matches: (frame: Received) => boolean;
  resolve: (frame: Received) => void;
}

/** How long a test waits for a frame before it says what came instead. */
const PATIENCE_MS = 5_000;

/** A real WebSocket client that keeps every frame until a test asks for it. */
export class TestClient {
  readonly frames: Received[] = [];
  /** Frames no test has asked for yet. */
  readonly unread: Received[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  #waiting: Waiting | undefined;
  #ids = 0;

  private constructor(readonly ws: WebSocket) {
    this.closed = new Promise((resolve) => {
      ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    ws.on('error', () => undefined);
    ws.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Received));
  }

  static async open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<TestClient> {
    const ws = new WebSocket(url, protocols, options);
    const client = new TestClient(ws);
    await once(ws, 'open');
    return client;
  }

  /** Sends any text as it stands. */
  raw(text: string | Buffer): void {
    this.ws.send(text);
  }

  /** Sends a frame; returns its `message_id`. */
  send(type: string, data?: unknown, message_id = `m${++this.#ids}`): string {
    this.raw(JSON.stringify({ type, data, message_id }));
    return message_id;
  }

  /** Sends a frame and waits for its reply, whatever it is. */
  async request<Type extends string = string>(
    type: string,
    data?: unknown,
    message_id?: string,
  ): Promise<Received<Type>> {
    const id = this.send(type, data, message_id);
    return (await this.#take((frame) => frame.reply_to === id, `the reply to ${type}`)) as Received<Type>;
  }

  /** The next frame of this type that no test has asked for yet. */
  async next<Type extends string>(type: Type): Promise<Received<Type>> {
    return (await this.#take((frame) => frame.type === type, `a frame "${type}"`)) as Received<Type>;
  }

  /** Joins a room and returns where it follows from. */
  async join(room: string, since?: { epoch: string; offset: number }): Promise<ServerFrameData['room_joined']> {
    const reply = await this.request<'room_joined'>('join_room', { room, since });
    if (reply.type !== 'room_joined') throw new Error(`join_room ${room} was answered ${JSON.stringify(reply)}`);
    return reply.data;
  }

  /** The code and data of the error that answers this frame. */
  async refusal(type: string, data?: unknown): Promise<ServerFrameData['error']> {
    const reply = await this.request<'error'>(type, data);
    if (reply.type !== 'error') throw new Error(`${type} was answered ${JSON.stringify(reply)}`);
    return reply.data;
  }

  /** Waits until the server has handled everything sent so far, and so has said all it had to say. */
  async settled(): Promise<void> {
    const reply = await this.request('ping');
    if (reply.type !== 'pong') throw new Error(`ping was answered ${JSON.stringify(reply)}`);
  }

  /** Ends the TCP connection without a close frame, as a lost network does. */
  drop(): void {
    this.ws.terminate();
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.closed;
  }

  #receive(frame: Received): void {
    this.frames.push(frame);
    if (this.#waiting?.matches(frame)) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve(frame);
    } else {
      this.unread.push(frame);
    }
  }

  async #take(matches: (frame: Received) => boolean, what: string): Promise<Received> {
    const at = this.unread.findIndex(matches);
    if (at >= 0) return this.unread.splice(at, 1)[0];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#missing(what)), PATIENCE_MS);
    });
    const gone = this.closed.then(({ code, reason }) => {
      throw this.#missing(what, `; the connection closed with ${code} ${reason}`);
    });
    try {
      const found = new Promise<Received>((resolve) => (this.#waiting = { matches, resolve }));
      return await Promise.race([found, late, gone]);
    } finally {
      this.#waiting = undefined;
      clearTimeout(timer);
    }
  }

  #missing(what: string, why = ''): Error {
    const unread = this.unread.slice(-5).map((frame) => JSON.stringify(frame));
    return new Error(`${what} did not come${why}. Unread: ${unread.join('\n') || 'nothing'}`);
  }
}
