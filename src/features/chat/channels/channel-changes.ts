import { Injectable } from '@nestjs/common';
import type { Identity } from '../../../auth/identity';
import { Activities, Activity } from '../../../events/activities';
import { roomOf } from './channel';

/** Who changes a channel, and from where, when that is known: over HTTP it is. */
export type Actor = Identity & { readonly address?: string };

/** What was done to a channel, or to a user in it. */
type ChannelActivity =
  | 'channel_created'
  | 'channel_changed'
  | 'channel_password_set'
  | 'channel_deleted'
  | 'channel_entered'
  | 'channel_left'
  | 'password_refused'
  | 'member_invited'
  | 'member_removed'
  | 'role_set'
  | 'user_banned'
  | 'user_unbanned';

/** Announces what was done to the channels, once it is in the database. */
@Injectable()
export class ChannelChanges {
  constructor(private readonly activities: Activities) {}

  /** @param what `target`: the user, or the names of the settings that were changed; `code`: the role that was given */
  tell(
    type: ChannelActivity,
    { userId, address }: Actor,
    id: string,
    what: Pick<Activity, 'target' | 'code'> = {},
  ): void {
    this.activities.record({ type, user: userId, room: roomOf(id), address, ...what });
  }
}
