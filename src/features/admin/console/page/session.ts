import { CLOSE_CODES } from '../../../../protocol/close-codes';
import { SUBPROTOCOL_JSON } from '../../../../protocol/frames';
import { newest } from './newest';

/** A frame that was sent or received, or what became of the connection. */
export interface Seen {
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly way: 'in' | 'out' | 'note';
  readonly type: string;
  /** Of the frame's text. */
  readonly bytes?: number;
  /** From the command to this reply, milliseconds. */
  readonly took?: number;
  readonly text: string;
}

export type SessionState = 'closed' | 'connecting' | 'open';

/** Commands whose reply has not come. */
const MAX_WAITING = 100;
const UTF8 = new TextEncoder();

/** A connection of its own, as any client has one, and what passed over it. */
export class Session {
  #socket: WebSocket | undefined;
  #seen: readonly Seen[] = [];
  #count = 0;
  readonly #waiting = new Map<string, number>();

  /** @param onChange told of every frame */
  constructor(private readonly onChange: () => void) {}

  /** The newest first. */
  get seen(): readonly Seen[] {
    return this.#seen;
  }

  get state(): SessionState {
    if (this.#socket?.readyState === WebSocket.OPEN) return 'open';
    return this.#socket?.readyState === WebSocket.CONNECTING ? 'connecting' : 'closed';
  }

  /** @param token empty: the first frame has to bring one, or a cookie */
  open(url: string, token: string): void {
    this.close();
    const socket = this.#connect(url, token);
    if (!socket) return;
    this.#socket = socket;
    socket.onopen = () => this.#note('opened', socket.protocol);
    socket.onmessage = ({ data }) => this.#receive(String(data));
    socket.onclose = ({ code, reason }) =>
      this.#note(`closed ${code}`, [nameOf(code), reason].filter(Boolean).join(': '));
    this.onChange();
  }

  send(text: string): void {
    if (this.state !== 'open') return;
    const { type, message_id } = headOf(text);
    if (message_id !== undefined && this.#waiting.size < MAX_WAITING) this.#waiting.set(message_id, performance.now());
    this.#socket!.send(text);
    this.#add({ way: 'out', type, bytes: UTF8.encode(text).length, text });
  }

  close(): void {
    this.#socket?.close();
  }

  clear(): void {
    this.#seen = [];
    this.onChange();
  }

  #connect(url: string, token: string): WebSocket | undefined {
    try {
      return new WebSocket(url, [SUBPROTOCOL_JSON, ...(token ? [`bearer.${token}`] : [])]);
    } catch (error) {
      this.#note('not opened', (error as Error).message);
      return undefined;
    }
  }

  #receive(text: string): void {
    const { type, reply_to } = headOf(text);
    this.#add({ way: 'in', type, bytes: UTF8.encode(text).length, took: this.#took(reply_to), text });
  }

  #took(replyTo: string | undefined): number | undefined {
    const since = replyTo === undefined ? undefined : this.#waiting.get(replyTo);
    if (since === undefined) return undefined;
    this.#waiting.delete(replyTo!);
    return performance.now() - since;
  }

  #note(type: string, text: string): void {
    this.#waiting.clear();
    this.#add({ way: 'note', type, text });
  }

  #add(seen: Omit<Seen, 'n' | 'at'>): void {
    this.#seen = newest([{ n: ++this.#count, at: Date.now(), ...seen }, ...this.#seen]);
    this.onChange();
  }
}

interface Head {
  readonly type: string;
  readonly message_id?: string;
  readonly reply_to?: string;
}

function headOf(text: string): Head {
  try {
    const { type, message_id, reply_to } = JSON.parse(text) as Head;
    return { type: String(type), message_id, reply_to };
  } catch {
    return { type: 'no JSON' };
  }
}

function nameOf(code: number): string | undefined {
  if (code === 1006) return 'lost, or refused: a bad token is refused before it opens';
  return Object.entries(CLOSE_CODES).find(([, known]) => known === code)?.[0];
}
