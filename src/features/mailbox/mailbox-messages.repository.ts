import { Injectable } from '@nestjs/common';
import { AliasedExpression, Kysely, sql, Transaction } from 'kysely';
import type { StreamPosition } from '../../protocol/position';
import type { Database } from '../../storage/database';
import { Storage } from '../../storage/storage';

export interface NewMail {
  readonly userId: string;
  readonly id: string;
  readonly body: string;
}

/** Of one user. */
export interface MailLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** A message that waits. */
export interface Mail {
  readonly seq: number;
  readonly id: string;
  readonly body: string;
}

/** One that is in the user's stream. */
export interface PlacedMail extends Mail {
  readonly offset: number;
}

interface PageLimits {
  /** When the oldest was stored, milliseconds since 1970. */
  readonly since: number;
  readonly maxBytes: number;
}

/** By their `seq`: between the two. */
interface BehindLimits extends PageLimits {
  readonly after: number;
  readonly before: number;
}

/** Rows of one page: a transaction places no more of them. */
const MAX_ROWS = 100;

export interface StoredMail {
  readonly seq: number;
  /** False when the user's mailbox held this id already. */
  readonly isNew: boolean;
  /** How many older ones had to go. */
  readonly dropped: number;
}

/** What waits for users who are away, or did not acknowledge it. */
@Injectable()
export class MailboxMessages {
  constructor(private readonly storage: Storage) {}

  /** Adds a message; the user's oldest go where there is too much. */
  add(mail: NewMail, limits: MailLimits): Promise<StoredMail> {
    return this.storage.write(async (trx) => {
      const added = await insert(trx, mail);
      if (added) return { ...added, isNew: true, dropped: await trim(trx, mail, limits) };
      const { seq } = await trx
        .selectFrom('mailbox_messages')
        .select('seq')
        .where('user_id', '=', mail.userId)
        .where('id', '=', mail.id)
        .executeTakeFirstOrThrow();
      return { seq, isNew: false, dropped: 0 };
    });
  }

  /** Whether anything waits: asked at every connect, and nearly always in vain. */
  async any(userId: string): Promise<boolean> {
    const first = this.storage.db.selectFrom('mailbox_messages').select('seq').where('user_id', '=', userId).limit(1);
    return (await first.executeTakeFirst()) !== undefined;
  }

  /** How much waits, and for how many users: no more than `most` messages are looked at. */
  depth(most: number): Promise<{ messages: number; users: number }> {
    const { db } = this.storage;
    const some = db.selectFrom('mailbox_messages').select('user_id').orderBy('user_id').limit(most).as('some');
    return db
      .selectFrom(some)
      .select(({ fn }) => [fn.countAll<number>().as('messages'), fn.count<number>('user_id').distinct().as('users')])
      .executeTakeFirstOrThrow();
  }

  /**
   * What waits for a user since then in an epoch of its stream: the first after this offset, in the order of the
   * offsets, up to a position; as much as `maxBytes`, one at least.
   */
  async page(userId: string, upTo: StreamPosition, after: number, limits: PageLimits): Promise<PlacedMail[]> {
    const { db } = this.storage;
    const some = db
      .selectFrom('mailbox_messages')
      .select(['seq', sql<number>`stream_offset`.as('place'), sql<number>`octet_length(body)`.as('size')])
      .where('user_id', '=', userId)
      .where('epoch', '=', upTo.epoch)
      .where('stream_offset', '>', after)
      .where('stream_offset', '<=', upTo.offset)
      .where('created_at', '>=', limits.since)
      .orderBy('stream_offset')
      .limit(MAX_ROWS);
    const rows = await readWithin(db, some.as('some'), limits.maxBytes);
    return rows.map(({ place, ...mail }) => ({ ...mail, offset: place }));
  }

  /**
   * What was stored between two messages and is not published in this epoch, in that order; as much as `maxBytes`, one
   * at least.
   */
  behind(userId: string, epoch: string, { after, before, since, maxBytes }: BehindLimits): Promise<Mail[]> {
    const { db } = this.storage;
    const some = db
      .selectFrom('mailbox_messages')
      .select(['seq', 'seq as place', sql<number>`octet_length(body)`.as('size')])
      .where('user_id', '=', userId)
      .where('seq', '>', after)
      .where('seq', '<', before)
      .where('created_at', '>=', since)
      .where((be) => be.or([be('epoch', 'is', null), be('epoch', '<>', epoch)]))
      .orderBy('seq')
      .limit(MAX_ROWS);
    return readWithin(db, some.as('some'), maxBytes);
  }

  /** Records where messages were published. */
  async place(placed: readonly (readonly [seq: number, position: StreamPosition])[]): Promise<void> {
    await this.storage.write(async (trx) => {
      for (const [seq, { epoch, offset }] of placed) {
        const update = trx.updateTable('mailbox_messages').set({ epoch, stream_offset: offset });
        await update.where('seq', '=', seq).execute();
      }
    });
  }

  async remove(seq: number): Promise<void> {
    await this.storage.write((trx) => trx.deleteFrom('mailbox_messages').where('seq', '=', seq).execute());
  }

  /** Takes away what the user has got: all of the epoch up to the offset. False when there was none. */
  async acknowledge(userId: string, { epoch, offset }: StreamPosition): Promise<boolean> {
    const { numDeletedRows } = await this.storage.write((trx) =>
      trx
        .deleteFrom('mailbox_messages')
        .where('user_id', '=', userId)
        .where('epoch', '=', epoch)
        .where('stream_offset', '<=', offset)
        .executeTakeFirst(),
    );
    return numDeletedRows > 0n;
  }

  /** Takes away some of what is older, and returns how many it were. */
  async purge(before: number, limit: number): Promise<number> {
    const { db } = this.storage;
    const old = db.selectFrom('mailbox_messages').select('seq').where('created_at', '<', before);
    const rows = await old.orderBy('created_at').limit(limit).execute();
    if (!rows.length) return 0;
    const seqs = rows.map(({ seq }) => seq);
    const { numDeletedRows } = await this.storage.write((trx) =>
      trx.deleteFrom('mailbox_messages').where('seq', 'in', seqs).executeTakeFirst(),
    );
    return Number(numDeletedRows);
  }
}

/** Reads the first of some messages, in the order of their places: as much as `maxBytes`, one at least. */
async function readWithin(
  db: Kysely<Database>,
  some: AliasedExpression<{ seq: number; place: number; size: number }, 'some'>,
  maxBytes: number,
): Promise<(Mail & { place: number })[]> {
  // The bodies are read last, of those that fit.
  const sums = db
    .selectFrom(some)
    .select(['seq', 'place'])
    .select(sql<number>`sum(size) over (order by place)`.as('bytes'))
    .select(sql<number>`row_number() over (order by place)`.as('number'));
  const rows = await db
    .selectFrom(sums.as('sums'))
    .innerJoin('mailbox_messages as mail', 'mail.seq', 'sums.seq')
    .select(['mail.seq', 'mail.id', 'mail.body', 'sums.place'])
    .where((be) => be.or([be('bytes', '<=', maxBytes), be('number', '=', 1)]))
    .execute();
  return rows.sort((one, other) => one.place - other.place);
}

function insert(trx: Transaction<Database>, { userId, id, body }: NewMail): Promise<{ seq: number } | undefined> {
  return trx
    .insertInto('mailbox_messages')
    .values({ user_id: userId, id, body, created_at: Date.now(), epoch: null, stream_offset: null })
    .onConflict((conflict) => conflict.columns(['user_id', 'id']).doNothing())
    .returning('seq')
    .executeTakeFirst();
}

async function trim(trx: Transaction<Database>, { userId, body }: NewMail, limits: MailLimits): Promise<number> {
  const { maxMessages, maxBytes } = limits;
  const ofUser = trx.selectFrom('mailbox_messages').select('seq').where('user_id', '=', userId);
  const over = await ofUser.orderBy('seq', 'desc').offset(maxMessages).limit(1).executeTakeFirst();
  const dropped = over ? await removeUpTo(trx, userId, over.seq) : 0;
  // To sum up a mailbox costs more than to store a message. Those that are smaller make, all of them, another `maxBytes`.
  if (Buffer.byteLength(body) <= maxBytes / maxMessages) return dropped;
  const tooMuch = await newestBeyond(trx, userId, maxBytes);
  return tooMuch === undefined ? dropped : dropped + (await removeUpTo(trx, userId, tooMuch));
}

/** The newest message, but for the very last one, which together with what is newer takes more than `maxBytes`. */
async function newestBeyond(trx: Transaction<Database>, userId: string, maxBytes: number): Promise<number | undefined> {
  const sums = trx
    .selectFrom('mailbox_messages')
    .select(['seq', sql<number>`row_number() over (order by seq desc)`.as('place')])
    .select(sql<number>`sum(octet_length(body)) over (order by seq desc)`.as('bytes'))
    .where('user_id', '=', userId);
  const beyond = trx.selectFrom(sums.as('sums')).select('seq').where('bytes', '>', maxBytes).where('place', '>', 1);
  return (await beyond.orderBy('seq', 'desc').limit(1).executeTakeFirst())?.seq;
}

async function removeUpTo(trx: Transaction<Database>, userId: string, seq: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('mailbox_messages')
    .where('user_id', '=', userId)
    .where('seq', '<=', seq)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
