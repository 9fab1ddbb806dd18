import { Injectable } from '@nestjs/common';
import type { Identity } from '../../../auth/identity';
import { ChannelMembers, Standing } from './channel-members.repository';
import type { ChannelRow } from './channels.repository';
import { CHANNEL_ID, seen } from './channel';
import { ChannelCache } from './channel-cache';

/** A channel, and what it knows of the user who asks. */
export interface Seen {
  readonly channel: ChannelRow;
  readonly standing: Standing;
}

/**
 * Shows a channel to those who may know that it is there. The same is asked of the database whether it is not there or
 * only hidden: the time of the answer does not tell.
 */
@Injectable()
export class ChannelSight {
  constructor(
    private readonly cache: ChannelCache,
    private readonly members: ChannelMembers,
  ) {}

  /** @throws RealtimeError `not_found`, also for a private channel of others; `unavailable` */
  async of(identity: Identity, id: string): Promise<Seen> {
    const { row } = await this.cache.channel(id);
    const standing = CHANNEL_ID.test(id) ? await this.members.standing(id, identity.userId) : {};
    return { channel: seen(row, id, identity, standing), standing };
  }
}
