import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Identity } from '../../auth/identity';
import { RoomAction, RoomPolicy, RoomRequest } from '../../auth/room-policy';
import { chain } from '../../gateway/chain';
import type { RoomName } from '../../protocol/room-name';
import { RoomAccess } from '../../rooms/room-access';
import type { Standing } from '../../storage/channel-members.repository';
import type { ChannelRow } from '../../storage/channels.repository';
import { CHANNEL_KIND, channelIdOf, found, rankOf, refuseBanned } from './channel';
import { ChannelCache } from './channel-cache';
import { ChannelMembership } from './channel-membership';

/** Who may do what in the rooms `channel:<id>`. What is cached is answered at once. */
@Injectable()
export class ChannelPolicy extends RoomPolicy implements OnModuleInit {
  constructor(
    private readonly access: RoomAccess,
    private readonly cache: ChannelCache,
    private readonly membership: ChannelMembership,
  ) {
    super();
  }

  onModuleInit(): void {
    this.access.govern(CHANNEL_KIND, this);
  }

  /** @throws RealtimeError `not_found`, `banned`, and what `ChannelMembership.enter` throws */
  override can(identity: Identity, action: RoomAction, room: RoomName, request?: RoomRequest) {
    const id = channelIdOf(room);
    // Joining is rare, and should not miss what another node has just changed.
    if (action === 'join') return this.#join(identity, id, request?.password ?? undefined);
    return chain(this.cache.channel(id), ({ row }) => {
      const channel = found(row, id);
      return chain(this.cache.standing(id, identity.userId), (standing) => mayActIn(channel, standing, action));
    });
  }

  override moderates(identity: Identity, room: RoomName) {
    return chain(
      this.cache.standing(channelIdOf(room), identity.userId),
      ({ role }) => rankOf(role, identity) > rankOf('member'),
    );
  }

  async #join(identity: Identity, id: string, password: string | undefined): Promise<true> {
    this.cache.forget(id);
    await this.membership.enter(identity, id, password);
    this.cache.forget(id, identity.userId);
    return true;
  }
}

/** Members do everything; a public channel shows anyone what is said there, and who is in. */
function mayActIn({ visibility }: ChannelRow, standing: Standing, action: RoomAction): boolean {
  refuseBanned(standing);
  return standing.role !== undefined || (visibility === 'public' && action !== 'publish');
}
