import type { Identity } from '../../../auth/identity';
import { isAdmin } from '../../../auth/room-policy';
import { RealtimeError } from '../../../protocol/errors';
import type { RoomName } from '../../../protocol/room-name';
import type { Standing } from './channel-members.repository';
import type { ChannelRow } from './channels.repository';
import type { ChannelRole, ChannelVisibility } from '../../../storage/database';

/** Channels are the rooms of this kind. */
export const CHANNEL_KIND = 'channel';

export const CHANNEL_ID = /^[\w-]{1,64}$/;

/** A channel as its users see it. */
export interface Channel {
  readonly id: string;
  readonly room: RoomName;
  readonly name: string;
  readonly visibility: ChannelVisibility;
  readonly owner_id: string;
  readonly slow_mode_seconds: number;
  readonly member_limit: number;
  readonly created_at: string;
}

export function toChannel({ id, name, visibility, created_at, ...row }: ChannelRow): Channel {
  const { owner_id, slow_mode_seconds, member_limit } = row;
  const at = new Date(created_at).toISOString();
  return { id, room: roomOf(id), name, visibility, owner_id, slow_mode_seconds, member_limit, created_at: at };
}

export function roomOf(id: string): RoomName {
  return `${CHANNEL_KIND}:${id}`;
}

/** The id in a room's name; one that no channel can have where there is none. */
export function channelIdOf(room: RoomName): string {
  return room.slice(CHANNEL_KIND.length + 1);
}

const RANKS: Record<ChannelRole, number> = { member: 1, moderator: 2, owner: 3 };

/** What a user may do in a channel grows with this; the application's admins may do everything. */
export function rankOf(role: ChannelRole | undefined, identity?: Identity): number {
  if (identity && isAdmin(identity)) return RANKS.owner + 1;
  return role ? RANKS[role] : 0;
}

/** @throws RealtimeError `forbidden` */
export function requireRole(least: ChannelRole, identity: Identity, { role }: Standing): void {
  if (rankOf(role, identity) >= RANKS[least]) return;
  const who = { owner: 'its owner', moderator: 'its moderators', member: 'its members' }[least];
  throw new RealtimeError('forbidden', `In this channel only ${who} may do this.`);
}

/** Of a private channel others are not even told that it is there. @throws RealtimeError `not_found` */
export function seen(channel: ChannelRow | undefined, id: string, identity: Identity, { role }: Standing): ChannelRow {
  if (channel && (channel.visibility !== 'private' || rankOf(role, identity) > 0)) return channel;
  throw notFound(id);
}

/** Members read it; a public one everybody who is not banned. @throws RealtimeError `banned`, `forbidden` */
export function requireReader({ visibility }: ChannelRow, identity: Identity, standing: Standing): void {
  refuseBanned(identity, standing);
  if (visibility !== 'public') requireRole('member', identity, standing);
}

/** No ban holds for the application's admins. @throws RealtimeError `banned`, with the reason and the end there is */
export function refuseBanned(identity: Identity, { ban }: Standing): void {
  if (isAdmin(identity) || !ban || (ban.until !== null && ban.until <= Date.now())) return;
  throw banned(ban);
}

export function banned({ reason, until }: NonNullable<Standing['ban']>): RealtimeError {
  const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
  return new RealtimeError('banned', `You are banned from this channel${end}${reason ? `: ${reason}` : '.'}`);
}

/** @throws RealtimeError `not_found` */
export function found<Row>(channel: Row | undefined, id: string): Row {
  if (channel) return channel;
  throw notFound(id);
}

export function notFound(id: string): RealtimeError {
  return new RealtimeError('not_found', `There is no channel ${JSON.stringify(id.slice(0, 64))}.`);
}
