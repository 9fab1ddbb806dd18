import { Injectable } from '@nestjs/common';
import { Activities } from '../../events/activities';
import { ChatReceipt, ChatStore, Repeatable } from '../../events/chat-store';
import type { Transaction } from 'kysely';
import type { Identity } from '../../auth/identity';
import { timestamp } from '../../async/timestamp';
import { RealtimeError } from '../../protocol/errors';
import type { ServerFrameData } from '../../protocol/frames';
import type { RoomName } from '../../protocol/room-name';
import { IdempotencyOptions } from '../../gateway/idempotency/idempotency.options';
import { toPublication } from '../../publishing/publication';
import { RoomAccess } from '../../rooms/room-access';
import { RoomRegistry } from '../../rooms/room-registry';
import { ChatMessage, ChatMessages } from './chat-messages.repository';
import { ChatOutbox, ChatPublication } from './chat-outbox.repository';
import type { Database } from '../../storage/database';
import { Storage } from '../../storage/storage';
import { ChatPublisher } from './chat-publisher';
import { uniqueId } from '../../protocol/unique-id';

export type Page = Omit<ServerFrameData['chat_history'], 'room'>;

/** A page ends here even when `limit` allows more: one reply should not fill a client's outbox. */
const MAX_PAGE_BYTES = 256 * 1024;
/** What a message takes beside its text, roughly. */
const MESSAGE_BYTES = 200;

/**
 * Chat. What is said is stored, with an outbox entry, before it is published, and published before it is acknowledged:
 * a process that dies in between leaves the entry, which the relay publishes.
 */
@Injectable()
export class ChatService extends ChatStore {
  constructor(
    private readonly storage: Storage,
    private readonly messages: ChatMessages,
    private readonly outbox: ChatOutbox,
    private readonly chatPublisher: ChatPublisher,
    private readonly activities: Activities,
    private readonly rooms: RoomRegistry,
    private readonly access: RoomAccess,
    private readonly options: IdempotencyOptions,
  ) {
    super();
  }

  override async say(
    { userId, name }: Identity,
    room: RoomName,
    text: string,
    frame: Repeatable,
  ): Promise<ChatReceipt> {
    const { messageId } = frame;
    const id = uniqueId();
    const data = { id, text, user: { id: userId, name } };
    const publication = toPublication(room, 'chat', data, id, { publisher: userId });
    const sentAt = Date.now();
    const message = { id, room, userId, userName: name, text, clientId: messageId, sentAt };
    const stored = await this.storage.write(async (trx) => {
      const first = await this.messages.add(trx, message, sentAt - this.options.windowMs);
      if (first !== undefined) return { id: first, entry: await this.outbox.find(trx, first) };
      return { id, entry: await this.chatPublisher.prepare(trx, room, publication) };
    });
    // Whatever becomes of the publication: what is stored was said.
    if (stored.id === id) this.activities.record({ type: 'chat_sent', user: userId, room, target: id });
    return this.#publish(stored.id, room, stored.entry);
  }

  /** @throws RealtimeError `not_found`, `forbidden` unless it is the author's or the user moderates, `unavailable` */
  async edit(identity: Identity, room: RoomName, id: string, text: string): Promise<ChatReceipt> {
    return this.#change(identity, room, id, async (trx, message) => {
      // Later than the last edit: whoever sees two of them out of order knows which one counts.
      const at = Math.max(Date.now(), (message.edited_at ?? 0) + 1);
      if (!(await this.messages.edit(trx, id, text, at))) throw notThere(room, id);
      const data: ServerFrameData['chat_edited'] = { id, text, user: authorOf(message), edited_at: timestamp(at) };
      return ['chat_edited', data];
    });
  }

  /** @throws RealtimeError `not_found`, `forbidden` unless it is the author's or the user moderates, `unavailable` */
  async delete(identity: Identity, room: RoomName, id: string): Promise<ChatReceipt> {
    return this.#change(identity, room, id, async (trx, message) => {
      if (!(await this.messages.delete(trx, id, Date.now()))) throw notThere(room, id);
      const data: ServerFrameData['chat_deleted'] = { id, user: authorOf(message) };
      return ['chat_deleted', data];
    });
  }

  /** @throws RealtimeError `not_found` when the room has no message `before`, `unavailable` */
  async page(room: RoomName, before: string | undefined, limit: number): Promise<Page> {
    const found = await this.messages.page(room, before, limit + 1);
    if (!found) throw notThere(room, before!);
    const page = found.slice(0, Math.min(limit, countWithin(found)));
    return { messages: page.map(toHistory), has_more: found.length > page.length };
  }

  async #change(
    identity: Identity,
    room: RoomName,
    id: string,
    change: (
      trx: Transaction<Database>,
      message: ChatMessage,
    ) => Promise<[type: 'chat_edited' | 'chat_deleted', data: object]>,
  ): Promise<ChatReceipt> {
    this.rooms.checkShare(identity.userId);
    const moderates = await this.access.moderates(identity, room);
    const { type, entry } = await this.storage.write(async (trx) => {
      const message = await this.messages.find(trx, room, id);
      if (!message || message.deleted_at !== null) throw notThere(room, id);
      if (message.user_id !== identity.userId && !moderates) {
        throw new RealtimeError('forbidden', "This message is another user's.");
      }
      const [type, data] = await change(trx, message);
      const publication = toPublication(room, type, data, uniqueId(), { publisher: identity.userId });
      return { type, entry: await this.chatPublisher.prepare(trx, room, publication) };
    });
    this.activities.record({ type, user: identity.userId, room, target: id });
    return this.#publish(id, room, entry);
  }

  async #publish(id: string, room: RoomName, entry: ChatPublication | undefined): Promise<ChatReceipt> {
    try {
      return { id, room, offset: entry ? (await this.chatPublisher.publish(entry)).offset : 0 };
    } catch (cause) {
      const message =
        'This is stored, and published later. Send it again with the same message_id to be told its place.';
      throw new RealtimeError('unavailable', message, { cause: causeOf(cause) });
    }
  }
}

/** Who refused has said in the log what there is to say. */
function causeOf(error: unknown): unknown {
  return error instanceof RealtimeError ? error.cause : error;
}

function notThere(room: RoomName, id: string): RealtimeError {
  return new RealtimeError('not_found', `There is no message ${id} in ${room}.`);
}

function authorOf({ user_id, user_name }: ChatMessage): { id: string; name?: string } {
  return { id: user_id, name: user_name ?? undefined };
}

function toHistory(message: ChatMessage): Page['messages'][number] {
  const { id, text, sent_at, edited_at, deleted_at } = message;
  const user = authorOf(message);
  if (deleted_at !== null) return { id, user, sent_at: isoTime(sent_at), deleted: true };
  return {
    id,
    text,
    user,
    sent_at: isoTime(sent_at),
    ...(edited_at === null ? {} : { edited_at: isoTime(edited_at) }),
  };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** How many fit a page; one at least. */
function countWithin(messages: readonly ChatMessage[]): number {
  let bytes = 0;
  const over = messages.findIndex(({ text }) => (bytes += Buffer.byteLength(text) + MESSAGE_BYTES) > MAX_PAGE_BYTES);
  return over < 0 ? messages.length : Math.max(1, over);
}
