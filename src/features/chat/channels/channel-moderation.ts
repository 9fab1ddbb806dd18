import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { RealtimeError } from '../../../protocol/errors';
import { ChannelsOptions } from './channels.options';
import { BanRow, ChannelMembers, Standing } from './channel-members.repository';
import { ChannelRow, ChannelRows } from './channels.repository';
import type { ChannelRole, Database } from '../../../storage/database';
import { Storage } from '../../../storage/storage';
import { banned, rankOf, requireRole, seen } from './channel';
import { Actor, ChannelChanges } from './channel-changes';
import { ChannelPropagation } from './channel-propagation';
import { ChannelSight } from './channel-sight';
import { ConnectedAdmins } from './connected-admins';

export interface Ban {
  readonly user_id: string;
  readonly reason?: string;
  readonly until?: string;
  readonly banned_by: string;
  readonly created_at: string;
}

type Act<T> = (trx: Transaction<Database>, target: Standing, channel: ChannelRow) => Promise<T>;

/**
 * What moderators do to others. Nobody does it to somebody of the same rank or above. The application's admins are above
 * all: one who is connected can be neither removed nor banned, and a ban of one who was not has no effect.
 */
@Injectable()
export class ChannelModeration {
  constructor(
    private readonly storage: Storage,
    private readonly channels: ChannelRows,
    private readonly members: ChannelMembers,
    private readonly sight: ChannelSight,
    private readonly admins: ConnectedAdmins,
    private readonly effects: ChannelPropagation,
    private readonly changes: ChannelChanges,
    private readonly options: ChannelsOptions,
  ) {}

  /** Makes a user a member. @throws RealtimeError `not_found`, `forbidden`, `room_full`, `banned`, `unavailable` */
  async invite(actor: Actor, id: string, userId: string): Promise<void> {
    const isNew = await this.#act('moderator', actor, id, userId, async (trx, { role, ban }, { member_limit }) => {
      if (role) return false;
      if (ban && (ban.until === null || ban.until > Date.now())) {
        throw new RealtimeError('banned', 'This user is banned. Lift the ban first.');
      }
      if ((await this.members.count(trx, 'channel_members', id)) >= member_limit) {
        throw new RealtimeError('room_full', `This channel is full: it takes ${member_limit} members.`);
      }
      await this.members.put(trx, id, userId, 'member');
      return true;
    });
    if (isNew) this.changes.tell('member_invited', actor, id, { target: userId });
    this.effects.forget(id, userId);
  }

  /** @throws RealtimeError `not_found` for who is no member, `forbidden`, `unavailable` */
  async setRole(actor: Actor, id: string, userId: string, role: Exclude<ChannelRole, 'owner'>): Promise<void> {
    await this.#act('owner', actor, id, userId, async (trx, target) => {
      if (!target.role) throw notMember();
      await this.members.put(trx, id, userId, role);
    });
    this.changes.tell('role_set', actor, id, { target: userId, code: role });
    this.effects.forget(id, userId);
  }

  /** @throws RealtimeError `not_found` for who is no member, `forbidden`, `unavailable` */
  async remove(actor: Actor, id: string, userId: string): Promise<void> {
    await this.#spareAdmins(actor, id, userId);
    await this.#act('moderator', actor, id, userId, async (trx, target) => {
      if (!target.role) throw notMember();
      await this.members.remove(trx, id, userId);
    });
    this.changes.tell('member_removed', actor, id, { target: userId });
    await this.effects.evictMember(id, userId, new RealtimeError('forbidden', 'You were removed from this channel.'));
  }

  /** Until a time, milliseconds since 1970, or for good. @throws RealtimeError `forbidden`, `limit_exceeded`, `unavailable` */
  async ban(actor: Actor, id: string, userId: string, ban: { reason?: string; until?: number }): Promise<void> {
    const reason = ban.reason ?? null;
    const until = ban.until ?? null;
    await this.#spareAdmins(actor, id, userId);
    await this.#act('moderator', actor, id, userId, async (trx, target) => {
      const { maxBans } = this.options;
      if (!target.ban && (await this.members.count(trx, 'channel_bans', id)) >= maxBans) {
        throw new RealtimeError('limit_exceeded', `A channel keeps ${maxBans} bans. Lift one first.`);
      }
      await this.members.remove(trx, id, userId);
      const row = {
        channel_id: id,
        user_id: userId,
        reason,
        until,
        banned_by: actor.userId,
        created_at: Date.now(),
      };
      await this.members.ban(trx, row);
    });
    this.changes.tell('user_banned', actor, id, { target: userId });
    await this.effects.evictMember(id, userId, banned({ reason, until }));
  }

  /** @throws RealtimeError `not_found` when the user is not banned, `forbidden`, `unavailable` */
  async unban(actor: Actor, id: string, userId: string): Promise<void> {
    await this.#act('moderator', actor, id, userId, async (trx) => {
      if (!(await this.members.unban(trx, id, userId)))
        throw new RealtimeError('not_found', 'This user is not banned.');
    });
    this.changes.tell('user_unbanned', actor, id, { target: userId });
    this.effects.forget(id, userId);
  }

  /** By user id. @throws RealtimeError `not_found`, `forbidden`, `unavailable` */
  async bans(actor: Actor, id: string, after: string | undefined, limit: number) {
    const { standing } = await this.sight.of(actor, id);
    requireRole('moderator', actor, standing);
    const rows = await this.members.bans(id, after, limit + 1);
    return { bans: rows.slice(0, limit).map(toBan), has_more: rows.length > limit };
  }

  async #act<T>(least: ChannelRole, actor: Actor, id: string, userId: string, act: Act<T>): Promise<T> {
    await this.sight.of(actor, id);
    return this.storage.write(async (trx) => {
      const row = await this.channels.lock(trx, id);
      const own = await this.members.standing(id, actor.userId, trx);
      const channel = seen(row, id, actor, own);
      requireRole(least, actor, own);
      const target = await this.members.standing(id, userId, trx);
      if (rankOf(target.role) >= rankOf(own.role, actor)) throw ofHigherRank();
      return act(trx, target, channel);
    });
  }

  /** @throws RealtimeError `forbidden`; for whoever may not moderate what `#act` throws, too */
  async #spareAdmins(actor: Actor, id: string, userId: string): Promise<void> {
    const { standing } = await this.sight.of(actor, id);
    requireRole('moderator', actor, standing);
    if (await this.admins.has(userId)) throw ofHigherRank();
  }
}

function ofHigherRank(): RealtimeError {
  return new RealtimeError('forbidden', 'You may not do this to somebody of your rank or above.');
}

function notMember(): RealtimeError {
  return new RealtimeError('not_found', 'This user is no member of the channel.');
}

function toBan({ user_id, reason, until, banned_by, created_at }: BanRow): Ban {
  return {
    user_id,
    ...(reason === null ? {} : { reason }),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
    banned_by,
    created_at: new Date(created_at).toISOString(),
  };
}
