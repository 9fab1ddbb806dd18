import { Injectable } from '@nestjs/common';
import { Kysely, Selectable, sql, Transaction } from 'kysely';
import type { RoomName } from '../../protocol/room-name';
import type { ChatMessagesTable, Database } from '../../storage/database';
import { Storage } from '../../storage/storage';

export type ChatMessage = Omit<Selectable<ChatMessagesTable>, 'seq' | 'room' | 'client_id'>;

export interface NewChatMessage {
  readonly id: string;
  readonly room: RoomName;
  readonly userId: string;
  readonly userName?: string;
  readonly text: string;
  /** The sender's `message_id`. */
  readonly clientId?: string;
  readonly sentAt: number;
}

const FIELDS = ['id', 'user_id', 'user_name', 'text', 'sent_at', 'edited_at', 'deleted_at'] as const;

/** What a count reads at most, by the index alone. */
const COUNTED = 100_000;
/** And what reads each message. */
const DATED = 10_000;

/** What was said in the rooms. */
@Injectable()
export class ChatMessages {
  constructor(private readonly storage: Storage) {}

  /**
   * Adds a message, unless its sender sent one with the same `clientId` into the room at or after `since`: then that
   * one's id is returned, and nothing is added.
   */
  async add(trx: Transaction<Database>, message: NewChatMessage, since: number): Promise<string | undefined> {
    if (await insert(trx, message)) return undefined;
    const { id, sent_at } = await sentBefore(trx, message);
    if (sent_at >= since) return id;
    await trx.updateTable('chat_messages').set({ client_id: null }).where('id', '=', id).execute();
    await insert(trx, message);
    return undefined;
  }

  find(db: Kysely<Database>, room: RoomName, id: string): Promise<ChatMessage | undefined> {
    return db
      .selectFrom('chat_messages')
      .select(FIELDS)
      .where('id', '=', id)
      .where('room', '=', room)
      .executeTakeFirst();
  }

  /** Sets the text of a message that is not deleted; false when it is, or is not there. */
  async edit(trx: Transaction<Database>, id: string, text: string, at: number): Promise<boolean> {
    return this.#change(trx, id, { text, edited_at: at });
  }

  /** Takes the text away for good; false when it was already. */
  async delete(trx: Transaction<Database>, id: string, at: number): Promise<boolean> {
    return this.#change(trx, id, { text: '', deleted_at: at });
  }

  /** The newest first; of those before a message, when one is named. Nothing when that is not in the room. */
  async page(room: RoomName, before: string | undefined, limit: number): Promise<ChatMessage[] | undefined> {
    const { db } = this.storage;
    const newest = db.selectFrom('chat_messages').select(FIELDS).where('room', '=', room);
    const query = newest.orderBy('seq', 'desc').limit(limit);
    if (before === undefined) return query.execute();
    const place = db.selectFrom('chat_messages').select('seq').where('id', '=', before).where('room', '=', room);
    const found = await place.executeTakeFirst();
    return found && query.where('seq', '<', found.seq).execute();
  }

  /** How many there are, deleted ones included; no more than `COUNTED` are counted. */
  async count(room: RoomName): Promise<number> {
    const { db } = this.storage;
    const some = db.selectFrom('chat_messages').select('seq').where('room', '=', room).limit(COUNTED);
    const query = db.selectFrom(some.as('some')).select(({ fn }) => fn.countAll().as('count'));
    return Number((await query.executeTakeFirstOrThrow()).count);
  }

  /** How many on each day since 1970, UTC, that had some, the newest first; of the last `DATED` ones and since then. */
  async perDay(room: RoomName, since: number): Promise<{ day: number; messages: number }[]> {
    const { db } = this.storage;
    const recent = db.selectFrom('chat_messages').select('sent_at').where('room', '=', room);
    const days = await db
      .selectFrom(recent.orderBy('seq', 'desc').limit(DATED).as('recent'))
      .select(({ fn }) => [sql<number>`sent_at / 86400000`.as('day'), fn.countAll().as('messages')])
      .where('sent_at', '>=', since)
      .groupBy('day')
      .orderBy('day', 'desc')
      .execute();
    return days.map(({ day, messages }) => ({ day: Number(day), messages: Number(messages) }));
  }

  async #change(
    trx: Transaction<Database>,
    id: string,
    change: { text: string; edited_at?: number; deleted_at?: number },
  ): Promise<boolean> {
    const update = trx.updateTable('chat_messages').set(change).where('id', '=', id).where('deleted_at', 'is', null);
    return (await update.executeTakeFirst()).numUpdatedRows === 1n;
  }
}

/** False when the sender used the `clientId` before. */
async function insert(trx: Transaction<Database>, message: NewChatMessage): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('chat_messages')
    .values({
      id: message.id,
      room: message.room,
      user_id: message.userId,
      user_name: message.userName ?? null,
      text: message.text,
      client_id: message.clientId ?? null,
      sent_at: message.sentAt,
      edited_at: null,
      deleted_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

function sentBefore(trx: Transaction<Database>, { userId, room, clientId }: NewChatMessage) {
  return trx
    .selectFrom('chat_messages')
    .select(['id', 'sent_at'])
    .where('user_id', '=', userId)
    .where('room', '=', room)
    .where('client_id', '=', clientId!)
    .executeTakeFirstOrThrow();
}
