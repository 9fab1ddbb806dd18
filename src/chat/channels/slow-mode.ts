import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Identity } from '../../auth/identity';
import { BoundedCache } from '../../bounded-cache';
import { RealtimeError } from '../../protocol/errors';
import type { RoomName } from '../../protocol/room-name';
import type { Pace } from '../../rooms/pace';
import { RoomAccess } from '../../rooms/room-access';
import { ChannelCache } from './channel-cache';
import { CHANNEL_KIND, channelIdOf, rankOf } from './channel';

const MAX_REMEMBERED = 50_000;

/**
 * When each member of a slow channel last said something on this node, by `chat` or `broadcast`. An edit says nothing new.
 * Moderators are not slowed down.
 */
@Injectable()
export class SlowMode implements Pace, OnModuleInit {
  readonly #saidAt = new BoundedCache<number>({ entries: MAX_REMEMBERED });

  constructor(
    private readonly access: RoomAccess,
    private readonly cache: ChannelCache,
  ) {}

  onModuleInit(): void {
    this.access.setPace(CHANNEL_KIND, this);
  }

  async take(identity: Identity, room: RoomName): Promise<() => void> {
    const id = channelIdOf(room);
    const { row } = await this.cache.channel(id);
    if (!row?.slow_mode_seconds) return () => undefined;
    const { role } = await this.cache.standing(id, identity.userId);
    if (rankOf(role, identity) > rankOf('member')) return () => undefined;
    return this.#take(`${id} ${identity.userId}`, row.slow_mode_seconds);
  }

  #take(key: string, seconds: number): () => void {
    const now = Date.now();
    const before = this.#saidAt.get(key);
    const retryAfterMs = before === undefined ? 0 : before + seconds * 1000 - now;
    if (retryAfterMs > 0) {
      const message = `This channel is slow: one message in ${seconds} s.`;
      throw new RealtimeError('rate_limited', message, { retryAfterMs });
    }
    this.#saidAt.set(key, now);
    return () => this.#saidAt.delete(key);
  }
}
