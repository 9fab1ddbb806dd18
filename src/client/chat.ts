import type { KeptMessage } from '../protocol/frames';

export interface Said {
  /** The message's id. */
  readonly id: string;
  readonly room: string;
  /** Its place in the room's stream; 0 when the room keeps none. */
  readonly offset: number;
}

export interface ChatPage {
  /** Newest first. */
  readonly messages: readonly KeptMessage[];
  /** Whether there are older ones. */
  readonly has_more: boolean;
}

type Ask = <Reply>(type: string, data: object) => Promise<Reply>;

/** What is said in a room. What others say comes by `room.on('chat', …)`. */
export class RoomChat {
  constructor(private readonly ask: Ask) {}

  /** Resolves when the message is stored. @throws RealtimeClientError */
  send(text: string): Promise<Said> {
    return this.ask('chat', { text });
  }

  /** @throws RealtimeClientError `forbidden` for another user's message, `not_found` */
  edit(id: string, text: string): Promise<Said> {
    return this.ask('chat_edit', { id, text });
  }

  /** @throws RealtimeClientError `forbidden` for another user's message, `not_found` */
  delete(id: string): Promise<Said> {
    return this.ask('chat_delete', { id });
  }

  /** From the database, newest first; `before` is the id of a message. At most 200, 50 when left out. */
  history(page: { before?: string; limit?: number } = {}): Promise<ChatPage> {
    return this.ask('chat_history', page);
  }
}
