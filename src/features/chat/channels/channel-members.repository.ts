import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { ChannelBansTable, ChannelMembersTable, ChannelRole, Database } from '../../../storage/database';
import { Storage } from '../../../storage/storage';

export type MemberRow = Omit<Selectable<ChannelMembersTable>, 'channel_id'>;
export type BanRow = Selectable<ChannelBansTable>;

/** What a channel knows of one user. */
export interface Standing {
  readonly role?: ChannelRole;
  readonly ban?: Pick<BanRow, 'reason' | 'until'>;
}

/** Who is in the channels, and who must not be. */
@Injectable()
export class ChannelMembers {
  constructor(private readonly storage: Storage) {}

  async standing(channel: string, userId: string, db: Kysely<Database> = this.storage.db): Promise<Standing> {
    const members = db.selectFrom('channel_members').select('role').where('channel_id', '=', channel);
    const member = await members.where('user_id', '=', userId).executeTakeFirst();
    const bans = db.selectFrom('channel_bans').select(['reason', 'until']).where('channel_id', '=', channel);
    return { role: member?.role, ban: await bans.where('user_id', '=', userId).executeTakeFirst() };
  }

  /** Makes a user a member, or gives one another role. */
  async put(trx: Transaction<Database>, channel: string, userId: string, role: ChannelRole): Promise<void> {
    await trx
      .insertInto('channel_members')
      .values({ channel_id: channel, user_id: userId, role, joined_at: Date.now() })
      .onConflict((conflict) => conflict.columns(['channel_id', 'user_id']).doUpdateSet({ role }))
      .execute();
  }

  async remove(trx: Transaction<Database>, channel: string, userId: string): Promise<void> {
    const members = trx.deleteFrom('channel_members').where('channel_id', '=', channel);
    await members.where('user_id', '=', userId).execute();
  }

  /** By user id. */
  page(channel: string, after: string | undefined, limit: number): Promise<MemberRow[]> {
    const members = this.storage.db.selectFrom('channel_members').select(['user_id', 'role', 'joined_at']);
    const page = members.where('channel_id', '=', channel).orderBy('user_id').limit(limit);
    return (after === undefined ? page : page.where('user_id', '>', after)).execute();
  }

  async count(db: Kysely<Database>, table: 'channel_members' | 'channel_bans', channel: string): Promise<number> {
    const query = db.selectFrom(table).select(({ fn }) => fn.countAll().as('count'));
    return Number((await query.where('channel_id', '=', channel).executeTakeFirstOrThrow()).count);
  }

  async ban(trx: Transaction<Database>, ban: BanRow): Promise<void> {
    const { reason, until, banned_by, created_at } = ban;
    await trx
      .insertInto('channel_bans')
      .values(ban)
      .onConflict((conflict) =>
        conflict.columns(['channel_id', 'user_id']).doUpdateSet({ reason, until, banned_by, created_at }),
      )
      .execute();
  }

  /** False when there was no such ban. */
  async unban(trx: Transaction<Database>, channel: string, userId: string): Promise<boolean> {
    const bans = trx.deleteFrom('channel_bans').where('channel_id', '=', channel);
    return (await bans.where('user_id', '=', userId).executeTakeFirst()).numDeletedRows === 1n;
  }

  /** By user id, those that are over included. */
  bans(channel: string, after: string | undefined, limit: number): Promise<BanRow[]> {
    const query = this.storage.db.selectFrom('channel_bans').selectAll().where('channel_id', '=', channel);
    const page = query.orderBy('user_id').limit(limit);
    return (after === undefined ? page : page.where('user_id', '>', after)).execute();
  }

  /** Takes out some of a channel's members and bans; false when there are no more. */
  clearSome(channel: string, limit: number): Promise<boolean> {
    return this.storage.write(async (trx) => {
      const members = await deleteSome(trx, 'channel_members', channel, limit);
      const bans = await deleteSome(trx, 'channel_bans', channel, limit);
      return members === limit || bans === limit;
    });
  }
}

async function deleteSome(
  trx: Transaction<Database>,
  table: 'channel_members' | 'channel_bans',
  channel: string,
  limit: number,
): Promise<number> {
  const some = trx
    .selectFrom(table)
    .select('user_id')
    .where('channel_id', '=', channel)
    .orderBy('user_id')
    .limit(limit);
  const rows = trx.deleteFrom(table).where('channel_id', '=', channel).where('user_id', 'in', some);
  return Number((await rows.executeTakeFirst()).numDeletedRows);
}
