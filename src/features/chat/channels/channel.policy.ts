import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Identity } from '../../../auth/identity';
import { READS, RoomAction, RoomPolicy, RoomRequest } from '../../../auth/room-policy';
import { mapMaybePromise } from '../../../async/maybe-promise';
import type { RoomName } from '../../../protocol/room-name';
import { RoomAccess } from '../../../rooms/room-access';
import type { Standing } from './channel-members.repository';
import type { ChannelRow } from './channels.repository';
import { CHANNEL_KIND, channelIdOf, found, rankOf, refuseBanned, seen } from './channel';
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
    if (action === 'join') return request ? this.#join(identity, id, request.password) : this.#mayStay(identity, id);
    return mapMaybePromise(this.cache.channel(id), ({ row }) =>
      mapMaybePromise(this.cache.standing(id, identity.userId), (standing) =>
        mayActIn(seen(row, id, identity, standing), identity, standing, action),
      ),
    );
  }

  /** What `can` lets them read: a public channel shows it to all, and a member need not be in the room. */
  override allowsNonMember(_identity: Identity, action: RoomAction) {
    return READS.has(action);
  }

  override moderates(identity: Identity, room: RoomName) {
    return mapMaybePromise(
      this.cache.standing(channelIdOf(room), identity.userId),
      ({ role }) => rankOf(role, identity) > rankOf('member'),
    );
  }

  async #join(identity: Identity, id: string, password: string | null | undefined): Promise<true> {
    this.cache.forget(id);
    await this.membership.enter(identity, id, password ?? undefined);
    this.cache.forget(id, identity.userId);
    return true;
  }

  /** Of a membership that is checked again: nobody becomes a member by that, and why one has to go is said. */
  async #mayStay(identity: Identity, id: string): Promise<boolean> {
    this.cache.forget(id);
    const channel = found((await this.cache.channel(id)).row, id);
    this.cache.forget(id, identity.userId);
    return mayActIn(channel, identity, await this.cache.standing(id, identity.userId), 'join');
  }
}

/** Members do everything, and so do the application's admins; a public channel shows anyone what is said there, and who is in. */
function mayActIn({ visibility }: ChannelRow, identity: Identity, standing: Standing, action: RoomAction): boolean {
  refuseBanned(identity, standing);
  return rankOf(standing.role, identity) > 0 || (visibility === 'public' && READS.has(action));
}
