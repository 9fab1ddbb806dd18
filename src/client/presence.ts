import type { Member, ServerFrame } from '../protocol/frames';
import { Backoff } from './backoff';
import type { ResolvedClientOptions } from './client.options';
import type { RealtimeClientError } from './client-error';
import { Timer } from './clock';
import { Emitter } from './emitter';
import type { Requests } from './requests';

export interface PresenceEvents {
  /** A user came: their first connection in the room. */
  joined: Member;
  /** A user is gone: their last connection was. */
  left: Member;
  /** Whoever is there now, after any of the two. */
  changed: ReadonlyMap<string, Member>;
}

interface Announced {
  readonly user_id: string;
  readonly name?: string;
}

/**
 * Who is in a room, by user id, kept current from the first time it is asked for. While there is no connection it
 * stands as it was; after that it is read anew, and what differs is told as if it had happened then.
 * At most the 1000 who came first are known; of larger rooms the server announces nothing: see `refresh()`.
 */
export class RoomPresence {
  readonly #emitter = new Emitter();
  readonly #retry: Timer;
  readonly #backoff: Backoff;
  #members = new Map<string, Member>();
  /** What was announced while the answer is under way: it is newer. */
  #meanwhile: Map<string, Member | undefined> | undefined;
  #in = false;

  constructor(
    private readonly room: string,
    private readonly requests: Requests,
    options: ResolvedClientOptions,
    private readonly failed: (error: RealtimeClientError) => void,
  ) {
    this.#retry = new Timer(options.clock);
    this.#backoff = new Backoff(options.backoff);
  }

  get members(): ReadonlyMap<string, Member> {
    return this.#members;
  }

  /** Returns what ends it. */
  on<Name extends keyof PresenceEvents>(event: Name, listener: (data: PresenceEvents[Name]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Reads it anew: in a room of so many that nobody is announced any more. */
  refresh(): void {
    if (this.#in) this.#ask();
  }

  /** The client is in the room: the members are read, now and after each return. */
  joined(): void {
    this.#in = true;
    this.#backoff.reset();
    this.#ask();
  }

  /** The client is not in the room; `forGood`: nobody will say who is. */
  out(forGood: boolean): void {
    this.#in = false;
    this.#meanwhile = undefined;
    this.#retry.clear();
    if (forGood) this.#replace(new Map());
  }

  receive({ type, data, timestamp }: ServerFrame): void {
    const { user_id, name } = data as Announced;
    if (type === 'user_joined') this.#set(user_id, { user_id, name, connections: 1, joined_at: timestamp });
    else this.#set(user_id, undefined);
  }

  #ask(): void {
    const meanwhile = (this.#meanwhile = new Map<string, Member | undefined>());
    this.requests.submit({
      type: 'presence',
      data: { room: this.room },
      bound: true,
      reply: ({ data }) => {
        if (this.#meanwhile === meanwhile) this.#answered(data as { members: readonly Member[] }, meanwhile);
      },
      fail: (error) => {
        if (this.#meanwhile === meanwhile) this.#refused(error);
      },
    });
  }

  #answered({ members }: { members: readonly Member[] }, meanwhile: Map<string, Member | undefined>): void {
    this.#meanwhile = undefined;
    const now = new Map(members.map((member) => [member.user_id, member]));
    for (const [id, member] of meanwhile) {
      if (!member) now.delete(id);
      else if (!now.has(id)) now.set(id, member);
    }
    this.#replace(now);
  }

  #refused(error: RealtimeClientError): void {
    this.#meanwhile = undefined;
    if (!this.#in) return;
    if (!error.retryable) return this.failed(error);
    this.#retry.set(error.retryAfterMs ?? this.#backoff.next(), () => this.#ask());
  }

  #set(id: string, member: Member | undefined): void {
    this.#meanwhile?.set(id, member);
    const now = new Map(this.#members);
    if (!member) now.delete(id);
    else if (!now.has(id)) now.set(id, member);
    this.#replace(now);
  }

  #replace(now: Map<string, Member>): void {
    const before = this.#members;
    this.#members = now;
    const left = [...before.values()].filter(({ user_id }) => !now.has(user_id));
    const joined = [...now.values()].filter(({ user_id }) => !before.has(user_id));
    for (const member of left) this.#emitter.emit('left', member);
    for (const member of joined) this.#emitter.emit('joined', member);
    if (left.length || joined.length) this.#emitter.emit('changed', now);
  }
}
