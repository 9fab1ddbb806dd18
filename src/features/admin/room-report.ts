import { Injectable, Optional } from '@nestjs/common';
import { Backplane, StreamUsage, StoredPublication, StreamPage } from '../../publishing/backplane';
import { RealtimeError } from '../../protocol/errors';
import type { ServerFrame } from '../../protocol/frames';
import type { RoomName } from '../../protocol/room-name';
import { MemberLists, MembersPage } from '../../rooms/member-lists';
import { RoomsService } from '../../rooms/rooms.service';

const RECENT = { limit: 20, maxBytes: 256 * 1024 };
const MEMBERS = { limit: 100, maxBytes: 64 * 1024 };

const NOBODY: MembersPage = { members: [], hasMore: false };

/** Tells of one room: who is in, and what its stream has. Not what was said. */
@Injectable()
export class RoomReport {
  constructor(
    private readonly rooms: RoomsService,
    private readonly backplane: Backplane,
    @Optional() private readonly lists?: MemberLists,
  ) {}

  /** @throws RealtimeError `not_found` where nobody is in and nothing was said; `unavailable` */
  async of(room: RoomName) {
    const [{ connections, unanswered }, { members, hasMore }, { position, publications }, kept] = await Promise.all([
      this.rooms.count({ room }),
      this.lists?.members(room, MEMBERS) ?? NOBODY,
      this.#recent(room),
      this.#kept(room),
    ]);
    const isEmpty = connections === 0 && members.length === 0 && position.offset === 0 && unanswered.length === 0;
    if (isEmpty) throw new RealtimeError('not_found', `${room} has no members and no stream.`);
    return {
      room,
      connections,
      members: members.map(({ user_id, name, connections, joined_at }) => ({ user_id, name, connections, joined_at })),
      ...(hasMore ? { has_more: true } : {}),
      ...position,
      ...(kept && { kept }),
      recent: publications.map(toActivity),
      unanswered,
    };
  }

  // Where these throw at once, the others that were asked are waited for all the same.

  async #recent(room: RoomName): Promise<StreamPage> {
    return this.backplane.page(room, RECENT);
  }

  async #kept(room: RoomName): Promise<StreamUsage | undefined> {
    return this.backplane.kept(room);
  }
}

function toActivity({ id, offset, body }: StoredPublication) {
  // A body lacks the offset and the closing brace.
  const { type, timestamp } = JSON.parse(`${Buffer.from(body).toString()}}`) as ServerFrame;
  return { type, message_id: id, offset, timestamp, bytes: body.length };
}
