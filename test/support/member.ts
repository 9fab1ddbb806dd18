import { WebSocket } from 'ws';
import type { StreamPosition } from '../../src';
import type { Received } from './client';
import { Follower } from '../../src/testing/follower';
import { tokenFor } from './tokens';

/** As the protocol has it, but a twentieth of it: tests have less time than users. */
const BASE_MS = 25;
const MAX_MS = 1_000;
const DO_NOT_COME_BACK = 4500;

/** How one of a member's connections ended. */
interface End {
  readonly code: number;
  /** What `server_shutdown` said before; nothing: it did not come. */
  readonly reconnectInMs?: number;
  /** Whether it had been authenticated. */
  readonly opened: boolean;
}

type Reply = Received | undefined;

/**
 * A user in a room, with one connection at a time, who does what the protocol tells a client to do: it comes back after
 * a random wait, to any node, goes on from its position, and sends again what was not acknowledged.
 */
export class Member {
  readonly follower: Follower;
  readonly ends: End[] = [];
  /** From where it was told to load its state anew. */
  readonly told: StreamPosition[] = [];
  readonly faults: string[] = [];
  /** How often a frame was sent again. */
  resent = 0;
  /** How often it was told to try again later. */
  refused = 0;
  #socket!: WebSocket;
  #joined!: Promise<void>;
  #enter!: () => void;
  #leaving = false;
  #joins = 0;
  /** Who waits for which reply; nothing comes when the connection ends before. */
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  #living: Promise<void> = Promise.resolve();

  constructor(
    readonly user: string,
    readonly room: string,
    private readonly pick: () => string,
  ) {
    this.follower = new Follower(user, user, room);
    this.#joined = this.#outside();
  }

  /** Resolves when it is in the room for the first time. */
  async enter(): Promise<void> {
    this.#living = this.#live();
    await this.#joined;
  }

  /** Its connection breaks; it comes back. */
  drop(): void {
    this.#socket.terminate();
  }

  async leave(): Promise<void> {
    this.#leaving = true;
    this.#socket.terminate();
    await this.#living;
  }

  /** Sends a command until it is acknowledged, each time under the same id. */
  async request(type: string, data: object, messageId: string): Promise<Received> {
    for (let attempt = 1; ; attempt++) {
      await this.#joined;
      const reply = await this.#send(type, data, messageId);
      if (reply && reply.type !== 'error') return reply;
      if (reply) await this.#refusedBy(type, reply, attempt);
      this.resent++;
    }
  }

  /** What it was shown, in the order it was. */
  get texts(): string[] {
    return this.follower.shown.map(({ frame }) => frame.data.text as string);
  }

  async #refusedBy(type: string, { data }: Received, attempt: number): Promise<void> {
    if (!data.retryable) this.faults.push(`${type} was answered ${JSON.stringify(data)}`);
    this.refused++;
    await backOff(attempt);
  }

  async #live(): Promise<void> {
    for (let attempt = 0; !this.#leaving; attempt++) {
      const end = await this.#connectOnce();
      this.ends.push(end);
      if (this.follower.joined) {
        attempt = 0;
        this.#joined = this.#outside();
      }
      this.follower.disconnected();
      for (const [id, answer] of this.#waiting) {
        this.#waiting.delete(id);
        answer(undefined);
      }
      if (end.code >= DO_NOT_COME_BACK) this.faults.push(`was closed with ${end.code}`);
      if (!this.#leaving) await (end.reconnectInMs === undefined ? backOff(attempt) : pause(end.reconnectInMs));
    }
  }

  /** Until it is in. */
  #outside(): Promise<void> {
    return new Promise((resolve) => (this.#enter = resolve));
  }

  #connectOnce(): Promise<End> {
    const headers = { authorization: `Bearer ${tokenFor(this.user)}` };
    const socket = (this.#socket = new WebSocket(this.pick(), { headers, handshakeTimeout: 2_000 }));
    let reconnectInMs: number | undefined;
    let opened = false;
    socket.on('error', () => undefined);
    socket.on('message', (bytes: Buffer) => {
      const frame = JSON.parse(bytes.toString()) as Received;
      if (frame.type === 'server_shutdown') reconnectInMs = frame.data.reconnect_in_ms as number;
      if (frame.type === 'auth_success') {
        opened = true;
        void this.#join();
      }
      this.#receive(frame);
    });
    return new Promise((resolve) => socket.once('close', (code) => resolve({ code, reconnectInMs, opened })));
  }

  async #join(): Promise<void> {
    const since = this.follower.position;
    for (let attempt = 1; ; attempt++) {
      const id = `join-${++this.#joins}`;
      this.follower.asked.set(id, since);
      const reply = await this.#send('join_room', { room: this.room, since }, id);
      if (!reply) return;
      if (reply.type === 'room_joined') return this.#enter();
      await this.#refusedBy('join_room', reply, attempt);
    }
  }

  #send(type: string, data: object, messageId: string): Promise<Reply> {
    return new Promise((resolve) => {
      this.#waiting.set(messageId, resolve);
      if (this.#socket.readyState === WebSocket.OPEN)
        this.#socket.send(JSON.stringify({ type, data, message_id: messageId }));
    });
  }

  #receive(frame: Received): void {
    this.follower.receive(frame);
    this.#heed(frame);
    if (frame.reply_to === undefined) return;
    const answer = this.#waiting.get(frame.reply_to);
    this.#waiting.delete(frame.reply_to);
    answer?.(frame);
  }

  #heed({ type, data, reply_to = '' }: Received): void {
    if (data.room !== this.room) return;
    const { epoch, offset, recovered } = data as unknown as StreamPosition & { recovered?: boolean };
    const lost = type === 'room_joined' && this.follower.asked.get(reply_to) !== undefined && !recovered;
    if (lost || type === 'room_reset') this.told.push({ epoch, offset });
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Full jitter. */
function backOff(attempt: number): Promise<void> {
  return pause(Math.random() * Math.min(MAX_MS, BASE_MS * 2 ** attempt));
}
