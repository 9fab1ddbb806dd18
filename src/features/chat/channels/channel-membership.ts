import { Injectable } from '@nestjs/common';
import { isAdmin } from '../../../auth/room-policy';
import { RealtimeError } from '../../../protocol/errors';
import { ChannelMembers } from './channel-members.repository';
import { ChannelRow, ChannelRows } from './channels.repository';
import { Storage } from '../../../storage/storage';
import { PasswordAttempts } from './password-attempts';
import { refuseBanned, seen } from './channel';
import { ChannelCache } from './channel-cache';
import { Actor, ChannelChanges } from './channel-changes';
import { ChannelPropagation } from './channel-propagation';
import { ChannelSight } from './channel-sight';
import { Passwords } from './passwords';

/** How users become members of a channel, and cease to be. */
@Injectable()
export class ChannelMembership {
  constructor(
    private readonly storage: Storage,
    private readonly channels: ChannelRows,
    private readonly members: ChannelMembers,
    private readonly cache: ChannelCache,
    private readonly sight: ChannelSight,
    private readonly passwords: Passwords,
    private readonly attempts: PasswordAttempts,
    private readonly changes: ChannelChanges,
    private readonly effects: ChannelPropagation,
  ) {}

  /**
   * Makes a user a member who may be one: of a public channel, of one whose password is known, or as an admin.
   * @throws RealtimeError `not_found`, `banned`, `password_required`, `rate_limited`, `room_full`, `unavailable`
   */
  async enter(actor: Actor, id: string, password?: string): Promise<ChannelRow> {
    const { userId } = actor;
    const { channel, standing } = await this.sight.of(actor, id);
    refuseBanned(actor, standing);
    if (standing.role) return channel;
    if (!isAdmin(actor)) await this.#mayEnter(channel, actor, password);
    const isNew = await this.storage.write(async (trx) => {
      const row = await this.channels.lock(trx, id);
      const { role, ban } = await this.members.standing(id, userId, trx);
      const now = seen(row, id, actor, { role });
      if (now.password_hash !== channel.password_hash || now.visibility !== channel.visibility) {
        throw new RealtimeError('password_required', 'The channel was changed just now. Try again.');
      }
      refuseBanned(actor, { ban });
      if (role) return false;
      if ((await this.members.count(trx, 'channel_members', id)) >= now.member_limit) {
        throw new RealtimeError('room_full', `This channel is full: it takes ${now.member_limit} members.`);
      }
      await this.members.put(trx, id, userId, 'member');
      return true;
    });
    this.cache.forget(id, userId);
    if (isNew) this.changes.tell('channel_entered', actor, id);
    return channel;
  }

  /** @throws RealtimeError `not_found`, `not_member`; `forbidden` for the owner, who deletes it instead */
  async leave(actor: Actor, id: string): Promise<void> {
    const { userId } = actor;
    await this.sight.of(actor, id);
    await this.storage.write(async (trx) => {
      const channel = await this.channels.lock(trx, id);
      const { role } = await this.members.standing(id, userId, trx);
      seen(channel, id, actor, { role });
      if (!role) throw new RealtimeError('not_member', 'You are no member of this channel.');
      if (role === 'owner')
        throw new RealtimeError('forbidden', 'Its owner cannot leave a channel. Delete it instead.');
      await this.members.remove(trx, id, userId);
    });
    this.changes.tell('channel_left', actor, id);
    await this.effects.evict(id, userId, new RealtimeError('forbidden', 'You left this channel.'));
  }

  async #mayEnter(channel: ChannelRow, actor: Actor, password: string | undefined): Promise<void> {
    const { id, visibility, password_hash } = channel;
    if (visibility === 'public') return;
    if (password === undefined) throw new RealtimeError('password_required', 'This channel needs a password.');
    await this.attempts.spend(id, actor.userId);
    if (!(await this.passwords.verify(password_hash!, password))) {
      this.changes.tell('password_refused', actor, id);
      throw new RealtimeError('password_required', 'This is not the password of this channel.');
    }
  }
}
