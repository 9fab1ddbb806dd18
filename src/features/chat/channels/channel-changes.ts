import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { Identity } from '../../../auth/identity';
import type { RoomName } from '../../../protocol/room-name';
import { roomOf } from './channel';

/** Who changes a channel, and from where, when that is known: over HTTP it is. */
export type Actor = Identity & { readonly address?: string };

/** What somebody did to a channel, or to somebody in it. */
export interface ChannelChange {
  readonly type:
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
  readonly user: string;
  readonly room: RoomName;
  /** The user it was done to, or the names of the settings that were changed. */
  readonly target?: string;
  /** The role that was given. */
  readonly code?: string;
  readonly address?: string;
}

/** Tells whoever listens what was done to the channels, once it is in the database. */
@Injectable()
export class ChannelChanges {
  readonly #told = new Subject<ChannelChange>();
  readonly told = this.#told.asObservable();

  tell(
    type: ChannelChange['type'],
    { userId, address }: Actor,
    id: string,
    what: Pick<ChannelChange, 'target' | 'code'> = {},
  ): void {
    this.#told.next({ type, user: userId, room: roomOf(id), address, ...what });
  }
}
