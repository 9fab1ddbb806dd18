import { Injectable, Optional } from '@nestjs/common';
import type { Identity } from '../../../auth/identity';
import { ChannelReports, ChannelStats } from '../../../reports/channel-reports';
import { MemberLists } from '../../../rooms/member-lists';
import { RealtimeError } from '../../../protocol/errors';
import { roomKind, RoomName } from '../../../protocol/room-name';
import { ChannelMembers } from './channel-members.repository';
import { ChatMessages } from '../chat-messages.repository';
import { Storage } from '../../../storage/storage';
import { CHANNEL_KIND, channelIdOf, found, requireReader, roomOf } from './channel';
import { ChannelCache } from './channel-cache';
import { ChannelSight } from './channel-sight';

const DAY_MS = 86_400_000;
const DAYS = 30;
/** Of a room that is larger it is told that it has these. */
const ONLINE = { limit: 1000, maxBytes: 1024 * 1024 };

/** Counts what is in channels. */
@Injectable()
export class ChannelStatistics extends ChannelReports {
  constructor(
    private readonly storage: Storage,
    private readonly cache: ChannelCache,
    private readonly sight: ChannelSight,
    private readonly members: ChannelMembers,
    private readonly messages: ChatMessages,
    @Optional() private readonly lists?: MemberLists,
  ) {
    super();
  }

  /** For whoever may read the channel. @throws RealtimeError `not_found`, `banned`, `forbidden`, `unavailable` */
  async shown(identity: Identity, id: string): Promise<ChannelStats> {
    const { channel, standing } = await this.sight.of(identity, id);
    requireReader(channel, identity, standing);
    return this.#of(id);
  }

  /** For those who run it. @throws RealtimeError `not_found`, also for a room that is no channel's; `unavailable` */
  override async ofRoom(room: RoomName): Promise<ChannelStats> {
    if (roomKind(room) === CHANNEL_KIND) return this.#of(channelIdOf(room));
    throw new RealtimeError('not_found', `${room} is not the room of a channel.`);
  }

  async #of(id: string): Promise<ChannelStats> {
    found((await this.cache.channel(id)).row, id);
    const room = roomOf(id);
    const since = (Math.floor(Date.now() / DAY_MS) - DAYS + 1) * DAY_MS;
    const [members, online, messages, [last], days] = await Promise.all([
      this.members.count(this.storage.db, 'channel_members', id),
      this.#online(room),
      this.messages.count(room),
      this.messages.page(room, undefined, 1).then((page) => page!),
      this.messages.perDay(room, since),
    ]);
    return {
      ...{ id, room, members, online, messages },
      last_message_at: last ? new Date(last.sent_at).toISOString() : null,
      per_day: days.map(({ day, messages }) => ({ date: dateOf(day), messages })),
    };
  }

  // Asynchronous: where the adapter throws at once, the others that were asked are waited for all the same.
  async #online(room: RoomName): Promise<number> {
    return (await this.lists?.members(room, ONLINE))?.members.length ?? 0;
  }
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
