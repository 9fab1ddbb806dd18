import { RealtimeError } from '../protocol/errors';
import type { Member } from '../protocol/frames';
import type { RoomName } from '../protocol/room-name';

export interface MembersRequest {
  readonly limit: number;
  /** Stop before the members are longer than this, as JSON, more or less; at least one is returned. */
  readonly maxBytes: number;
}

export interface MembersPage {
  /** In the order they came into the room. */
  readonly members: readonly Member[];
  /** Whether there are others, who came later. */
  readonly hasMore: boolean;
}

/** Lists the users in a room, over all nodes. A feature provides it: presence. */
export abstract class MemberLists {
  /** @throws RealtimeError `unavailable` */
  abstract members(room: RoomName, request: MembersRequest): Promise<MembersPage>;
}

/** @throws RealtimeError `unavailable` where no feature provides the lists */
export function required(lists: MemberLists | undefined): MemberLists {
  if (lists) return lists;
  throw new RealtimeError('unavailable', 'This server keeps no presence. Add PresenceModule.forRoot() to its imports.');
}
