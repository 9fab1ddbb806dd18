import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

type Sent = { type: string; data?: Record<string, unknown>; message_id?: string };
/** The answer to a frame: its type and data; nothing for none. */
export type Script = (frame: Sent, server: ScriptedServer) => [type: string, data: object] | undefined;

const running = new Set<ScriptedServer>();

export async function stopScriptedServers(): Promise<void> {
  for (const server of [...running]) await server.close();
}

/** Says over real sockets what a test wants said, at the moment it wants it. */
export class ScriptedServer {
  /** What clients sent, in order. */
  readonly received: Sent[] = [];
  #ids = 0;

  private constructor(
    private readonly server: WebSocketServer,
    private readonly script: Script,
  ) {
    running.add(this);
    server.on('connection', (socket) => this.#welcome(socket));
  }

  static async start(script: Script): Promise<ScriptedServer> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((done) => server.once('listening', done));
    return new ScriptedServer(server, script);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/ws`;
  }

  /** Sends a frame to everyone. */
  say(frame: object): void {
    for (const socket of this.server.clients) this.#send(socket, frame);
  }

  drop(): void {
    for (const socket of this.server.clients) socket.terminate();
  }

  async close(): Promise<void> {
    running.delete(this);
    this.drop();
    await new Promise((done) => this.server.close(done));
  }

  #welcome(socket: WebSocket): void {
    const login = { connection_id: 'c', user_id: 'alice', expires_at: null, heartbeat_ms: 1e6, max_message_bytes: 1e6 };
    this.#send(socket, { type: 'auth_success', data: login });
    socket.on('message', (bytes: Buffer) => {
      const frame = JSON.parse(bytes.toString()) as Sent;
      this.received.push(frame);
      const answer = this.script(frame, this);
      if (answer) this.#send(socket, { type: answer[0], data: answer[1], reply_to: frame.message_id });
    });
  }

  #send(socket: WebSocket, frame: object): void {
    const stamped = { message_id: `s-${++this.#ids}`, timestamp: '2027-02-01T09:00:00.000Z', ...frame };
    socket.send(JSON.stringify(stamped));
  }
}
