import { Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import type { RoomName } from '../protocol/room-name';
import type { Database } from './database';
import { Storage } from './storage';

/** A publication that is stored and has to reach its room. */
export interface OutboxEntry {
  readonly seq: number;
  readonly id: string;
  readonly room: RoomName;
  readonly body: string;
}

const FIELDS = ['seq', 'id', 'room', 'body'] as const;
/** For so long nobody else is at what a node has claimed. */
const CLAIM_MS = 10_000;

/** What is to be published, from the transaction that stored it until it is in its room's stream. */
@Injectable()
export class ChatOutbox {
  constructor(private readonly storage: Storage) {}

  async put(trx: Transaction<Database>, room: RoomName, id: string, body: string): Promise<OutboxEntry> {
    const { seq } = await trx
      .insertInto('chat_outbox')
      .values({ id, room, body, created_at: Date.now(), claimed_until: 0 })
      .returning('seq')
      .executeTakeFirstOrThrow();
    return { seq, id, room, body };
  }

  find(db: Kysely<Database>, id: string): Promise<OutboxEntry | undefined> {
    return db.selectFrom('chat_outbox').select(FIELDS).where('id', '=', id).executeTakeFirst();
  }

  async remove(seqs: readonly number[]): Promise<void> {
    await this.storage.write((trx) => trx.deleteFrom('chat_outbox').where('seq', 'in', seqs).execute());
  }

  /** The oldest entries of `before` or earlier, for this node alone; none while another one is at such a claim. */
  async claim(before: number, limit: number): Promise<OutboxEntry[]> {
    if (!(await this.#isDue(before))) return [];
    const now = Date.now();
    const entries = await this.storage.write((trx) => {
      const due = trx.selectFrom('chat_outbox').select('seq').where('created_at', '<=', before);
      const claimed = trx.selectFrom('chat_outbox as other').select('other.seq').where('other.claimed_until', '>', now);
      return trx
        .updateTable('chat_outbox')
        .set({ claimed_until: now + CLAIM_MS })
        .where('seq', 'in', due.orderBy('seq').limit(limit))
        .where('claimed_until', '<=', now)
        .where((be) => be.not(be.exists(claimed)))
        .returning(FIELDS)
        .execute();
    });
    return entries.sort((one, other) => one.seq - other.seq);
  }

  /** Asked every few seconds by every node, and nearly always without result: it takes no lock. */
  async #isDue(before: number): Promise<boolean> {
    const due = this.storage.db.selectFrom('chat_outbox').select('seq').where('created_at', '<=', before);
    return (await due.limit(1).executeTakeFirst()) !== undefined;
  }
}
