import type { Author, KeptMessage, RealtimeRoom } from '../../client';
import type { BoardEvents } from '../board-events';
import { Shown } from './shown';

export interface Message {
  readonly id: string;
  readonly text: string;
  readonly user: Author;
  readonly sentAt: string;
}

/** What this user says and the server has not: it waits, or was refused. */
export interface Unsent {
  readonly text: string;
  error?: string;
}

const SHOWN = 200;

/** What is said in the project's room. */
export class Talk extends Shown {
  readonly unsent = new Set<Unsent>();
  readonly #messages = new Map<string, Message>();
  #complete = true;

  constructor(
    private readonly room: RealtimeRoom<BoardEvents>,
    private readonly ownId: string,
  ) {
    super();
  }

  /** The latest last. */
  get messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  /** Whether what was said before could be read. */
  get complete(): boolean {
    return this.#complete;
  }

  get typists(): readonly string[] {
    return [...this.room.typing.users.values()].map(({ user_id, name }) => name ?? user_id);
  }

  /** `replayed` is told of each message that comes after a drop. Returns what ends it. */
  listen(replayed: () => void): () => void {
    const { room } = this;
    const stops = [
      room.on('chat', ({ id, text, user }, meta) => {
        if (meta.replayed && !this.#messages.has(id)) replayed();
        if (user.id === this.ownId) this.#arrived(text);
        this.#put({ id, text, user, sentAt: meta.timestamp });
      }),
      room.on('chat_edited', ({ id, text }) => this.#edit(id, text)),
      room.on('chat_deleted', ({ id }) => this.#delete(id)),
      room.typing.on('changed', () => this.changed()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** What was said before, from the database. Returns how many of the messages were not here yet. */
  async load(): Promise<number> {
    const before = new Set(this.#messages.keys());
    try {
      const { messages } = await this.room.chat.history({ limit: 50 });
      this.#replace(messages.filter(({ deleted }) => !deleted).map(toMessage));
      this.#complete = true;
    } catch {
      this.#complete = false;
    }
    this.changed();
    return this.messages.filter(({ id }) => !before.has(id)).length;
  }

  async send(text: string): Promise<void> {
    const unsent: Unsent = { text };
    this.unsent.add(unsent);
    this.changed();
    try {
      await this.room.chat.send(text);
      this.unsent.delete(unsent);
    } catch (error) {
      unsent.error = (error as Error).message;
    }
    this.changed();
  }

  async sendAgain(unsent: Unsent): Promise<void> {
    this.unsent.delete(unsent);
    await this.send(unsent.text);
  }

  /** The message may be here before the answer that it was sent: it is not shown twice. */
  #arrived(text: string): void {
    const waiting = [...this.unsent].find((unsent) => unsent.text === text && !unsent.error);
    if (waiting) this.unsent.delete(waiting);
  }

  /** What came while the others were loaded is later than these. */
  #replace(newestFirst: readonly Message[]): void {
    const newest = newestFirst.at(0)?.sentAt ?? '';
    const later = this.messages.filter(({ sentAt }) => sentAt > newest);
    this.#messages.clear();
    for (const message of [...newestFirst.toReversed(), ...later]) this.#messages.set(message.id, message);
  }

  #put(message: Message): void {
    this.#messages.set(message.id, message);
    if (this.#messages.size > SHOWN) this.#messages.delete(this.messages[0].id);
    this.changed();
  }

  #edit(id: string, text: string): void {
    const message = this.#messages.get(id);
    if (message) this.#put({ ...message, text });
  }

  #delete(id: string): void {
    this.#messages.delete(id);
    this.changed();
  }
}

function toMessage({ id, text = '', user, sent_at: sentAt }: KeptMessage): Message {
  return { id, text, user, sentAt };
}
