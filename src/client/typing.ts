import type { ServerFrameData } from '../protocol/frames';
import type { ResolvedClientOptions } from './client.options';
import { Timer } from './clock';
import { Emitter } from './emitter';
import type { Requests } from './requests';

/** The server takes this long a silence for the end, milliseconds, so it is told again before. */
const REPEAT_MS = 3_000;
/** Who presses no key for this long has stopped, milliseconds. */
const IDLE_MS = 4_000;
/** Others are shown as typing no longer than this after they were last said to, milliseconds: their end may be lost. */
const SHOWN_MS = 8_000;

export interface TypingUser {
  readonly user_id: string;
  readonly name?: string;
}

/** Who types in a room, and that this client's user does. Never queued: what is late is of no interest. */
export class RoomTyping {
  readonly #emitter = new Emitter();
  readonly #idle: Timer;
  readonly #users = new Map<string, TypingUser & { readonly timer: Timer }>();
  #saidAt: number | undefined;

  constructor(
    private readonly room: string,
    private readonly requests: Requests,
    private readonly options: ResolvedClientOptions,
  ) {
    this.#idle = new Timer(options.clock);
  }

  /** Who types now, by user id. */
  get users(): ReadonlyMap<string, TypingUser> {
    return this.#users;
  }

  /** Whoever types now, whenever that changes. Returns what ends it. */
  on(event: 'changed', listener: (users: ReadonlyMap<string, TypingUser>) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** For every key: the server is told at most every 3 s, and when no key came for 4 s. */
  signal(): void {
    const now = this.options.clock.now();
    if (this.#saidAt === undefined || now - this.#saidAt >= REPEAT_MS) {
      this.#saidAt = now;
      this.#say(true);
    }
    this.#idle.set(IDLE_MS, () => this.stop());
  }

  /** The text was sent, or given up. */
  stop(): void {
    this.#idle.clear();
    if (this.#saidAt === undefined) return;
    this.#saidAt = undefined;
    this.#say(false);
  }

  receive({ user_id, name, typing }: ServerFrameData['user_typing']): void {
    if (!typing) return this.#gone(user_id);
    const known = this.#users.get(user_id);
    const user = known ?? { user_id, name, timer: new Timer(this.options.clock) };
    user.timer.set(SHOWN_MS, () => this.#gone(user_id));
    if (known) return;
    this.#users.set(user_id, user);
    this.#emitter.emit('changed', this.#users);
  }

  /** The client is not in the room. */
  out(): void {
    this.#idle.clear();
    this.#saidAt = undefined;
    for (const id of [...this.#users.keys()]) this.#gone(id);
  }

  #gone(id: string): void {
    const user = this.#users.get(id);
    if (!user) return;
    user.timer.clear();
    this.#users.delete(id);
    this.#emitter.emit('changed', this.#users);
  }

  #say(typing: boolean): void {
    const data = { room: this.room, typing };
    this.requests.submit({ type: 'typing', data, bound: true, reply: () => undefined, fail: () => undefined });
  }
}
