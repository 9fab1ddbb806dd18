import { WebSocket } from 'ws';
import { createRealtimeClient } from '../../src/client';
import type { RealtimeClient, RealtimeClientOptions, WebSocketLike } from '../../src/client';
import { tokenFor } from './tokens';

/** Events as an application would declare them. */
export interface TestEvents {
  'task.created': { id: string };
  'task.moved': { id: string; to: string };
  'invoice.paid': { id: string };
  'cursor.moved': { id: string };
}

/** What of a WebSocket browsers have, and nothing else: it does not tell why a handshake failed. */
export class BrowserSocket implements WebSocketLike {
  readonly #socket: WebSocket;

  constructor(url: string, protocols: string[] = []) {
    this.#socket = new WebSocket(url, protocols);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#socket.addEventListener(type as 'open', listener as () => void);
  }
}

const open: RealtimeClient<TestEvents>[] = [];

/** A client of the SDK, fast to come back, not connected yet. */
export function sdk(
  server: { readonly url: string },
  userId: string,
  options: Partial<RealtimeClientOptions> = {},
): RealtimeClient<TestEvents> {
  const client = createRealtimeClient<TestEvents>({
    url: server.url,
    token: () => tokenFor(userId),
    WebSocket,
    backoff: { baseMs: 5, maxMs: 40 },
    rate: { perSecond: 1e6, burst: 1e6 },
    ...options,
  });
  open.push(client);
  return client;
}

/** Ends the clients a test made. */
export async function closeClients(): Promise<void> {
  await Promise.all(open.splice(0).map((client) => client.close()));
}

/** How long a test waits for a signal before it says so. */
const PATIENCE_MS = 5_000;

/** The next signal of this name. */
export function signal<Data>(
  source: { on(name: never, listener: (data: Data) => void): () => void },
  name: string,
): Promise<Data> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the signal "${name}" did not come`)), PATIENCE_MS);
    const stop = source.on(name as never, (data) => {
      clearTimeout(timer);
      stop();
      resolve(data);
    });
  });
}
