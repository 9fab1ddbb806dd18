import { Injectable } from '@nestjs/common';
import { Insertable, Kysely, Selectable, sql, Transaction, Updateable } from 'kysely';
import type { ChannelsTable, Database } from '../../../storage/database';
import { Storage } from '../../../storage/storage';

export type ChannelRow = Omit<Selectable<ChannelsTable>, 'deleted_at'>;

const FIELDS = [
  'id',
  'name',
  'visibility',
  'password_hash',
  'owner_id',
  'slow_mode_seconds',
  'member_limit',
  'created_at',
] as const;

/** The channels. One that is deleted keeps its id for ever: a later one of that name would show its messages. */
@Injectable()
export class ChannelRows {
  constructor(private readonly storage: Storage) {}

  /** False when the id is taken, also by one that is deleted. */
  async add(trx: Transaction<Database>, channel: Insertable<ChannelsTable>): Promise<boolean> {
    const insert = trx
      .insertInto('channels')
      .values(channel)
      .onConflict((conflict) => conflict.doNothing());
    return (await insert.executeTakeFirst()).numInsertedOrUpdatedRows === 1n;
  }

  async find(id: string): Promise<ChannelRow | undefined> {
    return living(this.storage.db).where('id', '=', id).executeTakeFirst();
  }

  /** The channel, and nobody else's to change until the transaction ends. */
  async lock(trx: Transaction<Database>, id: string): Promise<ChannelRow | undefined> {
    return this.change(trx, id, { id });
  }

  async change(
    trx: Transaction<Database>,
    id: string,
    change: Updateable<ChannelsTable>,
  ): Promise<ChannelRow | undefined> {
    const update = trx.updateTable('channels').set(change).where('id', '=', id).where('deleted_at', 'is', null);
    return update.returning(FIELDS).executeTakeFirst();
  }

  async countOf(db: Kysely<Database>, ownerId: string): Promise<number> {
    const { count } = await db
      .selectFrom('channels')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('owner_id', '=', ownerId)
      .where('deleted_at', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** By id; private ones only where the user is a member. Each half reads no more rows than the page takes. */
  page(userId: string, after = '', limit: number): Promise<ChannelRow[]> {
    const { db } = this.storage;
    // As it stands: for a parameter no database would take the index of those that are not private.
    const hidden = sql.lit('private' as const);
    const listed = living(db).where('visibility', '<>', hidden).where('id', '>', after).orderBy('id').limit(limit);
    const own = living(db)
      .innerJoin('channel_members', 'channel_id', 'id')
      .where('user_id', '=', userId)
      .where('channel_id', '>', after)
      .where('visibility', '=', hidden)
      .orderBy('channel_id')
      .limit(limit);
    const both = db
      .selectFrom(listed.as('listed'))
      .selectAll()
      .unionAll(db.selectFrom(own.as('own')).selectAll());
    return db.selectFrom(both.as('visible')).select(FIELDS).orderBy('id').limit(limit).execute();
  }
}

function living(db: Kysely<Database>) {
  return db.selectFrom('channels').select(FIELDS).where('deleted_at', 'is', null);
}
