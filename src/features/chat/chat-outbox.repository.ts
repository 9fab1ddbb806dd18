import { Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import type { RoomName } from '../../protocol/room-name';
import type { PublisherRow } from '../../publishing/publication.codec';
import type { Database } from '../../storage/database';
import { Storage } from '../../storage/storage';

/** A publication of what is stored, which has to reach its room. */
export interface ChatPublication extends PublisherRow {
  readonly room: RoomName;
  /** Its place in the outbox; none where nobody would publish it later. */
  readonly seq?: number;
}

export interface OutboxEntry extends ChatPublication {
  readonly seq: number;
  /** How often the relay failed to publish it. */
  readonly attempts: number;
}

/** An entry that could not be published, and when it is tried again; `retryAt: null`: it is set aside. */
export interface Postponed {
  readonly seq: number;
  readonly attempts: number;
  readonly retryAt: number | null;
}

const FIELDS = ['seq', 'id', 'room', 'body', 'publisher', 'attempts'] as const;
/** For so long nobody else is at what a node has claimed, milliseconds. */
export const CLAIM_MS = 10_000;

/**
 * What is to be published, from the transaction that stored it until it is in its room's stream. An entry whose
 * `retry_at` is to come holds back its room, and no other; one that is set aside (`retry_at` is null) holds back nothing.
 */
@Injectable()
export class ChatOutbox {
  constructor(private readonly storage: Storage) {}

  async put(trx: Transaction<Database>, publication: ChatPublication): Promise<ChatPublication> {
    const { seq } = await trx
      .insertInto('chat_outbox')
      .values({ ...publication, created_at: Date.now(), claimed_until: 0 })
      .returning('seq')
      .executeTakeFirstOrThrow();
    return { ...publication, seq };
  }

  find(db: Kysely<Database>, id: string): Promise<OutboxEntry | undefined> {
    return db.selectFrom('chat_outbox').select(FIELDS).where('id', '=', id).executeTakeFirst();
  }

  async remove(seqs: readonly number[]): Promise<void> {
    await this.storage.write((trx) => trx.deleteFrom('chat_outbox').where('seq', 'in', seqs).execute());
  }

  /** The oldest entries of `before` or earlier, for this node alone; none while another one is at such a claim. */
  async claim(before: number, limit: number): Promise<OutboxEntry[]> {
    const now = Date.now();
    // Asked every few seconds by every node, and nearly always without result: it takes no lock.
    if (!(await due(this.storage.db, before, now).limit(1).executeTakeFirst())) return [];
    const entries = await this.storage.write((trx) => {
      const claimed = trx.selectFrom('chat_outbox as other').select('other.seq').where('other.claimed_until', '>', now);
      return trx
        .updateTable('chat_outbox')
        .set({ claimed_until: now + CLAIM_MS })
        .where('seq', 'in', due(trx, before, now).orderBy('due.seq').limit(limit))
        .where('claimed_until', '<=', now)
        .where((be) => be.not(be.exists(claimed)))
        .returning(FIELDS)
        .execute();
    });
    return entries.sort((one, other) => one.seq - other.seq);
  }

  /** Ends the claim of what was not published. */
  async giveBack(seqs: readonly number[], postponed: readonly Postponed[]): Promise<void> {
    if (!seqs.length) return;
    await this.storage.write(async (trx) => {
      await trx.updateTable('chat_outbox').set({ claimed_until: 0 }).where('seq', 'in', seqs).execute();
      for (const { seq, attempts, retryAt } of postponed) {
        const entry = trx.updateTable('chat_outbox').set({ attempts, retry_at: retryAt });
        await entry.where('seq', '=', seq).execute();
      }
    });
  }
}

function due(db: Kysely<Database>, before: number, now: number) {
  const held = db.selectFrom('chat_outbox as held').select('held.room').where('held.retry_at', '>', now);
  return db
    .selectFrom('chat_outbox as due')
    .select('due.seq')
    .where('due.created_at', '<=', before)
    .where('due.retry_at', '<=', now)
    .where('due.room', 'not in', held);
}
