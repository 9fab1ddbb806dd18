import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Identity } from '../../auth/identity';
import { RealtimeError } from '../../protocol/errors';
import { RoomName, roomKind } from '../../protocol/room-name';
import { ChannelCache } from './channel-cache';
import { CHANNEL_KIND, channelIdOf, rankOf } from './channel';

const MAX_REMEMBERED = 50_000;

/** When each member of a slow channel last said something on this node. Moderators are not slowed down. */
@Injectable()
export class SlowMode {
  readonly #saidAt = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  constructor(private readonly cache: ChannelCache) {}

  /**
   * Takes a member's turn to say something; what is returned gives it back, if nothing was said.
   * @throws RealtimeError `rate_limited`
   */
  async take(identity: Identity, room: RoomName): Promise<() => void> {
    if (roomKind(room) !== CHANNEL_KIND) return () => undefined;
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
