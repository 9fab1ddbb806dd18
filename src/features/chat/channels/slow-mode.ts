import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Identity } from '../../../auth/identity';
import { UserLimits } from '../../../gateway/limits/user-limits';
import { RealtimeError } from '../../../protocol/errors';
import type { RoomName } from '../../../protocol/room-name';
import type { PublishThrottle } from '../../../rooms/publish-throttle';
import type { Bucket } from '../../../options/bucket';
import { RoomAccess } from '../../../rooms/room-access';
import { ChannelCache } from './channel-cache';
import { CHANNEL_KIND, channelIdOf, rankOf } from './channel';

/**
 * Lets each member of a slow channel say one thing in a while, by `chat` or `broadcast`, on all nodes. An edit says nothing
 * new. Moderators are not slowed down.
 */
@Injectable()
export class SlowMode implements PublishThrottle, OnModuleInit {
  constructor(
    private readonly limits: UserLimits,
    private readonly access: RoomAccess,
    private readonly cache: ChannelCache,
  ) {}

  onModuleInit(): void {
    this.access.setPace(CHANNEL_KIND, this);
  }

  async acquire(identity: Identity, room: RoomName): Promise<() => void> {
    const id = channelIdOf(room);
    const { row } = await this.cache.channel(id);
    if (!row?.slow_mode_seconds) return () => undefined;
    const { role } = await this.cache.standing(id, identity.userId);
    if (rankOf(role, identity) > rankOf('member')) return () => undefined;
    return this.#take(`${identity.userId}\0slow ${id}`, row.slow_mode_seconds);
  }

  /** Another pace is another bucket: what is set anew counts from then on. */
  async #take(user: string, seconds: number): Promise<() => void> {
    const key = `${user} ${seconds}`;
    const bucket = { perSecond: 1 / seconds, burst: 1 };
    const retryAfterMs = await this.limits.spend(key, 1, bucket);
    if (retryAfterMs <= 0) return () => void this.#giveBack(key, bucket);
    const message = `This channel is slow: one message in ${seconds} s.`;
    throw new RealtimeError('rate_limited', message, { retryAfterMs });
  }

  /** Where this fails the turn counts, as if something had been said. */
  async #giveBack(key: string, bucket: Bucket): Promise<void> {
    await Promise.resolve()
      .then(() => this.limits.spend(key, -1, bucket))
      .catch(() => undefined);
  }
}
